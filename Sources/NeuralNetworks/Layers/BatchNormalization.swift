import Kernels

/// The fixed affine map that batch normalization is in evaluation: `(x - mean) / sqrt(variance + 1e-5) · weight + bias`.
///
/// Frozen, it folds into the convolution before it. Source: Ioffe and Szegedy 2015; the weight was not trained in the
/// released encoders but is in the file and counts.
struct BatchNormalization {
  /// Per channel, in double so that folding rounds once.
  let scale: [Double]
  let shift: [Double]

  init(_ name: String, channels: Int, _ weights: some WeightSource) throws {
    func values(_ key: String) throws -> [Double] {
      try weights.floats(named: "\(name).bn.\(key)", shape: [channels]).map(Double.init)
    }
    let (mean, variance) = (try values("running_mean"), try values("running_var"))
    let (weight, bias) = (try values("weight"), try values("bias"))
    if let channel = variance.firstIndex(where: { $0 < 0 }) {
      throw WeightError("'\(name).bn.running_var' is \(variance[channel]) at \(channel); a variance cannot be negative")
    }
    let scale = (0..<channels).map { weight[$0] / (variance[$0] + 1e-5).squareRoot() }
    self.scale = scale
    shift = (0..<channels).map { bias[$0] - mean[$0] * scale[$0] }
  }

  /// Folds this into the linear layer before it, whose output channel is outermost in `weights`.
  func fold(into weights: inout [Float], _ bias: inout [Float]?) {
    Elementwise.scaleRuns(&weights, by: scale)
    bias = folded(bias)
  }

  /// The bias of the layer before it, after folding.
  func folded(_ bias: [Float]?) -> [Float] {
    scale.indices.map { Float(Double(bias?[$0] ?? 0) * scale[$0] + shift[$0]) }
  }
}
