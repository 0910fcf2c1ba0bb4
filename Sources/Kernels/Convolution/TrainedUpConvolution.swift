import KernelInterface

/// Nearest doubling and a 3×3 convolution of blocked maps, with weights that change at each step; its transpose, from the
/// large map to the small one; and the gradient of its weights. All three are linear in each of two of small map, weights and
/// large map, so that further derivatives are made of the same three.
///
/// The transpose is also a 3×3 convolution before the sum of 2×2 pixels, by the weights turned.
package struct TrainedUpConvolution: Sendable {
  /// Channels of the large map.
  package let outputs: Int
  /// Channels of the small map.
  package let inputs: Int
  /// Of the small map.
  package let height: Int
  package let width: Int

  package init(outputs: Int, inputs: Int, height: Int, width: Int) {
    precondition(outputs > 0 && inputs > 0 && height > 0 && width > 0, "a dimension is empty")
    self.outputs = outputs
    self.inputs = inputs
    self.height = height
    self.width = width
  }

  /// Whether a small layer is better taken apart, into a doubling and a convolution with sums in double precision.
  package var sumsInDouble: Bool {
    TrainedConvolution.sumsInDouble(inputs: inputs, outputs: outputs, height: 2 * height, width: 2 * width)
  }

  private func check(small: FloatBuffer, large: FloatBuffer, _ weights: FloatBuffer, _ batch: Int) {
    let pixels = batch * height * width * 16
    precondition(small.count >= pixels * blockCount(inputs), "the small map is too small")
    precondition(large.count >= 4 * pixels * blockCount(outputs), "the large map is too small")
    precondition(weights.count >= 9 * outputs * inputs, "the weights do not fit the channel counts")
  }

  private func convolution(_ weights: FloatBuffer, isGradient: Bool) -> UpTileConvolution {
    UpTileConvolution(
      UpKernel(kind: .unfused(weights: weights.values), outputs: outputs, inputs: inputs), isGradient: isGradient,
      smallHeight: height, smallWidth: width)
  }

  /// - Parameter weights: `[outputs][inputs][3][3]`.
  package func forward(_ x: FloatBuffer, weights: FloatBuffer, into y: FloatBuffer, batch: Int) {
    check(small: x, large: y, weights, batch)
    convolution(weights, isGradient: false).run(x.base, style: nil, into: y.base, batch: batch)
    withExtendedLifetime((x, y)) {}
  }

  /// From the large map to the small one.
  package func transposed(_ x: FloatBuffer, weights: FloatBuffer, into y: FloatBuffer, batch: Int) {
    check(small: y, large: x, weights, batch)
    convolution(weights, isGradient: true).run(x.base, style: nil, into: y.base, batch: batch)
    withExtendedLifetime((x, y)) {}
  }

  /// The gradient of the weights.
  package func weightGradient(small: FloatBuffer, large: FloatBuffer, into gw: FloatBuffer, batch: Int) {
    check(small: small, large: large, gw, batch)
    let workers = Workers.current, kernels = Processor.table.up
    let (inputs, outputs, height, width, planeSize) = (inputs, outputs, height, width, height * width * 16)
    let tilesPerRow = (width + 1) / 2, inputBlocks = blockCount(inputs), pitch = blockCount(outputs) * 16
    let products = TiledOuterProducts(
      tiles: (height + 1) / 2 * tilesPerRow, batch: batch,
      pairs: (0..<25).map { (UpTileConvolution.plane($0), $0) })
    let sums = products.sums(
      .init(planes: 16, blocks: inputBlocks) { plane, first, count, v, stride in
        UpTiles(height: height, width: width, tilesPerRow: tilesPerRow, first: first, count: count, stride: stride)
          .gradientInput(small.base + plane * planeSize, into: v, kernels.tileWeightInput)
      },
      .init(planes: 25, blocks: pitch / 16) { plane, first, count, m, stride in
        UpTiles(height: 2 * height, width: 2 * width, tilesPerRow: tilesPerRow, first: first, count: count, stride: stride)
          .gradientInput(large.base + plane * planeSize * 4, into: m, kernels.tileGradientInput)
      })
    let size = inputBlocks * 16 * pitch
    workers.run(inputs) { input, _ in
      for output in 0..<outputs {
        let place = sums.base + input * pitch + output, target = gw.base + (output * inputs + input) * 9
        var rows = InlineArray<5, InlineArray<3, Double>>(repeating: [0, 0, 0])
        for i in 0..<5 {
          var u = InlineArray<5, Double>(repeating: 0)
          for j in 0..<5 { u[j] = Double(place[(i * 5 + j) * size]) }
          rows[i] = Self.taps(u)
        }
        for j in 0..<3 {
          let column = Self.taps([rows[0][j], rows[1][j], rows[2][j], rows[3][j], rows[4][j]])
          // The products are those of the gradient, whose kernel is turned by half a turn.
          for i in 0..<3 { target[8 - (i * 3 + j)] = Float(column[i]) }
        }
      }
    }
    withExtendedLifetime((small, large, sums)) {}
  }

  /// The adjoint of the weights' transform in one dimension, see `UpTileConvolution`.
  private static func taps(_ u: InlineArray<5, Double>) -> InlineArray<3, Double> {
    [u[0] + (u[1] + u[2] - u[3]) / 2, (u[1] - u[2] - u[3]) / 2, (u[1] - u[2] + u[3]) / 2 + u[4]]
  }
}
