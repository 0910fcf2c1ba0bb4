import KernelInterface

/// Writes a row of plain weights, those of one output; called from several threads at once.
package typealias WeightRows = @Sendable (_ row: Int, _ into: inout MutableSpan<Float>) -> Void

/// Has a row written to `target`, which has room for `count` floats.
func writeRow(_ row: Int, of rows: WeightRows, to target: Target, _ count: Int) {
  var span = UnsafeMutableBufferPointer(start: target, count: count).mutableSpan
  rows(row, &span)
}
