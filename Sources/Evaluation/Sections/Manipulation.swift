internal import Editing
internal import Images
internal import Statistics

/// M1 and M2: whether attributes move alone, and whether codes of photographs carry them.
struct Manipulation {
  let bench: Bench
  private static let methods: [EvaluatedMethod] = [.inDomain, .image2stylegan, .noDomain]
  private static let reach = 2

  func section() throws -> Section {
    var section = Section("manipulation", "Manipulation")
    let facts = bench.workshop.facts
    let (first, second) = ("an attribute moves and the rest stays", "codes carry the attribute")
    let scorers = try Scorers(bench)
    let unscored = facts.attributes.map(\.name).filter { !scorers.names.contains($0) }
    guard !scorers.names.isEmpty else {
      let reason = facts.attributes.isEmpty
        ? "the pack has no attributes"
        : "no attribute has a measure that is not its boundary, nor labels for twenty photographs a side that are not judged (\(unscored.joined(separator: ", ")))"
      section.claims = [Claim("M1", first, undecided: reason), Claim("M2", second, undecided: reason)]
      return section
    }
    if !unscored.isEmpty {
      section.notes.append("without a measure of their own, and so left out: \(unscored.joined(separator: ", "))")
    }
    let photographs = Array(bench.photographs.chosen.prefix(bench.settings.manipulated))
    var comparisons: [Comparison] = [], unreached: [String] = [], rows: [[String]] = [], precision: [[String]] = [], leaks: [[String]] = []
    var sheetRows: [ContactSheet.Row] = []
    for (index, name) in scorers.names.enumerated() {
      bench.workshop.announce("manipulation, \(name)")
      var moves: [EvaluatedMethod: [AttributeMove]] = [:]
      for method in Self.methods { moves[method] = try photographs.map { try move($0, method, name, index, scorers) } }
      let a = moves[.inDomain] ?? [], b = moves[.image2stylegan] ?? []
      // Who never reaches the shift by one of the two methods is left out of both.
      let both = a.indices.filter { a[$0].distanceAtShift != nil && b[$0].distanceAtShift != nil }
      if let comparison = bench.uncertainty.paired(
        "\(name): perceptual distance at equal shift, in-domain minus image2stylegan",
        both.compactMap { a[$0].distanceAtShift }, minus: both.compactMap { b[$0].distanceAtShift }, .below(0))
      {
        comparisons.append(comparison)
      } else {
        unreached.append(name)
      }
      for method in Self.methods {
        let whole = try photographs.map { try shiftOverRange($0, method, name, index, scorers) }
        rows.append(row(name, method, moves[method] ?? [], whole))
      }
      leaks.append([name] + leakage(a, index, scorers.names.count))
      for method in Self.methods {
        section.add("\(name)_\(method.rawValue)", (moves[method] ?? []).map { $0.distanceAtShift ?? .nan })
      }
      if let picture = photographs.first {
        for method in [EvaluatedMethod.inDomain, .image2stylegan] {
          sheetRows.append(ContactSheet.Row(
            label: "\(name), \(method.rawValue)", cells: try frames(picture, method, name).map { ContactSheet.Cell($0) }))
        }
      }
    }
    // An attribute that cannot be compared leaves a claim about all of them open, unless another one contradicts it.
    let isContradicted = comparisons.contains { $0.verdict == .doesNotHold }
    section.claims.append(Claim(
      "M1", first, comparisons, least: min(bench.settings.leastPhotographs, bench.settings.manipulated) * 3 / 4,
      reason: unreached.isEmpty || isContradicted
        ? nil : "\(unreached.joined(separator: ", ")): no photograph moves by one deviation with both methods"))
    section.claims.append(try carrying(second, scorers, &precision))
    section.tables = [
      ResultTable(
        title: "Attributes of \(photographs.count) photographs, t from -\(Self.reach) to \(Self.reach)",
        columns: [
          "attribute", "method", "mean shift from end to end", "shift that way", "rises at every step", "distance at equal shift",
          "never reach it", "mean shift over its whole range", "shift that way",
        ],
        rows: rows),
      ResultTable(
        title: "Leakage of in-domain codes: mean shift of the others where this one has moved by one deviation",
        columns: ["moved"] + scorers.names, rows: leaks),
      ResultTable(
        title: "Codes against labels, or the ends of each measure (30 % a side)",
        columns: ["attribute", "method", "average precision", "ROC area", "n"], rows: precision),
    ]
    section.sheet = ContactSheet(title: "Manipulation, t from -\(Self.reach) to \(Self.reach)", rows: sheetRows)
    return section
  }

  private func frames(
    _ photograph: Photograph, _ method: EvaluatedMethod, _ name: String,
    _ range: ClosedRange<Double> = -Double(reach)...Double(reach), count: Int = 2 * reach + 1
  ) throws -> [Picture] {
    let facts = bench.workshop.facts
    guard let boundary = bench.workshop.boundaries[name] else { return [] }
    return try EditArithmetic.manipulation(
      of: try bench.code(photograph, method), along: boundary, from: range.lowerBound, to: range.upperBound,
      count: count, width: facts.width, layers: facts.attribute(name)?.layers
    ).map { try bench.workshop.picture(EditArithmetic.rounded($0)) }
  }

  /// From one end of what the pack calls useful to the other.
  private func shiftOverRange(
    _ photograph: Photograph, _ method: EvaluatedMethod, _ name: String, _ index: Int, _ scorers: Scorers
  ) throws -> Double {
    guard let range = bench.workshop.facts.attribute(name)?.range else { return 0 }
    let ends = try frames(photograph, method, name, range, count: 2).map { try scorers.score($0, index) }
    return (ends.last ?? 0) - (ends.first ?? 0)
  }

  private func move(
    _ photograph: Photograph, _ method: EvaluatedMethod, _ name: String, _ index: Int, _ scorers: Scorers
  ) throws -> AttributeMove {
    let frames = try frames(photograph, method, name)
    let middle = frames[Self.reach]
    return AttributeMove(
      index: index, scores: try frames.map(scorers.scores), distances: try frames.map { try bench.judge.distance($0, middle) })
  }

  private func row(_ name: String, _ method: EvaluatedMethod, _ moves: [AttributeMove], _ whole: [Double]) -> [String] {
    let reached = moves.compactMap(\.distanceAtShift), shifts = moves.map(\.wholeShift)
    return [
      name, method.rawValue, shortNumber(bench.mean(shifts)), "\(Self.together(shifts)) of \(moves.count)",
      "\(moves.count(where: \.rises)) of \(moves.count)",
      shortNumber(bench.mean(reached)), "\(moves.count - reached.count)",
      shortNumber(bench.mean(whole)), "\(Self.together(whole)) of \(whole.count)",
    ]
  }

  /// How many shift as the mean does.
  private static func together(_ shifts: [Double]) -> Int {
    let sum = shifts.reduce(0, +)
    return shifts.count { $0 * sum > 0 }
  }

  private func leakage(_ moves: [AttributeMove], _ index: Int, _ count: Int) -> [String] {
    (0..<count).map { other in
      other == index ? "1" : shortNumber(bench.mean(moves.compactMap { $0.shiftsAtShift?[other] }))
    }
  }

  /// M2: the ends of each measure over photographs, told apart by code · boundary.
  private func carrying(_ statement: String, _ scorers: Scorers, _ rows: inout [[String]]) throws -> Claim {
    let chosen = bench.photographs.chosen
    var comparisons: [Comparison] = []
    for (index, name) in scorers.names.enumerated() {
      guard let boundary = bench.workshop.boundaries[name] else { continue }
      let ends = Self.ends(scorers.truths[index])
      guard !ends.isEmpty else { continue }
      let items = ends.map(\.item), layers = bench.workshop.facts.attribute(name)?.layers ?? []
      // A label of two words does not say which of them the boundary points to: the encoder's codes do.
      let guided = try items.map { try product(bench.code(chosen[$0], .encoder), boundary, layers) }
      let isTurned = areaUnderROC(scores: guided, isPositive: ends.map(\.isPositive)).map { $0 < 0.5 } ?? false
      let isPositive = ends.map { $0.isPositive != isTurned }
      let bootstrap = Bootstrap(
        count: items.count, resamples: bench.settings.resamples, seed: bench.settings.seed, stream: "precision")
      var scores: [EvaluatedMethod: [Double]] = [:]
      for method in [EvaluatedMethod.inDomain, .image2stylegan] {
        scores[method] = try items.map { try product(bench.code(chosen[$0], method), boundary, layers) }
        let own = scores[method] ?? []
        func shown(_ statistic: ([Double], [Bool]) -> Double?) -> String {
          guard let interval = bootstrap.interval(of: own.count, { drawn in
            statistic(drawn.map { own[$0] }, drawn.map { isPositive[$0] })
          }) else { return "–" }
          return "\(shortNumber(interval.value)) (\(shortNumber(interval.low)) to \(shortNumber(interval.high)))"
        }
        rows.append([
          name, method.rawValue, shown { averagePrecision(scores: $0, isPositive: $1) },
          shown { areaUnderROC(scores: $0, isPositive: $1) }, "\(own.count)",
        ])
      }
      let a = scores[.inDomain] ?? [], b = scores[.image2stylegan] ?? []
      let interval = bootstrap.interval(of: a.count) { (drawn: [Int]) -> Double? in
        let truth = drawn.map { isPositive[$0] }
        guard let p = averagePrecision(scores: drawn.map { a[$0] }, isPositive: truth),
          let q = averagePrecision(scores: drawn.map { b[$0] }, isPositive: truth)
        else { return nil }
        return p - q
      }
      if let interval {
        comparisons.append(Comparison(
          name: "\(name): average precision, in-domain minus image2stylegan", interval: interval, expectation: .above(0),
          n: chosen.count, share: nil, isRequired: true))
      }
    }
    return Claim("M2", statement, comparisons, least: bench.settings.leastPhotographs)
  }

  /// Two classes as they are; of more values the lowest and the highest 30 %.
  private static func ends(_ truths: [Double?]) -> [(item: Int, isPositive: Bool)] {
    let known = truths.indices.compactMap { item in truths[item].map { (item: item, value: $0) } }
    let values = Set(known.map(\.value))
    if values.count == 2, let high = values.max() { return known.map { ($0.item, $0.value == high) } }
    let order = known.sorted { ($0.value, $0.item) < ($1.value, $1.item) }, side = order.count * 3 / 10
    return order.prefix(side).map { ($0.item, false) } + order.suffix(side).map { ($0.item, true) }
  }

  /// The mean product of a code's rows and the boundary's, over the layers that move.
  private func product(_ code: [Float], _ boundary: [Float], _ layers: [Int]) -> Double {
    let width = bench.workshop.facts.width
    let sum = layers.reduce(0.0) { sum, layer in
      (layer * width..<(layer + 1) * width).reduce(sum) { $0 + Double(code[$1]) * Double(boundary[$1]) }
    }
    return sum / Double(max(1, layers.count))
  }
}
