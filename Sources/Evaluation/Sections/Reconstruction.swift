internal import Editing
internal import Images
internal import Statistics

/// R1 to R4: what is left of a photograph, how real it looks, and what it costs.
struct Reconstruction {
  let bench: Bench

  private struct Row {
    var pictures: [Picture] = []
    var squaredError: [Double] = []
    var signalToNoise: [Double] = []
    var similarity: [Double] = []
    var perceptual: [Double] = []
    var domain: [Double] = []
    var seconds: [Double] = []
    var runs: [FinishedRun] = []
  }

  func section() throws -> Section {
    var section = Section("reconstruction", "Reconstruction")
    let chosen = bench.photographs.chosen
    var rows: [EvaluatedMethod: Row] = [:]
    for method in bench.workshop.methods {
      bench.workshop.announce("reconstruction, \(method.rawValue)")
      rows[method] = try row(method)
    }
    let photographs = try bench.judge.features(chosen.map(\.picture))
    try addClaims(&section, rows, photographs)
    section.tables = [try table(rows, photographs)]
    for (method, row) in rows.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      section.numbers.append((method.rawValue, json(row)))
    }
    section.sheet = sheet(rows)
    return section
  }

  private func row(_ method: EvaluatedMethod) throws -> Row {
    var row = Row()
    for photograph in bench.photographs.chosen {
      let run = try bench.workshop.invert(photograph, method, steps: bench.settings.steps)
      let picture = try bench.workshop.picture(run.code), original = photograph.picture
      let pixels = PixelSimilarity(original.pixels, picture.pixels)
      row.squaredError.append(pixels.meanSquaredError)
      row.signalToNoise.append(pixels.peakSignalToNoise ?? .nan)
      row.similarity.append(
        structuralSimilarity(original.pixels, picture.pixels, width: picture.width, height: picture.height) ?? .nan)
      row.perceptual.append(try bench.judge.distance(original, picture))
      row.domain.append(try bench.workshop.domainDistance(run.code))
      row.seconds.append(run.seconds)
      row.pictures.append(picture)
      row.runs.append(run)
    }
    return row
  }

  private func addClaims(_ section: inout Section, _ rows: [EvaluatedMethod: Row], _ photographs: Matrix) throws {
    let uncertainty = bench.uncertainty, least = bench.settings.leastPhotographs
    func likeness(_ a: Row, _ b: Row) -> [Comparison] {
      [
        uncertainty.paired("perceptual distance", a.perceptual, minus: b.perceptual, .below(0)),
        uncertainty.paired("MSE", a.squaredError, minus: b.squaredError, .below(0)),
      ].compactMap { $0 }
    }
    let r1 = "the domain-guided encoder reconstructs photographs better than the conventional one"
    if let guided = rows[.encoder], let conventional = rows[.conventional] {
      section.claims.append(Claim("R1", r1, likeness(guided, conventional), least: least))
    } else {
      section.claims.append(Claim("R1", r1, undecided: "the pack has no conventional encoder (conventional.safetensors)"))
    }
    guard let inDomain = rows[.inDomain], let guided = rows[.encoder], let other = rows[.image2stylegan] else { return }
    section.claims.append(Claim(
      "R2", "in-domain inversion reconstructs better than its encoder", likeness(inDomain, guided), least: least))
    var realism = [
      try uncertainty.frechet(
        "FD/tr, in-domain minus image2stylegan", bench.judge.features(inDomain.pictures),
        minus: bench.judge.features(other.pictures), against: photographs, isPaired: true)
    ].compactMap { $0 }
    if let a = try bench.judge.scores(inDomain.pictures), let b = try bench.judge.scores(other.pictures),
      let comparison = uncertainty.paired("D's score", a, minus: b, .above(0), isRequired: false)
    {
      realism.append(comparison)
    }
    if let comparison = uncertainty.paired("MSE", inDomain.squaredError, minus: other.squaredError, .below(0), isRequired: false) {
      realism.append(comparison)
    }
    section.claims.append(Claim(
      "R3", "in-domain pictures are more realistic than Image2StyleGAN's", realism, least: least))
    section.claims.append(try timeClaim(inDomain, other))
  }

  /// How much longer Image2StyleGAN needs to the in-domain inversion's perceptual term. A run that never gets there
  /// counts with all of its steps, which is too little.
  private func timeClaim(_ inDomain: Row, _ other: Row) throws -> Claim {
    let settings = bench.settings
    let isLong = settings.longSteps > 0
    let count = isLong ? min(settings.longPhotographs, inDomain.runs.count) : inDomain.runs.count
    var ratios: [Double] = [], never = 0
    for index in 0..<count {
      var run = other.runs[index]
      if isLong { run = try bench.workshop.invert(bench.photographs.chosen[index], .image2stylegan, steps: settings.longSteps) }
      let goal = inDomain.runs[index].perceptual.last ?? 0
      let steps = run.perceptual.count - 1
      let reached = (1...max(1, steps)).first { ($0 % 10 == 0 || $0 == steps) && run.perceptual[min($0, steps)] <= goal }
      if reached == nil { never += 1 }
      let perStep = run.seconds / Double(max(1, steps))
      ratios.append(Double(reached ?? steps) * perStep / max(inDomain.runs[index].seconds, 1e-9))
    }
    let comparison = bench.uncertainty.mean(
      "time to the same perceptual term, image2stylegan over in-domain (\(never) of \(count) never reach it)", ratios, .above(1))
    // A lower bound that is not above 1 says nothing.
    let isOpen = never > 0 && comparison?.verdict != .holds
    return Claim(
      "R4", "and it needs less time", [comparison].compactMap { $0 }, least: isLong ? min(settings.leastPhotographs, settings.longPhotographs) : settings.leastPhotographs,
      reason: isOpen ? "\(never) of \(count) runs are too short to get there, so the number is a lower bound" : nil)
  }

  private func table(_ rows: [EvaluatedMethod: Row], _ photographs: Matrix) throws -> ResultTable {
    let seed = bench.settings.seed, side = bench.resolution
    let reference = try FeatureSet(photographs)
    let patches = side >= 16 ? PatchSet(bench.photographs.chosen.map(\.picture.pixels), side: side, seed: seed) : nil
    var lines: [[String]] = []
    func line(_ name: String, _ pictures: [Picture], _ numbers: [Double]) throws {
      let features = try bench.judge.features(pictures)
      var cells = [name] + numbers.map(shortNumber)
      cells.append(try shortNumber(relativeFrechet(FeatureSet(features), reference)))
      cells.append(try shortNumber(kernelDistance(features, photographs)))
      var sliced: SlicedDistance?
      if let patches, pictures.count == bench.photographs.chosen.count {
        sliced = try SlicedDistance(PatchSet(pictures.map(\.pixels), side: side, seed: seed), patches, seed: seed)
      }
      cells.append(sliced.map { shortNumber($0.mean) } ?? "–")
      let bySide = (sliced?.levels ?? []).map { "\($0.side): \(shortNumber($0.value))" }
      cells.append(bySide.isEmpty ? "–" : bySide.joined(separator: ", "))
      cells.append(try bench.judge.scores(pictures).map { shortNumber(bench.mean($0)) } ?? "–")
      lines.append(cells)
    }
    for method in bench.workshop.methods {
      guard let row = rows[method] else { continue }
      let noise = row.signalToNoise.filter(\.isFinite)
      try line(method.rawValue, row.pictures, [
        bench.mean(row.squaredError), bench.mean(noise), bench.mean(row.similarity), bench.mean(row.perceptual),
        bench.mean(row.domain), median(row.seconds),
      ])
    }
    let none = [Double](repeating: .nan, count: 6)
    if bench.photographs.others.count > 1 { try line("other photographs", bench.photographs.others.map(\.picture), none) }
    try line("the generator's samples", samples(bench.photographs.chosen.count), none)
    return ResultTable(
      title: "Reconstruction of \(bench.photographs.chosen.count) photographs",
      columns: [
        "method", "MSE", "PSNR", "SSIM", "perceptual", "domain term", "seconds", "FD/tr", "kernel", "SWD", "SWD by side", "D",
      ], rows: lines)
  }

  /// Pictures of random codes, not truncated: the best the generator can do at all.
  private func samples(_ count: Int) throws -> [Picture] {
    try GeneratorSamples(bench: bench).codes(count).map(bench.workshop.picture)
  }

  private func json(_ row: Row) -> JSON {
    func list(_ values: [Double]) -> JSON { .list(values.map(JSON.number)) }
    return [
      "mse": list(row.squaredError), "psnr": list(row.signalToNoise), "ssim": list(row.similarity),
      "perceptual": list(row.perceptual), "domain": list(row.domain), "seconds": list(row.seconds),
    ]
  }

  private func sheet(_ rows: [EvaluatedMethod: Row]) -> ContactSheet {
    let shown = min(8, bench.photographs.chosen.count)
    var lines = [
      ContactSheet.Row(
        label: "photograph", cells: bench.photographs.chosen.prefix(shown).map { ContactSheet.Cell($0.picture) })
    ]
    for method in bench.workshop.methods {
      guard let row = rows[method] else { continue }
      lines.append(ContactSheet.Row(
        label: method.rawValue, cells: row.pictures.prefix(shown).map { ContactSheet.Cell($0) }))
    }
    return ContactSheet(title: "Reconstruction", rows: lines)
  }
}
