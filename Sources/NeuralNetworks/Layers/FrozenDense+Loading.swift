import Kernels
import Synchronization

extension FrozenDense {
  /// Reads a dense layer row by row into its place, so that a layer of hundreds of megabytes is held once.
  ///
  /// - Parameters:
  ///   - factors: one per output, multiplied into its row.
  ///   - bias: `[outputs]`, or nil for none.
  /// - Throws: what the source throws, for the first row that fails.
  static func load(
    _ name: String, outputs: Int, inputs: Int, factors: [Double], bias: [Float]?, from weights: some WeightSource
  ) throws -> FrozenDense {
    let read = try weights.rowReader(named: name, shape: [outputs, inputs])
    let failure = Mutex<(row: Int, error: any Error)?>(nil)
    let layer = FrozenDense(bias: bias, outputs: outputs, inputs: inputs) { row, target in
      do {
        try read(row, &target)
        let factor = factors[row]
        for index in target.indices { target[index] = Float(Double(target[index]) * factor) }
      } catch {
        failure.withLock { if row <= $0?.row ?? row { $0 = (row, error) } }
      }
    }
    if let found = failure.withLock({ $0 }) { throw found.error }
    return layer
  }
}
