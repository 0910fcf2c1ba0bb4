import Kernels

/// What this machine can do at best, measured with the kernels' own loops.
struct Limits {
  /// GFLOP/s of a product whose operands stay in the caches.
  let peak: Double
  /// GB/s of reading memory.
  let bandwidth: Double

  static func measure() -> Limits {
    // A 1×1 convolution of 256 channels on few pixels for each thread is a cache-resident product.
    let channels = 256, size = 64
    let layer = FrozenConvolution(
      weights: [Float](repeating: 0.01, count: channels * channels), bias: nil, outputChannels: channels,
      inputChannels: channels, kernel: 1, height: size, width: size, activation: .none, preparesGradient: false)
    let shape = layer.outputShape(batch: 1)
    let x = FloatBuffer(repeating: 0.5, count: shape.count), y = FloatBuffer(count: shape.count)
    layer.forward(x, into: y, batch: 1)
    let operations = 2e-9 * Double(channels * channels * size * size)
    let time = (0..<25).map { _ in milliseconds { layer.forward(x, into: y, batch: 1) } }.min()!

    let inputs = 16_384, outputs = 4096
    let dense = FrozenDense(bias: nil, outputs: outputs, inputs: inputs, precision: .single) { _, row in
      for i in row.indices { row[i] = 0.25 }
    }
    let u = FloatBuffer(repeating: 1, count: inputs), v = FloatBuffer(count: outputs)
    let reading = (0..<9).map { _ in milliseconds { dense.forward(u, into: v, batch: 1) } }.min()!
    return Limits(peak: operations / time * 1e3, bandwidth: 4e-6 * Double(inputs * outputs) / reading)
  }
}
