internal import Statistics

/// Makes comparisons, all from one seed.
struct Uncertainty {
  let seed: UInt64
  let resamples: Int
  let setResamples: Int

  init(_ settings: EvaluationSettings) {
    seed = settings.seed
    resamples = settings.resamples
    setResamples = settings.setResamples
  }

  /// The mean over items.
  func mean(
    _ name: String, _ values: [Double], _ expectation: Comparison.Expectation, isRequired: Bool = true
  ) -> Comparison? {
    let values = values.filter(\.isFinite)
    guard !values.isEmpty else { return nil }
    let bootstrap = Bootstrap(count: values.count, resamples: resamples, seed: seed, stream: "items \(values.count)")
    let right = values.count { value in
      switch expectation {
      case .below(let limit): value < limit
      case .above(let limit): value > limit
      }
    }
    return Comparison(
      name: name, interval: bootstrap.mean(of: values), expectation: expectation, n: values.count,
      share: Double(right) / Double(values.count), isRequired: isRequired)
  }

  /// The difference of means, of the same photographs resampled.
  func paired(
    _ name: String, _ a: [Double], minus b: [Double], _ expectation: Comparison.Expectation, isRequired: Bool = true
  ) -> Comparison? {
    mean(name, zip(a, b).map { $0 - $1 }, expectation, isRequired: isRequired)
  }

  /// A statistic of whole sets, ± 1.96 deviations over resamples of its items.
  func spread(
    _ name: String, count: Int, _ expectation: Comparison.Expectation, isRequired: Bool = true,
    _ statistic: ([Int]) throws -> Double
  ) throws -> Comparison? {
    guard count > 1 else { return nil }
    let bootstrap = Bootstrap(count: count, resamples: setResamples, seed: seed, stream: "sets \(count)")
    return Comparison(
      name: name, interval: try bootstrap.spread(of: count, statistic), expectation: expectation, n: count, share: nil,
      isRequired: isRequired)
  }

  /// The difference of two methods' Fréchet distances, the same items resampled, so that the bias of both cancels.
  ///
  /// - Parameter isPaired: whether item i of the reference is the photograph behind item i of both sets.
  func frechet(
    _ name: String, _ a: Matrix, minus b: Matrix, against reference: Matrix, isPaired: Bool,
    _ expectation: Comparison.Expectation = .below(0), isRequired: Bool = true
  ) throws -> Comparison? {
    guard reference.rows > 1 else { return nil }
    let whole = try FeatureSet(reference)
    let scale = whole.trace > 0 ? whole.trace : 1
    return try spread(name, count: a.rows, expectation, isRequired: isRequired) { items in
      let against = try isPaired ? FeatureSet(reference.selecting(rows: items)) : whole
      let first = try FrechetDistance(FeatureSet(a.selecting(rows: items)), against).value
      let second = try FrechetDistance(FeatureSet(b.selecting(rows: items)), against).value
      return (first - second) / scale
    }
  }
}
