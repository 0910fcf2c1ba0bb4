import Kernels

/// A weight's rows, scaled on the way to a layer that is made of them one by one, so that they are never all held plain.
final class ScaledRows: Sendable {
  private let read: RowReader
  private let scale: Float
  private let factors: [Double]?
  private let failure = FirstFailure<any Error>()

  /// - Parameters:
  ///   - scale: of all values, in one float multiplication each.
  ///   - factors: one per row, multiplied into it after that, in double precision.
  /// - Throws: what the source throws for a missing weight or a wrong shape.
  init(
    _ name: String, shape: [Int], times scale: Double = 1, by factors: [Double]? = nil, from weights: some WeightSource
  ) throws {
    read = try weights.rowReader(named: name, shape: shape)
    self.scale = Float(scale)
    self.factors = factors
  }

  /// Writes a row; one that cannot be read is remembered.
  func write(_ row: Int, _ target: inout MutableSpan<Float>) {
    do {
      try read(row, &target)
      if scale != 1 { for index in target.indices { target[index] *= scale } }
      if let factor = factors?[row] {
        for index in target.indices { target[index] = Float(Double(target[index]) * factor) }
      }
    } catch {
      failure.note(row, error)
    }
  }

  /// To be called when the layer is made.
  ///
  /// - Throws: what the source threw for the first row that failed.
  func check() throws { try failure.check() }
}
