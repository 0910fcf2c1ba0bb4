import KernelInterface

/// Batch normalization of blocked maps by the batch's own moments, with a leaky ReLU behind it, in one pass over memory for
/// the moments and one for the rest.
package enum BatchNormalization {
  private static let epsilon = 1e-5

  /// What `backward` needs: mean, population variance and reciprocal deviation of each channel.
  package struct Moments: Sendable {
    package let mean: [Double]
    package let variance: [Double]
    fileprivate func reciprocal(_ channel: Int) -> Double { 1 / (variance[channel] + epsilon).squareRoot() }
  }

  /// `y = lrelu((x - mean) / sqrt(variance + 1e-5) · weight + bias)`.
  ///
  /// Sums are taken of the distance to a first pixel: a mean that is large beside the deviation costs nothing.
  ///
  /// - Parameters:
  ///   - weight: `[channels]`, like `bias`.
  ///   - slope: of the activation below zero; 1 for none.
  package static func forward(
    _ x: FloatBuffer, weight: FloatBuffer, bias: FloatBuffer, slope: Float, into y: FloatBuffer, _ shape: BlockedShape
  ) -> Moments {
    precondition(x.count >= shape.count && y.count >= shape.count, "a map is too small")
    precondition(weight.count >= shape.channels && bias.count >= shape.channels, "a number for each channel is needed")
    let size = shape.pixels * 16, sums = FloatBuffer(count: shape.planes * 32), kernel = Processor.table.map.shiftedSums
    Workers.current.run(shape.planes) { plane, _ in
      kernel(x.base + plane * size, x.base + plane % shape.blocks * size, shape.pixels, sums.base + plane * 32)
    }
    let count = Double(shape.batch * shape.pixels)
    var (means, variances): ([Double], [Double]) = ([], [])
    let scale = FloatBuffer(count: shape.channels), shift = FloatBuffer(count: shape.channels)
    for channel in 0..<shape.channels {
      let (sum, square) = ChannelPasses.total(sums, channel, shape)
      let first = Double(x.base[channel / 16 * size + channel % 16])
      means.append(first + sum / count)
      variances.append(max(0, square / count - sum / count * (sum / count)))
    }
    let moments = Moments(mean: means, variance: variances)
    for channel in 0..<shape.channels {
      let a = Double(weight.base[channel]) * moments.reciprocal(channel)
      scale.base[channel] = Float(a)
      shift.base[channel] = Float(Double(bias.base[channel]) - means[channel] * a)
    }
    ChannelPasses.affine(x, scale: scale, shift: shift, slope: slope, into: y, shape)
    return moments
  }

  /// - Parameters:
  ///   - g: gradient of y.
  ///   - x: input of `forward`, and `y` its output.
  ///   - dx: gets the gradient of x; not the same object as another.
  ///   - weightGradient: `[channels]`, like `biasGradient`.
  package static func backward(
    _ g: FloatBuffer, x: FloatBuffer, y: FloatBuffer, _ moments: Moments, weight: FloatBuffer, slope: Float,
    into dx: FloatBuffer, weightGradient: FloatBuffer, biasGradient: FloatBuffer, _ shape: BlockedShape
  ) {
    precondition(min(g.count, x.count, y.count, dx.count) >= shape.count, "a map is too small")
    precondition(min(weightGradient.count, biasGradient.count) >= shape.channels, "a number for each channel is needed")
    let size = shape.pixels * 16, sums = FloatBuffer(count: shape.planes * 32), table = Processor.table.map
    let workers = Workers.current
    workers.run(shape.planes) { plane, _ in
      let o = plane * size
      table.slope(g.base + o, y.base + o, slope, dx.base + o, size)
      table.gradientSums(dx.base + o, x.base + o, shape.pixels, sums.base + plane * 32)
    }
    // dx = a · (g - mean(g) - x̂ · mean(g · x̂)), written as a · g + p · x + q.
    let count = Double(shape.batch * shape.pixels), padded = shape.blocks * 16
    let factors = FloatBuffer(repeating: 0, count: 3 * padded)
    for channel in 0..<shape.channels {
      let (sum, dot) = ChannelPasses.total(sums, channel, shape)
      let mean = moments.mean[channel], reciprocal = moments.reciprocal(channel)
      let normalized = (dot - sum * mean) * reciprocal
      weightGradient.base[channel] = Float(normalized)
      biasGradient.base[channel] = Float(sum)
      let a = Double(weight.base[channel]) * reciprocal, p = -a * normalized * reciprocal / count
      factors.base[channel] = Float(a)
      factors.base[padded + channel] = Float(p)
      factors.base[2 * padded + channel] = Float(-a * sum / count - p * mean)
    }
    workers.run(shape.planes) { plane, _ in
      let o = plane * size, f = factors.base + plane % shape.blocks * 16
      table.combine(dx.base + o, x.base + o, f, f + padded, f + 2 * padded, dx.base + o, shape.pixels)
    }
    withExtendedLifetime((g, x, y, dx, weight, factors)) {}
  }
}
