import KernelInterface

/// The generator's epilogue on blocked maps: noise, bias, leaky ReLU, instance norm, style.
///
///     y = lrelu(x + noise · weight + bias)
///     out = (y - mean(y)) / sqrt(var(y) + 1e-8) · (scale + 1) + shift
///
/// After an up layer x is blurred first, by [1 2 1] ⊗ [1 2 1] / 16 with zeros around: some rows at a time, in the second
/// level cache, so that neither the blurred map nor the gradient before its blur is ever in memory.
///
/// `forward` stops at `y`: the next layer takes norm and style along as a factor and a term for each channel, or `style`
/// applies them. In the same way `gradientFactors` leaves the gradient of x to a convolution's gradient. Sums over pixels
/// run in bands of rows, about 1024 pixels, in single (small maps: in double) and over bands in double precision, in a fixed
/// order.
///
/// Bound by memory: 91 % of the roofline or more with 64 channels and 256 px, with a blur 75 % forward, and 54 % backward,
/// which reads both maps twice (two threads of a Cascade Lake).
package enum Epilogue {
  /// - Parameters:
  ///   - blurs: whether x is blurred first.
  ///   - noise: `[height][width]`, the same for all images, or `[batch][height][width]`.
  ///   - noiseWeight: `[channels]`.
  ///   - bias: `[channels]`.
  ///   - style: plain `[batch][2 · channels]`, scale then shift.
  ///   - y: may be the same object as `x` unless that is blurred.
  ///   - statistics: `[batch][2][16 · blocks]`, mean and reciprocal deviation.
  ///   - factors: `[batch][blocks][2][16]`; `out` is the first times `y`, plus the second.
  ///   - sumsInDouble: whether small maps are computed in double precision, the same bytes on every instruction set.
  package static func forward(
    _ x: FloatBuffer, blurs: Bool, noise: FloatBuffer, noiseWeight: FloatBuffer, bias: FloatBuffer, style: FloatBuffer,
    activated y: FloatBuffer, statistics: FloatBuffer, factors: FloatBuffer, sumsInDouble: Bool = true,
    _ shape: BlockedShape
  ) {
    let channels = shape.channels, padded = shape.blocks * 16, pixels = shape.pixels
    precondition(x.count >= shape.count && y.count >= shape.count, "a map is too small")
    precondition(factors.count >= shape.batch * shape.blocks * 32, "too few factors")
    precondition(!blurs || y !== x, "a blur cannot overwrite what it reads")
    precondition(noise.count >= pixels && noiseWeight.count >= channels && bias.count >= channels)
    precondition(style.count >= shape.batch * 2 * channels && statistics.count >= shape.batch * 2 * padded)
    let table = Processor.table, workers = Workers.current
    let planes = shape.batch * shape.blocks, bands = Bands(shape, pixels: 1024)
    let weights = padded2(noiseWeight, bias, channels, padded)
    let sums = FloatBuffer(count: planes * bands.count * 32)
    let blurred = FloatBuffer(count: blurs ? workers.threads * bands.floats : 0)
    let noisePitch = noise.count >= shape.batch * pixels ? pixels : 0
    let activation = sumsInDouble && isSmall(shape) ? table.map.activateDouble : table.map.activate
    workers.run(planes * bands.count) { piece, worker in
      let plane = piece / bands.count, band = piece % bands.count
      let rows = bands.rows(band), block = plane % shape.blocks
      let start = plane * pixels * 16, o = rows.lowerBound * bands.pitch
      var source = x.base + start + o
      if blurs {
        source = blurred.base + worker * bands.floats
        table.up.blur(x.base + start, shape.height, shape.width, rows.lowerBound, rows.count, source - o)
      }
      activation(
        source, noise.base + plane / shape.blocks * noisePitch + rows.lowerBound * shape.width, weights.base + block * 16,
        weights.base + padded + block * 16, y.base + start + o, rows.count * shape.width,
        sums.base + (plane * bands.count + band) * 32)
    }
    for plane in 0..<planes {
      let image = plane / shape.blocks, block = plane % shape.blocks
      for lane in 0..<16 {
        let (sum, dot) = total(sums, plane, bands.count, lane)
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
    withExtendedLifetime((x, y, noise, weights, sums, factors, blurred)) {}
  }

  /// What `forward` left: norm and style.
  package static func style(
    _ y: FloatBuffer, factors: FloatBuffer, into out: FloatBuffer, sumsInDouble: Bool = true, _ shape: BlockedShape
  ) {
    precondition(y.count >= shape.count && out.count >= shape.count, "a map is too small")
    precondition(factors.count >= shape.batch * shape.blocks * 32, "too few factors")
    let scaleShift = sumsInDouble && isSmall(shape) ? Processor.table.map.scaleShiftDouble : Processor.table.map.scaleShift
    Workers.current.run(shape.batch * shape.blocks) { plane, _ in
      let o = plane * shape.pixels * 16, f = factors.base + plane * 32
      scaleShift(y.base + o, f, f + 16, out.base + o, shape.pixels)
    }
    withExtendedLifetime((y, factors, out)) {}
  }

  private static func isSmall(_ shape: BlockedShape) -> Bool {
    ConvolutionAlgorithm.sumsInDouble(
      inputs: shape.channels, outputs: shape.channels, height: shape.height, width: shape.width)
  }

  /// - Parameters:
  ///   - g: gradient of `out`.
  ///   - y: `activated` of `forward`.
  ///   - blurs: as in `forward`; the blur is its own transpose.
  ///   - dx: gradient of `x`; may be the same object as `g` unless that is blurred.
  ///   - styleGradient: plain `[batch][2 · channels]`, scale then shift.
  ///   - parameters: gets the gradients of bias and noise weight, too.
  package static func backward(
    gradient g: FloatBuffer, activated y: FloatBuffer, blurs: Bool, statistics: FloatBuffer, style: FloatBuffer,
    into dx: FloatBuffer, styleGradient: FloatBuffer, parameters: ParameterGradients? = nil, _ shape: BlockedShape
  ) {
    precondition(dx.count >= shape.count, "a map is too small")
    precondition(!blurs || (dx !== g && dx !== y), "a blur cannot overwrite what it reads")
    let table = Processor.table, workers = Workers.current
    let planes = shape.batch * shape.blocks, pixels = shape.pixels
    let factors = FloatBuffer(count: planes * 48)
    let gradient = Gradient(g, y, statistics: statistics, style: style, styleGradient, factors, shape)
    // Taller for the blur, since each begins and ends with a row that its neighbor has too.
    let strips = Bands(shape, pixels: blurs ? 4096 : 1024), stripSize = strips.floats + 2 * strips.pitch
    let sharp = FloatBuffer(count: blurs ? workers.threads * stripSize : 0)
    let noisePitch = parameters.map { $0.noise.count >= shape.batch * pixels ? pixels : 0 } ?? 0
    let parameterSums = FloatBuffer(count: parameters == nil ? 0 : planes * strips.count * 32)
    func apply(_ plane: Int, _ strip: Int, _ worker: Int) {
      let rows = strips.rows(strip), start = plane * pixels * 16, f = factors.base + plane * 48
      var needed = rows, target = dx.base + start
      if blurs {
        needed = max(0, rows.lowerBound - 1)..<min(shape.height, rows.upperBound + 1)
        target = sharp.base + worker * stripSize - needed.lowerBound * strips.pitch
      }
      let o = needed.lowerBound * strips.pitch
      table.map.gradientApply(
        g.base + start + o, y.base + start + o, f, f + 16, f + 32, target + o, needed.count * shape.width)
      if let parameters {
        table.map.noiseSums(
          target + rows.lowerBound * strips.pitch,
          parameters.noise.base + plane / shape.blocks * noisePitch + rows.lowerBound * shape.width,
          rows.count * shape.width, parameterSums.base + (plane * strips.count + strip) * 32)
      }
      if blurs {
        table.up.blur(target, shape.height, shape.width, rows.lowerBound, rows.count, dx.base + start)
      }
    }
    // Two passes over each plane. With enough planes for the threads each thread takes one through both, while it is in
    // the caches; the numbers are the same.
    if planes >= 2 * workers.threads {
      workers.run(planes) { plane, worker in
        for band in 0..<gradient.bands.count { gradient.addUp(plane, band) }
        gradient.finish(plane)
        for strip in 0..<strips.count { apply(plane, strip, worker) }
      }
    } else {
      gradient.run()
      workers.run(planes * strips.count) { apply($0 / strips.count, $0 % strips.count, $1) }
    }
    parameters?.addUp(parameterSums, strips.count, shape)
    withExtendedLifetime((g, y, dx, factors, sharp)) {}
  }

  /// Where gradients of a trained epilogue's bias and noise weight go, `[channels]` each.
  package struct ParameterGradients {
    let noise: FloatBuffer
    let noiseWeight: FloatBuffer
    let bias: FloatBuffer

    /// - Parameter noise: what `forward` had.
    package init(noise: FloatBuffer, noiseWeight: FloatBuffer, bias: FloatBuffer) {
      self.noise = noise
      self.noiseWeight = noiseWeight
      self.bias = bias
    }

    /// Over all images and bands, in their order.
    fileprivate func addUp(_ sums: FloatBuffer, _ bands: Int, _ shape: BlockedShape) {
      precondition(noiseWeight.count >= shape.channels && bias.count >= shape.channels)
      for channel in 0..<shape.channels {
        var (ofBias, ofWeight) = (0.0, 0.0)
        for image in 0..<shape.batch {
          let (sum, dot) = total(sums, image * shape.blocks + channel / 16, bands, channel % 16)
          ofBias += sum
          ofWeight += dot
        }
        bias.base[channel] = Float(ofBias)
        noiseWeight.base[channel] = Float(ofWeight)
      }
    }
  }

  /// `backward` without the last step, without blur: the gradient of `x` is `(f₀ · g + f₁ · y + f₂) · lrelu'(y)`.
  ///
  /// - Parameter factors: gets f, `[batch][blocks][3][16]`.
  package static func gradientFactors(
    gradient g: FloatBuffer, activated y: FloatBuffer, statistics: FloatBuffer, style: FloatBuffer,
    into factors: FloatBuffer, styleGradient: FloatBuffer, _ shape: BlockedShape
  ) {
    Gradient(g, y, statistics: statistics, style: style, styleGradient, factors, shape).run()
  }

  /// The sums over a plane that its gradient needs, and the factors that come of them.
  private struct Gradient {
    let g: FloatBuffer, y: FloatBuffer, statistics: FloatBuffer, style: FloatBuffer, styleGradient: FloatBuffer
    let factors: FloatBuffer
    let shape: BlockedShape
    let bands: Bands
    private let sums: FloatBuffer

    init(
      _ g: FloatBuffer, _ y: FloatBuffer, statistics: FloatBuffer, style: FloatBuffer, _ styleGradient: FloatBuffer,
      _ factors: FloatBuffer, _ shape: BlockedShape
    ) {
      let planes = shape.batch * shape.blocks
      precondition(g.count >= shape.count && y.count >= shape.count, "a map is too small")
      precondition(style.count >= shape.batch * 2 * shape.channels && statistics.count >= planes * 32)
      precondition(styleGradient.count >= shape.batch * 2 * shape.channels && factors.count >= planes * 48)
      (self.g, self.y, self.statistics, self.style) = (g, y, statistics, style)
      (self.styleGradient, self.factors, self.shape) = (styleGradient, factors, shape)
      bands = Bands(shape, pixels: 1024)
      sums = FloatBuffer(count: planes * bands.count * 32)
    }

    func run() {
      let planes = shape.batch * shape.blocks
      Workers.current.run(planes * bands.count) { piece, _ in addUp(piece / bands.count, piece % bands.count) }
      for plane in 0..<planes { finish(plane) }
    }

    func addUp(_ plane: Int, _ band: Int) {
      let rows = bands.rows(band), o = plane * shape.pixels * 16 + rows.lowerBound * bands.pitch
      Processor.table.map.gradientSums(
        g.base + o, y.base + o, rows.count * shape.width, sums.base + (plane * bands.count + band) * 32)
    }

    func finish(_ plane: Int) {
      let image = plane / shape.blocks, block = plane % shape.blocks, channels = shape.channels
      for lane in 0..<16 {
        let (sum, dot) = total(sums, plane, bands.count, lane)
        let at = image * 2 * shape.blocks * 16 + block * 16 + lane, channel = block * 16 + lane
        let mean = Double(statistics.base[at]), reciprocal = Double(statistics.base[at + shape.blocks * 16])
        let normalized = (dot - sum * mean) * reciprocal
        if channel < channels {
          styleGradient.base[image * 2 * channels + channel] = Float(normalized)
          styleGradient.base[image * 2 * channels + channels + channel] = Float(sum)
        }
        // dx = lrelu'(y) · a · (g - mean(g) - ŷ · mean(g · ŷ)), written as a · g + p · y + q.
        let a = reciprocal * styleOf(style, image, channel, channels).scale, pixels = Double(shape.pixels)
        let p = -a * normalized * reciprocal / pixels
        factors.base[plane * 48 + lane] = Float(a)
        factors.base[plane * 48 + 16 + lane] = Float(p)
        factors.base[plane * 48 + 32 + lane] = Float(-a * sum / pixels - p * mean)
      }
    }
  }

  /// A plane cut into bands of whole rows.
  private struct Bands {
    /// Floats of a row, and of a full band.
    let pitch: Int
    let floats: Int
    private let runs: WorkPartition

    init(_ shape: BlockedShape, pixels: Int) {
      runs = WorkPartition(shape.height, length: pixels / shape.width)
      pitch = shape.width * 16
      floats = runs[0].count * pitch
    }

    var count: Int { runs.count }
    func rows(_ band: Int) -> Range<Int> { runs[band] }
  }

  /// (scale + 1, shift) of a channel; neutral for the padding.
  private static func styleOf(
    _ style: FloatBuffer, _ image: Int, _ channel: Int, _ channels: Int
  ) -> (scale: Double, shift: Double) {
    guard channel < channels else { return (1, 0) }
    let at = image * 2 * channels + channel
    return (Double(style.base[at]) + 1, Double(style.base[at + channels]))
  }

  private static func total(_ sums: FloatBuffer, _ plane: Int, _ bands: Int, _ lane: Int) -> (Double, Double) {
    var sum = 0.0, dot = 0.0
    for band in 0..<bands {
      sum += Double(sums.base[(plane * bands + band) * 32 + lane])
      dot += Double(sums.base[(plane * bands + band) * 32 + 16 + lane])
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
