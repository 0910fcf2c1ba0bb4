/// Times in milliseconds of something that was done several times.
package struct Timing: Sendable, Equatable, Codable {
  package let median: Double
  package let least: Double
  package let most: Double
  package let runs: Int

  /// - Precondition: there is at least one time.
  package init(_ milliseconds: [Double]) {
    let sorted = milliseconds.sorted()
    precondition(!sorted.isEmpty, "nothing was timed")
    let middle = sorted.count / 2
    median = sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    least = sorted[0]
    most = sorted[sorted.count - 1]
    runs = sorted.count
  }
}

/// Measures how long something takes.
enum Stopwatch {
  static func milliseconds<Value>(_ body: () throws -> Value) rethrows -> (value: Value, milliseconds: Double) {
    let start = ContinuousClock.now
    let value = try body()
    return (value, (ContinuousClock.now - start).inMilliseconds)
  }
}

extension Duration {
  var inMilliseconds: Double { Double(components.seconds) * 1e3 + Double(components.attoseconds) * 1e-15 }
}
