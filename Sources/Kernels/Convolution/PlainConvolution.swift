/// Convolution of plain `[batch, channels, height, width]` maps by im2col and a matrix product, stride 1, in the three
/// directions that are closed under differentiation. For weights that change; frozen ones have faster ways.
package struct PlainConvolution: Hashable, Sendable {
  package var batch: Int
  package var inputChannels: Int
  package var outputChannels: Int
  package var height: Int
  package var width: Int
  package var kernel: Int
  package var padding: Int

  package init(
    batch: Int, inputChannels: Int, outputChannels: Int, height: Int, width: Int, kernel: Int, padding: Int
  ) {
    self.batch = batch
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.height = height
    self.width = width
    self.kernel = kernel
    self.padding = padding
  }

  package var outputHeight: Int { height + 2 * padding - kernel + 1 }
  package var outputWidth: Int { width + 2 * padding - kernel + 1 }
  private var input: Int { inputChannels * height * width }
  private var pixels: Int { outputHeight * outputWidth }
  private var output: Int { outputChannels * pixels }
  private var taps: Int { inputChannels * kernel * kernel }
  private var isPointwise: Bool { kernel == 1 && padding == 0 }

  private func check(_ x: FloatBuffer, _ weights: FloatBuffer, _ y: FloatBuffer) {
    precondition(
      x.count == batch * input && weights.count == outputChannels * taps && y.count == batch * output
        && outputHeight > 0 && outputWidth > 0, "buffers do not fit the convolution")
  }

  /// `y = w * x`, with `weights` `[outputChannels, inputChannels, kernel, kernel]`.
  package func forward(_ x: FloatBuffer, weights: FloatBuffer, into y: FloatBuffer) {
    check(x, weights, y)
    let columns = isPointwise ? x : FloatBuffer(count: taps * pixels)
    for item in 0..<batch {
      if !isPointwise { gather(x, item, into: columns) }
      MatrixProduct.multiply(
        .init(weights), .init(columns, from: isPointwise ? item * input : 0), into: y, from: item * output,
        m: outputChannels, n: pixels, k: taps)
    }
  }

  /// `gx = wᵀ * gy`: the gradient for the input.
  package func backwardData(_ gy: FloatBuffer, weights: FloatBuffer, into gx: FloatBuffer) {
    check(gx, weights, gy)
    let columns = isPointwise ? gx : FloatBuffer(count: taps * pixels)
    for item in 0..<batch {
      MatrixProduct.multiply(
        .init(weights, transposed: true), .init(gy, from: item * output), into: columns,
        from: isPointwise ? item * input : 0, m: taps, n: pixels, k: outputChannels)
      if !isPointwise { scatter(columns, into: gx, item) }
    }
  }

  /// `gw = Σ gy · xᵀ`: the gradient for the weights, summed over the batch in its order.
  package func backwardWeights(_ x: FloatBuffer, _ gy: FloatBuffer, into gw: FloatBuffer) {
    check(x, gw, gy)
    let columns = isPointwise ? x : FloatBuffer(count: taps * pixels)
    for item in 0..<batch {
      if !isPointwise { gather(x, item, into: columns) }
      MatrixProduct.multiply(
        .init(gy, from: item * output), .init(columns, from: isPointwise ? item * input : 0, transposed: true),
        into: gw, m: outputChannels, n: taps, k: pixels, adds: item > 0)
    }
  }

  /// The part of an output row whose input column `x + tap - padding` lies inside the picture.
  private func inside(_ tap: Int) -> Range<Int> {
    let low = max(0, padding - tap), high = min(outputWidth, width + padding - tap)
    return low..<max(low, high)
  }

  private func gather(_ x: FloatBuffer, _ item: Int, into columns: FloatBuffer) {
    let (source, target) = (x.base + item * input, columns.base)
    Workers.current.run(inputChannels) { channel, _ in
      for ky in 0..<kernel {
        for kx in 0..<kernel {
          let row = target + ((channel * kernel + ky) * kernel + kx) * pixels
          let valid = inside(kx)
          for y in 0..<outputHeight {
            let line = row + y * outputWidth, sy = y + ky - padding
            if sy < 0 || sy >= height || valid.isEmpty {
              line.update(repeating: 0, count: outputWidth)
              continue
            }
            for i in 0..<valid.lowerBound { line[i] = 0 }
            let from = source + (channel * height + sy) * width + valid.lowerBound + kx - padding
            (line + valid.lowerBound).update(from: from, count: valid.count)
            for i in valid.upperBound..<outputWidth { line[i] = 0 }
          }
        }
      }
    }
  }

  private func scatter(_ columns: FloatBuffer, into x: FloatBuffer, _ item: Int) {
    let (source, target) = (columns.base, x.base + item * input)
    Workers.current.run(inputChannels) { channel, _ in
      (target + channel * height * width).update(repeating: 0, count: height * width)
      for ky in 0..<kernel {
        for kx in 0..<kernel {
          let row = source + ((channel * kernel + ky) * kernel + kx) * pixels
          let valid = inside(kx)
          for y in 0..<outputHeight {
            let sy = y + ky - padding
            if sy < 0 || sy >= height || valid.isEmpty { continue }
            let line = row + y * outputWidth
            let to = target + (channel * height + sy) * width + kx - padding
            for i in valid { to[i] += line[i] }
          }
        }
      }
    }
  }
}
