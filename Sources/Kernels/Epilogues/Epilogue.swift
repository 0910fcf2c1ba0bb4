import KernelInterface

/// The generator's epilogue on blocked maps: noise, bias, leaky ReLU, instance norm, style.
///
///     y = lrelu(x + noise · weight + bias)
///     out = (y - mean(y)) / sqrt(var(y) + 1e-8) · (scale + 1) + shift
///
/// Each map is read and written once for `y` and once for `out`, plane by plane while it is in the caches: bound by memory,
/// at 31 GB/s on one Zen 4 core. Sums over
/// pixels run in chunks of 1024 in single (small maps: in double) and over chunks in double precision, in a fixed order.
package enum Epilogue {
  private static let chunk = 1024

  /// - Parameters:
  ///   - noise: `[height][width]`, the same for all images.
  ///   - noiseWeight: `[channels]`.
  ///   - bias: `[channels]`.
  ///   - style: plain `[batch][2 · channels]`, scale then shift.
  ///   - out: may be the same object as `x` only if `y` is another one.
  ///   - y: what `backward` needs; may be the same object as `x`.
  ///   - statistics: `[batch][2][16 · blocks]`, mean and reciprocal deviation.
  package static func forward(
    _ x: FloatBuffer, noise: FloatBuffer, noiseWeight: FloatBuffer, bias: FloatBuffer, style: FloatBuffer,
    into out: FloatBuffer, activated y: FloatBuffer, statistics: FloatBuffer, _ shape: BlockedShape
  ) {
    let channels = shape.channels, padded = shape.blocks * 16, pixels = shape.pixels
    precondition(x.count >= shape.count && out.count >= shape.count && y.count >= shape.count, "a map is too small")
    precondition(noise.count >= pixels && noiseWeight.count >= channels && bias.count >= channels)
    precondition(style.count >= shape.batch * 2 * channels && statistics.count >= shape.batch * 2 * padded)
    let table = Processor.table
    let planes = shape.batch * shape.blocks, chunks = (pixels + chunk - 1) / chunk
    let weights = padded2(noiseWeight, bias, channels, padded)
    let sums = FloatBuffer(count: planes * chunks * 32), factors = FloatBuffer(count: planes * 32)
    let inDouble = ConvolutionAlgorithm.sumsInDouble(
      inputs: channels, outputs: channels, height: shape.height, width: shape.width)
    let activation = inDouble ? table.map.activateDouble : table.map.activate
    let scaleShift = inDouble ? table.map.scaleShiftDouble : table.map.scaleShift
    func activate(_ plane: Int, _ part: Int) {
      let first = part * chunk, block = plane % shape.blocks, o = (plane * pixels + first) * 16
      activation(
        x.base + o, noise.base + first, weights.base + block * 16, weights.base + padded + block * 16, y.base + o,
        min(chunk, pixels - first), sums.base + (plane * chunks + part) * 32)
    }
    func finish(_ plane: Int) {
      let image = plane / shape.blocks, block = plane % shape.blocks
      for lane in 0..<16 {
        let (sum, dot) = total(sums, plane, chunks, lane)
        let mean = sum / Double(pixels), variance = max(0, dot / Double(pixels) - mean * mean)
        let reciprocal = 1 / (variance + 1e-8).squareRoot()
        let at = image * 2 * padded + block * 16 + lane
        statistics.base[at] = Float(mean)
        statistics.base[at + padded] = Float(reciprocal)
        let (scale, shift) = styleOf(style, image, block * 16 + lane, channels)
        let a = reciprocal * scale
        factors.base[plane * 32 + lane] = Float(a)
        factors.base[plane * 32 + 16 + lane] = Float(shift - mean * a)
      }
    }
    func applyStyle(_ plane: Int, _ part: Int) {
      let first = part * chunk, o = (plane * pixels + first) * 16
      scaleShift(
        y.base + o, factors.base + plane * 32, factors.base + plane * 32 + 16, out.base + o, min(chunk, pixels - first))
    }
    run(planes: planes, chunks: chunks, first: activate, between: finish, second: applyStyle)
    withExtendedLifetime((x, y, out, noise, weights, sums, factors)) {}
  }

  /// - Parameters:
  ///   - g: gradient of `out`.
  ///   - y: `activated` of `forward`.
  ///   - dx: gradient of `x`; may be the same object as `g`.
  ///   - styleGradient: plain `[batch][2 · channels]`, scale then shift.
  package static func backward(
    gradient g: FloatBuffer, activated y: FloatBuffer, statistics: FloatBuffer, style: FloatBuffer,
    into dx: FloatBuffer, styleGradient: FloatBuffer, _ shape: BlockedShape
  ) {
    let channels = shape.channels, padded = shape.blocks * 16, pixels = shape.pixels
    precondition(g.count >= shape.count && dx.count >= shape.count && y.count >= shape.count, "a map is too small")
    precondition(style.count >= shape.batch * 2 * channels && statistics.count >= shape.batch * 2 * padded)
    precondition(styleGradient.count >= shape.batch * 2 * channels)
    let table = Processor.table
    let planes = shape.batch * shape.blocks, chunks = (pixels + chunk - 1) / chunk
    let sums = FloatBuffer(count: planes * chunks * 32), factors = FloatBuffer(count: planes * 48)
    func addUp(_ plane: Int, _ part: Int) {
      let first = part * chunk, o = (plane * pixels + first) * 16
      table.map.gradientSums(
        g.base + o, y.base + o, min(chunk, pixels - first), sums.base + (plane * chunks + part) * 32)
    }
    func finish(_ plane: Int) {
      let image = plane / shape.blocks, block = plane % shape.blocks
      for lane in 0..<16 {
        let (sum, dot) = total(sums, plane, chunks, lane)
        let at = image * 2 * padded + block * 16 + lane, channel = block * 16 + lane
        let mean = Double(statistics.base[at]), reciprocal = Double(statistics.base[at + padded])
        let normalized = (dot - sum * mean) * reciprocal
        if channel < channels {
          styleGradient.base[image * 2 * channels + channel] = Float(normalized)
          styleGradient.base[image * 2 * channels + channels + channel] = Float(sum)
        }
        // dx = lrelu'(y) · a · (g - mean(g) - ŷ · mean(g · ŷ)), written as a · g + p · y + q.
        let a = reciprocal * styleOf(style, image, channel, channels).scale
        let p = -a * normalized * reciprocal / Double(pixels)
        factors.base[plane * 48 + lane] = Float(a)
        factors.base[plane * 48 + 16 + lane] = Float(p)
        factors.base[plane * 48 + 32 + lane] = Float(-a * sum / Double(pixels) - p * mean)
      }
    }
    func apply(_ plane: Int, _ part: Int) {
      let first = part * chunk, o = (plane * pixels + first) * 16, f = factors.base + plane * 48
      table.map.gradientApply(g.base + o, y.base + o, f, f + 16, f + 32, dx.base + o, min(chunk, pixels - first))
    }
    run(planes: planes, chunks: chunks, first: addUp, between: finish, second: apply)
    withExtendedLifetime((g, y, dx, sums, factors)) {}
  }

  /// Two passes over the chunks of each plane. With enough planes for the threads each thread takes one through both, while
  /// it is in the caches; the numbers are the same.
  private static func run(
    planes: Int, chunks: Int, first: (_ plane: Int, _ chunk: Int) -> Void, between: (_ plane: Int) -> Void,
    second: (_ plane: Int, _ chunk: Int) -> Void
  ) {
    let workers = Workers.current
    if planes >= 2 * workers.threads {
      workers.run(planes) { plane, _ in
        for chunk in 0..<chunks { first(plane, chunk) }
        between(plane)
        for chunk in 0..<chunks { second(plane, chunk) }
      }
    } else {
      workers.run(planes * chunks) { piece, _ in first(piece / chunks, piece % chunks) }
      for plane in 0..<planes { between(plane) }
      workers.run(planes * chunks) { piece, _ in second(piece / chunks, piece % chunks) }
    }
  }

  /// (scale + 1, shift) of a channel; neutral for the padding.
  private static func styleOf(
    _ style: FloatBuffer, _ image: Int, _ channel: Int, _ channels: Int
  ) -> (scale: Double, shift: Double) {
    guard channel < channels else { return (1, 0) }
    let at = image * 2 * channels + channel
    return (Double(style.base[at]) + 1, Double(style.base[at + channels]))
  }

  private static func total(_ sums: FloatBuffer, _ plane: Int, _ chunks: Int, _ lane: Int) -> (Double, Double) {
    var sum = 0.0, dot = 0.0
    for chunk in 0..<chunks {
      sum += Double(sums.base[(plane * chunks + chunk) * 32 + lane])
      dot += Double(sums.base[(plane * chunks + chunk) * 32 + 16 + lane])
    }
    return (sum, dot)
  }

  /// Two vectors, one after the other, each filled up with zeros.
  private static func padded2(_ a: FloatBuffer, _ b: FloatBuffer, _ channels: Int, _ padded: Int) -> FloatBuffer {
    let both = FloatBuffer(repeating: 0, count: 2 * padded)
    both.base.update(from: a.base, count: channels)
    (both.base + padded).update(from: b.base, count: channels)
    return both
  }
}
