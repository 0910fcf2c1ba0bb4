import Kernels

extension PackedDense {
  /// Reads a dense layer row by row into its place, so that a layer of hundreds of megabytes is held once.
  ///
  /// - Parameters:
  ///   - factors: one per output, multiplied into its row.
  ///   - bias: `[outputs]`, or nil for none.
  /// - Throws: what the source throws, for the first row that fails.
  static func load(
    _ name: String, outputs: Int, inputs: Int, factors: [Double], bias: [Float]?, from weights: some WeightSource
  ) throws -> PackedDense {
    let rows = try ScaledRows(name, shape: [outputs, inputs], by: factors, from: weights)
    let layer = PackedDense(bias: bias, outputs: outputs, inputs: inputs, row: rows.write)
    try rows.check()
    return layer
  }
}

extension PackedConvolution {
  /// Reads a convolution of square maps, and its gradient, row by row into its place.
  ///
  /// - Parameters:
  ///   - scale: of all weights.
  ///   - bias: `[outputs]`, or nil for none.
  ///   - normalization: folded into weights and bias.
  /// - Throws: what the source throws, for the first row that fails.
  static func load(
    _ name: String, outputs: Int, inputs: Int, kernel: Int = 3, side: Int, times scale: Double = 1,
    bias: [Float]?, normalization: BatchNormalization? = nil, activation: Activation, from weights: some WeightSource
  ) throws -> PackedConvolution {
    let rows = try ScaledRows(
      name, shape: [outputs, inputs, kernel, kernel], times: scale, by: normalization?.scale, from: weights)
    let layer = PackedConvolution(
      rows: rows.write, bias: normalization?.folded(bias) ?? bias, outputChannels: outputs, inputChannels: inputs,
      kernel: kernel, height: side, width: side, activation: activation, preparesGradient: true)
    try rows.check()
    return layer
  }
}
