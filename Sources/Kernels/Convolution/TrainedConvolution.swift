import KernelInterface

/// A 3×3 (padding 1) or 1×1 convolution of blocked maps whose weights change at each step, and its two gradients. All three
/// are linear in each of two of x, weights and gradient, so that further derivatives are made of the same three.
///
/// Weights are plain, `[outputs][inputs][kernel][kernel]`, and are packed for each call: with a batch behind them that is
/// a small part. Results are the same bytes at every thread count.
package struct TrainedConvolution: Sendable {
  package let outputs: Int
  package let inputs: Int
  package let kernel: Int
  package let height: Int
  package let width: Int

  /// - Parameters:
  ///   - kernel: 3 or 1.
  ///   - height: of input and output.
  package init(outputs: Int, inputs: Int, kernel: Int, height: Int, width: Int) {
    precondition(kernel == 3 || kernel == 1, "the kernel is 3×3 or 1×1")
    precondition(outputs > 0 && inputs > 0 && height > 0 && width > 0, "a dimension is empty")
    self.outputs = outputs
    self.inputs = inputs
    self.kernel = kernel
    self.height = height
    self.width = width
  }

  /// Whether a small layer's forward sums are kept in double precision: `ConvolutionAlgorithm.sumsInDouble` says why. Only
  /// where it costs nothing beside the layers of a model that somebody would look at.
  package static func sumsInDouble(inputs: Int, outputs: Int, height: Int, width: Int) -> Bool {
    max(inputs, outputs) <= 32 && height * width <= 256
  }

  private var weightCount: Int { outputs * inputs * kernel * kernel }

  private func inputShape(_ batch: Int) -> BlockedShape {
    BlockedShape(batch: batch, channels: inputs, height: height, width: width)
  }

  private func outputShape(_ batch: Int) -> BlockedShape {
    BlockedShape(batch: batch, channels: outputs, height: height, width: width)
  }

  private func check(_ x: FloatBuffer, _ y: FloatBuffer, _ weights: FloatBuffer, _ batch: Int) {
    precondition(x.count >= inputShape(batch).count, "the input is too small")
    precondition(y.count >= outputShape(batch).count, "the output is too small")
    precondition(weights.count >= weightCount, "the weights do not fit the channel counts")
  }

  /// `y = activation(conv(x) + bias)`.
  ///
  /// - Parameter bias: `[outputs]`.
  package func forward(
    _ x: FloatBuffer, weights: FloatBuffer, bias: FloatBuffer? = nil, activation: Activation = .none, into y: FloatBuffer,
    batch: Int
  ) {
    check(x, y, weights, batch)
    let bias = bias.map { paddedToBlocks($0.values, outputs) }
    BlockedConvolution(
      trained: ConvolutionWeights(held: weights, outputs: outputs, inputs: inputs, kernel: kernel), height: height,
      width: width
    ).run(
      x.base, nil, bias: bias.map { UnsafePointer($0.base) }, activation: activation.code, into: y.base, adds: false,
      signs: nil, batch: batch)
    withExtendedLifetime((x, weights, bias, y)) {}
  }

  /// `gx = convᵀ(gy)`.
  package func dataGradient(_ gy: FloatBuffer, weights: FloatBuffer, into gx: FloatBuffer, batch: Int) {
    check(gx, gy, weights, batch)
    BlockedConvolution(
      trained: ConvolutionWeights(held: weights, outputs: outputs, inputs: inputs, kernel: kernel).transposed,
      height: height, width: width
    ).run(gy.base, nil, bias: nil, activation: 0, into: gx.base, adds: false, signs: nil, batch: batch)
    withExtendedLifetime((gx, weights, gy)) {}
  }

  /// The gradient of the weights: `gw[o][i][a][b] = Σ gy[n, o, y, x] · x[n, i, y + a - 1, x + b - 1]`.
  package func weightGradient(_ x: FloatBuffer, _ gy: FloatBuffer, into gw: FloatBuffer, batch: Int) {
    check(x, gy, gw, batch)
    if kernel == 3 {
      WinogradWeightGradient(outputs: outputs, inputs: inputs, height: height, width: width)
        .run(x.base, gy.base, into: gw.base, batch: batch)
    } else {
      pixelWeightGradient(x, gy, into: gw, batch)
    }
    withExtendedLifetime((x, gy, gw)) {}
  }

  /// Images that are summed by themselves, so that threads have something to share where channels are few.
  private static let mostSlices = 8

  /// A 1×1 kernel's: sums of outer products over all pixels.
  private func pixelWeightGradient(_ x: FloatBuffer, _ gy: FloatBuffer, into gw: FloatBuffer, _ batch: Int) {
    let outer = Processor.table.matrix.outer, workers = Workers.current
    let (inputs, outputs, planeSize) = (inputs, outputs, height * width * 16)
    let inputBlocks = blockCount(inputs), outputBlocks = blockCount(outputs), pitch = outputBlocks * 16
    let slices = min(Self.mostSlices, batch), size = inputBlocks * 16 * pitch
    let sums = FloatBuffer(count: slices * size)
    workers.run(slices * inputBlocks) { piece, _ in
      let slice = piece / inputBlocks, block = piece % inputBlocks
      let images = slice * batch / slices..<(slice + 1) * batch / slices
      for image in images {
        OuterCall(
          depth: planeSize / 16, a: x.base + (image * inputBlocks + block) * planeSize,
          b: gy.base + image * outputBlocks * planeSize, bStride: planeSize, blocks: outputBlocks,
          c: sums.base + slice * size + block * 16 * pitch, cPitch: pitch, adds: image > images.lowerBound
        ).run(outer)
      }
    }
    workers.run(outputs) { output, _ in
      for input in 0..<inputs {
        var sum = 0.0
        for slice in 0..<slices { sum += Double(sums.base[slice * size + input * pitch + output]) }
        gw.base[output * inputs + input] = Float(sum)
      }
    }
    withExtendedLifetime(sums) {}
  }
}
