internal import Editing
internal import Images
internal import Statistics

/// O1: what becomes of a picture that is no picture of this domain.
struct OtherDomains {
  let bench: Bench

  func section() throws -> Section {
    var section = Section("other-domains", "Pictures of other domains")
    bench.workshop.announce("pictures of other domains")
    let count = bench.settings.foreignPictures
    let pictures = (0..<count).map { pattern($0) } + (0..<count).map { noise($0) }
    let foreign = pictures.enumerated().map { index, picture in
      Photograph(name: index < count ? "pattern \(index)" : "noise \(index - count)", sha256: "", picture: picture)
    }
    var distances: [Double] = [], made: [EvaluatedMethod: [Picture]] = [:], errors: [EvaluatedMethod: [Double]] = [:]
    for photograph in foreign {
      let start = try bench.workshop.invert(photograph, .encoder, steps: nil).code
      distances.append(try bench.workshop.domainDistance(start))
      for method in [EvaluatedMethod.inDomain, .image2stylegan] {
        let picture = try bench.reconstruction(photograph, method)
        made[method, default: []].append(picture)
        errors[method, default: []].append(PixelSimilarity(photograph.picture.pixels, picture.pixels).meanSquaredError)
      }
    }
    let statement = "a picture of another domain becomes a picture of this domain, not a likeness"
    guard let inDomain = made[.inDomain], let other = made[.image2stylegan] else { return section }
    var comparisons: [Comparison?] = [], missing: [String] = []
    if let limit = bench.workshop.facts.domainLimit {
      comparisons.append(bench.uncertainty.mean(
        "share beyond the 99th percentile of the domain distance", distances.map { $0 > limit ? 1 : 0 }, .above(0.5)))
    } else {
      missing.append("the pack says no domain_distance")
    }
    if let a = try bench.judge.scores(inDomain), let b = try bench.judge.scores(other) {
      comparisons.append(bench.uncertainty.paired("D's score, in-domain minus image2stylegan", a, minus: b, .above(0)))
    } else {
      missing.append("the pack has no discriminator")
    }
    section.claims = [Claim(
      "O1", statement, comparisons.compactMap { $0 }, least: min(bench.settings.leastPhotographs, 2 * count),
      reason: missing.isEmpty ? nil : missing.joined(separator: "; "))]
    section.tables = [ResultTable(
      title: "\(count) patterns and \(count) pictures of noise", columns: ["method", "MSE, patterns", "MSE, noise", "D"],
      rows: try [EvaluatedMethod.inDomain, .image2stylegan].map { method in
        let errors = errors[method] ?? []
        return [
          method.rawValue, shortNumber(bench.mean(Array(errors.prefix(count)))), shortNumber(bench.mean(Array(errors.dropFirst(count)))),
          try bench.judge.scores(made[method] ?? []).map { shortNumber(bench.mean($0)) } ?? "–",
        ]
      })]
    section.add("domain_distance", distances)
    let shown = Array(0..<min(4, count)) + Array(count..<count + min(4, count))
    section.sheet = ContactSheet(
      title: "Pictures of other domains",
      rows: zip(["picture", "in-domain", "image2stylegan"], [pictures, inDomain, other]).map { name, row in
        ContactSheet.Row(label: name, cells: shown.map { ContactSheet.Cell(row[$0]) })
      })
    return section
  }

  /// Stripes, rings or squares in two colors: pictures of something, but of nothing any pack was trained on.
  private func pattern(_ index: Int) -> Picture {
    var random = RandomNumbers(seed: bench.settings.seed, stream: "pattern \(index)")
    let side = bench.resolution
    let colors = (0..<2).map { _ in
      let bits = random.next()
      return PixelColor(
        red: UInt8(truncatingIfNeeded: bits), green: UInt8(truncatingIfNeeded: bits >> 8),
        blue: UInt8(truncatingIfNeeded: bits >> 16))
    }
    let period = Double(side) / Double(2 + random.pick(below: 8)), angle = random.unit() * 2 - 1, kind = random.pick(below: 3)
    let middle = (x: random.unit() * Double(side), y: random.unit() * Double(side))
    var picture = Picture(width: side, height: side, color: colors[0])
    for y in 0..<side {
      for x in 0..<side {
        let (dx, dy) = (Double(x) - middle.x, Double(y) - middle.y)
        let place: Double
        switch kind {
        case 0: place = dx + angle * dy
        case 1: place = (dx * dx + dy * dy).squareRoot()
        default: place = max(abs(dx), abs(dy)) + angle * dx
        }
        if Int((place / period).rounded(.down)) % 2 != 0 { picture[x, y] = colors[1] }
      }
    }
    return picture
  }

  private func noise(_ index: Int) -> Picture {
    var random = RandomNumbers(seed: bench.settings.seed, stream: "noise \(index)")
    let side = bench.resolution
    var picture = Picture(width: side, height: side, color: .black)
    for y in 0..<side {
      for x in 0..<side {
        let bits = random.next()
        picture[x, y] = PixelColor(
          red: UInt8(truncatingIfNeeded: bits), green: UInt8(truncatingIfNeeded: bits >> 8),
          blue: UInt8(truncatingIfNeeded: bits >> 16))
      }
    }
    return picture
  }
}
