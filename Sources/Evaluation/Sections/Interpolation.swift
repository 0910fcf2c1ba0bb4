internal import Editing
internal import Images
internal import Statistics

/// I1: whether what lies between two photographs looks real.
struct Interpolation {
  let bench: Bench
  private static let methods: [EvaluatedMethod] = [.inDomain, .image2stylegan]
  private static let frames = 11

  private struct Path {
    var halves: [Picture] = []
    var quarters: [Picture] = []
    var length: [Double] = []
    var jump: [Double] = []
    var rows: [[Picture]] = []
  }

  func section() throws -> Section {
    var section = Section("interpolation", "Interpolation")
    bench.workshop.announce("interpolation")
    let pairs = bench.pairs(bench.settings.interpolationPairs)
    let statement = "interpolations stay realistic where Image2StyleGAN's show artifacts"
    guard pairs.count > 1 else {
      section.claims = [Claim("I1", statement, undecided: "there are \(bench.photographs.chosen.count) photographs; pairs need 4")]
      return section
    }
    var paths: [EvaluatedMethod: Path] = [:]
    for method in Self.methods { paths[method] = try path(method, pairs) }
    guard let inDomain = paths[.inDomain], let other = paths[.image2stylegan] else { return section }
    let reference = try bench.judge.features(bench.photographs.reference.map(\.picture))
    let a = try bench.judge.features(inDomain.halves), b = try bench.judge.features(other.halves)
    let uncertainty = bench.uncertainty
    var comparisons = [
      try uncertainty.frechet(
        "FD/tr of half-way pictures, in-domain minus image2stylegan", a, minus: b, against: reference, isPaired: false)
    ]
    if let p = try bench.judge.scores(inDomain.halves), let q = try bench.judge.scores(other.halves) {
      comparisons.append(uncertainty.paired("D's score of half-way pictures", p, minus: q, .above(0)))
    }
    let ends = try pairs.map { try bench.judge.distance($0.a.picture, $0.b.picture) }
    comparisons += try gaps(ends, a, b, reference)
    section.claims = [Claim("I1", statement, comparisons.compactMap { $0 }, least: bench.settings.leastPhotographs / 2)]
    section.tables = [try table(paths, reference, pairs)]
    section.add("end_distance", ends)
    for method in Self.methods { section.add("\(method.rawValue)_path_over_ends", paths[method]?.length ?? []) }
    section.sheet = ContactSheet(
      title: "Interpolation: odd rows in-domain, even rows Image2StyleGAN",
      rows: (0..<min(3, pairs.count)).flatMap { pair in
        Self.methods.compactMap { method in
          paths[method].map { path in
            ContactSheet.Row(label: method.rawValue, cells: path.rows[pair].map { ContactSheet.Cell($0) })
          }
        }
      })
    return section
  }

  private func path(_ method: EvaluatedMethod, _ pairs: [(a: Photograph, b: Photograph)]) throws -> Path {
    var path = Path()
    for (index, pair) in pairs.enumerated() {
      let start = try bench.code(pair.a, method), end = try bench.code(pair.b, method)
      func picture(_ t: Float) throws -> Picture {
        try bench.workshop.picture(zip(start, end).map { $0 + t * ($1 - $0) })
      }
      path.halves.append(try picture(0.5))
      path.quarters += [try picture(0.25), try picture(0.75)]
      let frames = try (0..<Self.frames).map { try picture(Float($0) / Float(Self.frames - 1)) }
      let steps = try zip(frames, frames.dropFirst()).map { try bench.judge.distance($0, $1) }
      let straight = try bench.judge.distance(frames[0], frames[Self.frames - 1])
      let total = steps.reduce(0, +)
      path.length.append(straight > 0 ? total / straight : .nan)
      path.jump.append(total > 0 ? (steps.max() ?? 0) / (total / Double(steps.count)) : .nan)
      if index < 3 { path.rows.append(frames) }
    }
    return path
  }

  /// The difference of both methods in the half of near pairs and in the half of far ones: both are printed.
  private func gaps(_ ends: [Double], _ a: Matrix, _ b: Matrix, _ reference: Matrix) throws -> [Comparison?] {
    let middle = median(ends)
    return try ["near", "far"].map { name in
      let items = ends.indices.filter { (ends[$0] > middle) == (name == "far") }
      guard items.count > 1 else { return nil }
      return try bench.uncertainty.frechet(
        "the same, \(name) half of the pairs", a.selecting(rows: items), minus: b.selecting(rows: items),
        against: reference, isPaired: false, isRequired: false)
    }
  }

  private func table(
    _ paths: [EvaluatedMethod: Path], _ reference: Matrix, _ pairs: [(a: Photograph, b: Photograph)]
  ) throws -> ResultTable {
    let known = try FeatureSet(reference)
    func line(_ name: String, _ pictures: [Picture], _ length: [Double], _ jump: [Double]) throws -> [String] {
      let features = try bench.judge.features(pictures)
      return [
        name, shortNumber(try relativeFrechet(FeatureSet(features), known)), shortNumber(try kernelDistance(features, reference)),
        try bench.judge.scores(pictures).map { shortNumber(bench.mean($0)) } ?? "–", shortNumber(bench.mean(length.filter(\.isFinite))),
        shortNumber(bench.mean(jump.filter(\.isFinite))),
      ]
    }
    var rows: [[String]] = []
    for method in Self.methods {
      guard let path = paths[method] else { continue }
      rows.append(try line("\(method.rawValue), half-way", path.halves, path.length, path.jump))
      rows.append(try line("\(method.rawValue), at a quarter", path.quarters, [], []))
    }
    let samples = try GeneratorSamples(bench: bench).codes(2 * pairs.count)
    let between = try pairs.indices.map { index in
      try bench.workshop.picture(zip(samples[2 * index], samples[2 * index + 1]).map { ($0 + $1) / 2 })
    }
    rows.append(try line("samples of the generator, half-way", between, [], []))
    let floor = bench.photographs.chosen.prefix(pairs.count).map(\.picture)
    rows.append(try line("photographs", Array(floor), [], []))
    return ResultTable(
      title: "Interpolation of \(pairs.count) pairs, against \(bench.photographs.reference.count) photographs",
      columns: ["pictures", "FD/tr", "kernel", "D", "path over ends", "largest over mean step"], rows: rows)
  }
}
