/// A row of pixels, tiles or lines cut into runs that threads take. Depends on the row alone, never on the number of
/// threads.
struct WorkPartition {
  let count: Int
  private let total: Int
  private let unit: Int
  private var units: Int { (total + unit - 1) / unit }

  /// Runs of one length, but the last.
  ///
  /// - Parameter length: of a run, at most `total`.
  init(_ total: Int, length: Int) {
    self.total = total
    unit = max(1, min(length, total))
    count = (total + unit - 1) / unit
  }

  /// - Parameters:
  ///   - most: in a run.
  ///   - least: in a run, where `total` is cut for no other reason than to give four threads work.
  init(_ total: Int, most: Int, least: Int = 1) {
    self.init(total, length: min(most, max(least, (total + 3) / 4)))
  }

  /// Runs of whole units, as equal as can be, and a number of them that four threads share evenly where there are enough.
  ///
  /// - Parameter most: in a run, at least one unit.
  init(_ total: Int, most: Int, unit: Int) {
    self.total = total
    self.unit = unit
    let units = (total + unit - 1) / unit, needed = (units + most / unit - 1) / (most / unit)
    count = min(units, (needed + 3) / 4 * 4)
  }

  subscript(run: Int) -> Range<Int> { units * run / count * unit..<min(total, units * (run + 1) / count * unit) }
}
