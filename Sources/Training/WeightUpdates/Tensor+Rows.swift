package import Tensors

extension Tensor {
  /// The values of each item of axis 0.
  package var rows: [[Float]] {
    let values = values, length = shape.count / max(1, shape[0])
    return (0..<shape[0]).map { Array(values[$0 * length..<($0 + 1) * length]) }
  }
}
