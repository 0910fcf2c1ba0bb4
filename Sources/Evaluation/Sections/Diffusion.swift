internal import Editing
internal import Images
internal import Inversion
internal import Statistics

/// D1 to D4: a piece of one photograph in another.
struct Diffusion {
  let bench: Bench
  /// The side at which D1 to D3 are judged: the released tool's.
  private static let usualShare = 0.43

  /// One pair at one size.
  private struct Result {
    let stitched: Picture
    let encoder: Picture
    let inDomain: Picture
    let other: Picture
  }

  func section() throws -> Section {
    var section = Section("diffusion", "Semantic diffusion")
    let pairs = bench.pairs(bench.settings.diffusionPairs)
    guard pairs.count > 1 else {
      let reason = "there are \(bench.photographs.chosen.count) photographs; pairs need 4"
      section.claims = zip(["D1", "D2", "D3", "D4"], Self.statements).map { Claim($0, $1, undecided: reason) }
      return section
    }
    var results: [Double: [Result]] = [:]
    for share in bench.settings.boxShares {
      bench.workshop.announce("semantic diffusion, box of \(Int((share * 100).rounded())) %")
      let box = Box(share: share, of: bench.resolution)
      results[share] = try pairs.map { try result($0, box) }
    }
    let usual = bench.settings.boxShares.contains(Self.usualShare) ? Self.usualShare : bench.settings.boxShares[0]
    let box = Box(share: usual, of: bench.resolution)
    let main = results[usual] ?? []
    section.claims = [try smooth(main, box), try kept(main, pairs, box), seam(main, box), try identity(results, pairs)]
    section.tables = [try table(main, pairs, box)]
    for share in bench.settings.boxShares {
      section.add("identity_distance_\(share)", try zip(results[share] ?? [], pairs).map { result, pair in
        try bench.judge.shapeDistance(result.inDomain, pair.a.picture)
      })
    }
    section.sheet = ContactSheet(
      title: "Semantic diffusion", rows: zip(main, pairs).prefix(4).map { result, pair in
        ContactSheet.Row(cells: [
          ContactSheet.Cell(pair.a.picture, label: "target"), ContactSheet.Cell(pair.b.picture, label: "context"),
          ContactSheet.Cell(result.stitched, label: "stitched"), ContactSheet.Cell(result.encoder, label: "encoder"),
          ContactSheet.Cell(result.inDomain, label: "in-domain"), ContactSheet.Cell(result.other, label: "image2stylegan"),
        ])
      })
    return section
  }

  private static let statements = [
    "the encoder's picture of a stitched photograph is already smooth",
    "optimizing inside the box keeps the target and hardly touches the context",
    "Image2StyleGAN leaves a seam", "a larger crop keeps more of the target",
  ]
  private var least: Int { bench.settings.leastPhotographs / 2 }

  private func result(_ pair: (a: Photograph, b: Photograph), _ box: Box) throws -> Result {
    let workshop = bench.workshop, steps = bench.settings.steps
    let inDomain = try workshop.diffuse(pair.a, into: pair.b, box: box, .inDomain, steps: steps)
    let other = try workshop.diffuse(pair.a, into: pair.b, box: box, .image2stylegan, steps: steps)
    return Result(
      stitched: pair.a.picture.pasted(box, into: pair.b.picture), encoder: try workshop.picture(inDomain.start),
      inDomain: try workshop.picture(inDomain.code), other: try workshop.picture(other.code))
  }

  private func seams(_ pictures: [Picture], _ box: Box) -> [Double] { pictures.map { $0.seamRatio(box) ?? .nan } }

  private func smooth(_ results: [Result], _ box: Box) throws -> Claim {
    let reference = try bench.judge.features(bench.photographs.reference.map(\.picture))
    let comparisons = [
      bench.uncertainty.paired(
        "seam ratio, encoder's picture minus stitched", seams(results.map(\.encoder), box),
        minus: seams(results.map(\.stitched), box), .below(0)),
      try bench.uncertainty.frechet(
        "FD/tr, encoder's pictures minus stitched", bench.judge.features(results.map(\.encoder)),
        minus: bench.judge.features(results.map(\.stitched)), against: reference, isPaired: false),
    ]
    return Claim("D1", Self.statements[0], comparisons.compactMap { $0 }, least: least)
  }

  /// The context may give way by less than half of what the target gains.
  private func kept(_ results: [Result], _ pairs: [(a: Photograph, b: Photograph)], _ box: Box) throws -> Claim {
    func distances(_ picture: (Result) -> Picture, inside: Bool) throws -> [Double] {
      try zip(results, pairs).map { result, pair in
        try bench.judge.distance(
          picture(result).masked(box, keepsInside: inside),
          (inside ? pair.a : pair.b).picture.masked(box, keepsInside: inside))
      }
    }
    let inside = zip(try distances(\.inDomain, inside: true), try distances(\.encoder, inside: true)).map { $0 - $1 }
    let outside = zip(try distances(\.inDomain, inside: false), try distances(\.encoder, inside: false)).map { $0 - $1 }
    let comparisons = [
      bench.uncertainty.mean("perceptual distance to the target inside, result minus encoder's picture", inside, .below(0)),
      bench.uncertainty.mean(
        "what the context loses minus half of what the target gains", zip(outside, inside).map { $0 + $1 / 2 }, .below(0)),
      bench.uncertainty.mean(
        "perceptual distance to the context outside, result minus encoder's picture", outside, .below(0), isRequired: false),
    ]
    return Claim("D2", Self.statements[1], comparisons.compactMap { $0 }, least: least)
  }

  private func seam(_ results: [Result], _ box: Box) -> Claim {
    let comparison = bench.uncertainty.paired(
      "seam ratio, image2stylegan minus in-domain", seams(results.map(\.other), box),
      minus: seams(results.map(\.inDomain), box), .above(0))
    return Claim("D3", Self.statements[2], [comparison].compactMap { $0 }, least: least)
  }

  private func identity(_ results: [Double: [Result]], _ pairs: [(a: Photograph, b: Photograph)]) throws -> Claim {
    let shares = bench.settings.boxShares
    guard shares.count > 2 else {
      return Claim("D4", Self.statements[3], undecided: "a quick run has one size of the box")
    }
    let correlations = try pairs.indices.map { index in
      let distances = try shares.map { share in
        try results[share].map { try bench.judge.shapeDistance($0[index].inDomain, pairs[index].a.picture) } ?? .nan
      }
      return spearman(shares, distances) ?? 0
    }
    let comparison = bench.uncertainty.mean("rank correlation of the box's side and the distance to the target", correlations, .below(0))
    return Claim("D4", Self.statements[3], [comparison].compactMap { $0 }, least: least)
  }

  private func table(_ results: [Result], _ pairs: [(a: Photograph, b: Photograph)], _ box: Box) throws -> ResultTable {
    let reference = try FeatureSet(bench.judge.features(bench.photographs.reference.map(\.picture)))
    let kinds: [(String, (Result) -> Picture)] = [
      ("stitched", \.stitched), ("encoder's picture", \.encoder), ("in-domain", \.inDomain), ("image2stylegan", \.other),
    ]
    let rows = try kinds.map { name, picture in
      let pictures = results.map(picture)
      func distance(_ inside: Bool) throws -> Double {
        bench.mean(try zip(pictures, pairs).map { made, pair in
          try bench.judge.distance(
            made.masked(box, keepsInside: inside), (inside ? pair.a : pair.b).picture.masked(box, keepsInside: inside))
        })
      }
      let colors = try zip(pictures, pairs).map { made, pair in
        try FrechetDistance(made.colors(outside: box), pair.b.picture.colors(outside: box)).value
      }
      return [
        name, shortNumber(try distance(true)), shortNumber(try distance(false)), shortNumber(bench.mean(colors)),
        shortNumber(bench.mean(seams(pictures, box).filter(\.isFinite))),
        shortNumber(try relativeFrechet(FeatureSet(bench.judge.features(pictures)), reference)),
        try bench.judge.scores(pictures).map { shortNumber(bench.mean($0)) } ?? "–",
      ]
    }
    return ResultTable(
      title: "Diffusion of \(pairs.count) pairs, a box of \(box.width) pixels",
      columns: ["pictures", "inside, to the target", "outside, to the context", "colors outside", "seam ratio", "FD/tr", "D"],
      rows: rows)
  }
}
