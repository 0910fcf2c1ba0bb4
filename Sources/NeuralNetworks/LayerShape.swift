import Kernels

/// What one frozen layer looks like from outside.
package enum LayerShape: Sendable, Equatable {
  /// With padding that keeps the size; `side` is that of both maps.
  case convolution(inputs: Int, outputs: Int, kernel: Int, side: Int)
  /// From `side / 2` to `side`.
  case up(inputs: Int, outputs: Int, side: Int, isFused: Bool)
  case dense(inputs: Int, outputs: Int)

  /// Bytes of its weights, brought into the forms that both directions need.
  package var weightBytes: Int {
    switch self {
    case .convolution(let inputs, let outputs, let kernel, let side):
      PackedConvolution.weightBytes(inputs: inputs, outputs: outputs, kernel: kernel, height: side, width: side)
    case .up(let inputs, let outputs, let side, _):
      PackedUpConvolution.weightBytes(inputs: inputs, outputs: outputs, inputHeight: side / 2, inputWidth: side / 2)
    case .dense(let inputs, let outputs): PackedDense.weightBytes(inputs: inputs, outputs: outputs)
    }
  }

  /// Bytes of the map that leaves it.
  package var mapBytes: Int {
    switch self {
    case .convolution(_, let outputs, _, let side), .up(_, let outputs, let side, _):
      BlockedShape(batch: 1, channels: outputs, height: side, width: side).count * 4
    case .dense(_, let outputs): outputs * 4
    }
  }
}
