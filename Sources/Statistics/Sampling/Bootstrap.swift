/// A number with the range that resampling gives it.
package struct Interval: Sendable, Equatable {
  package let value: Double
  package let low: Double
  package let high: Double

  package init(value: Double, low: Double, high: Double) {
    self.value = value
    self.low = low
    self.high = high
  }
}

/// Uncertainty by drawing the same number of items with replacement, again and again (Efron 1979).
package struct Bootstrap: Sendable {
  /// One list of item numbers per resample.
  package let resamples: [[Int]]

  package init(resamples: [[Int]]) { self.resamples = resamples }

  /// - Parameter stream: which items are drawn: the same name for what is compared on the same items.
  package init(count: Int, resamples: Int = 1000, seed: UInt64, stream: String) {
    var generator = RandomNumbers(seed: seed, stream: "bootstrap \(stream)")
    self.resamples = (0..<resamples).map { _ in (0..<count).map { _ in generator.pick(below: count) } }
  }

  /// The mean, and the 2.5 and 97.5 % points of resampled means.
  package func mean(of values: [Double]) -> Interval {
    let means = resamples.map { items in items.reduce(0) { $0 + values[$1] } / Double(items.count) }
    return Interval(
      value: values.reduce(0, +) / Double(values.count), low: quantile(means, 0.025), high: quantile(means, 0.975))
  }

  /// The deviation of resampled means, over resamples - 1.
  package func standardError(of values: [Double]) -> Double {
    deviation(resamples.map { items in items.reduce(0) { $0 + values[$1] } / Double(items.count) })
  }

  /// Any statistic with 2.5 and 97.5 % points of its resampled values; for statistics that resampling does not shift.
  /// Resamples without the statistic (nil) are left out.
  ///
  /// - Returns: nil when the items themselves have none.
  package func interval<Failure: Error>(
    of items: Int, _ statistic: ([Int]) throws(Failure) -> Double?
  ) throws(Failure) -> Interval? {
    guard let value = try statistic(Array(0..<items)) else { return nil }
    var values: [Double] = []
    for resample in resamples {
      if let one = try statistic(resample) { values.append(one) }
    }
    guard !values.isEmpty else { return nil }
    return Interval(value: value, low: quantile(values, 0.025), high: quantile(values, 0.975))
  }

  /// A statistic that resampling itself raises, such as a Fréchet distance: the value ± 1.96 deviations of its resampled
  /// values, whose own level means nothing.
  package func spread<Failure: Error>(
    of items: Int, _ statistic: ([Int]) throws(Failure) -> Double
  ) throws(Failure) -> Interval {
    let value = try statistic(Array(0..<items))
    var values: [Double] = []
    for resample in resamples { values.append(try statistic(resample)) }
    let reach = 1.96 * deviation(values)
    return Interval(value: value, low: value - reach, high: value + reach)
  }
}

/// A quantile, linear between order statistics, as `numpy.quantile` has it.
package func quantile(_ values: [Double], _ share: Double) -> Double {
  precondition(!values.isEmpty, "a quantile of nothing")
  let sorted = values.sorted()
  let place = share * Double(sorted.count - 1)
  let index = min(Int(place), sorted.count - 1)
  guard index + 1 < sorted.count else { return sorted[index] }
  let rest = place - Double(index), step = sorted[index + 1] - sorted[index]
  return rest < 0.5 ? sorted[index] + step * rest : sorted[index + 1] - step * (1 - rest)
}

package func median(_ values: [Double]) -> Double { quantile(values, 0.5) }

/// The sample's standard deviation, over n - 1; 0 for a single value.
package func deviation(_ values: [Double]) -> Double {
  guard values.count > 1 else { return 0 }
  let mean = values.reduce(0, +) / Double(values.count)
  return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
}
