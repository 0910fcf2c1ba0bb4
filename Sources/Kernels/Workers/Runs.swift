/// A row of pixels, tiles or lines cut into runs that threads take: all of one length but the last. Depends on the row
/// alone, never on the number of threads.
struct Runs {
  let count: Int
  private let total: Int
  private let length: Int

  /// - Parameters:
  ///   - most: in a run.
  ///   - least: in a run, where `total` is cut for no other reason than to give four threads work.
  init(_ total: Int, most: Int, least: Int = 1) {
    length = max(1, min(most, total, max(least, (total + 3) / 4)))
    count = (total + length - 1) / length
    self.total = total
  }

  subscript(run: Int) -> Range<Int> { run * length..<min(total, (run + 1) * length) }
}
