/// A row of pixels, tiles or lines cut into runs that threads take: all of one length but the last. Depends on the row
/// alone, never on the number of threads.
struct Runs {
  let count: Int
  private let total: Int
  private let length: Int

  /// - Parameters:
  ///   - most: in a run.
  ///   - least: in a run, where `total` is cut for no other reason than to give four threads work.
  ///   - multiple: of which the length shall be one.
  init(_ total: Int, most: Int, least: Int = 1, multiple: Int = 1) {
    let quarter = (total + 4 * multiple - 1) / (4 * multiple) * multiple
    length = max(1, min(most, total, max(least, quarter)))
    count = (total + length - 1) / length
    self.total = total
  }

  subscript(run: Int) -> Range<Int> { run * length..<min(total, (run + 1) * length) }
}
