/// A row of pixels, tiles or lines cut into runs that threads take: all of one length but the last. Depends on the row
/// alone, never on the number of threads.
struct Runs {
  let count: Int
  private let total: Int
  private let length: Int

  /// - Parameter length: of a run, at most `total`.
  init(_ total: Int, length: Int) {
    self.total = total
    self.length = max(1, min(length, total))
    count = (total + self.length - 1) / self.length
  }

  /// - Parameters:
  ///   - most: in a run.
  ///   - least: in a run, where `total` is cut for no other reason than to give four threads work.
  init(_ total: Int, most: Int, least: Int = 1) {
    self.init(total, length: min(most, max(least, (total + 3) / 4)))
  }

  subscript(run: Int) -> Range<Int> { run * length..<min(total, (run + 1) * length) }
}
