import KernelInterface

/// Passes over blocked maps with a number for each channel. Sums run within planes in single and over planes in double
/// precision, in a fixed order.
package enum ChannelPasses {
  /// `y = lrelu(scale · x + shift)`, with `slope` below zero; 1 is no activation.
  ///
  /// - Parameters:
  ///   - scale: `[channels]`; nil for 1.
  ///   - y: may be x.
  package static func affine(
    _ x: FloatBuffer, scale: FloatBuffer?, shift: FloatBuffer, slope: Float = 1, into y: FloatBuffer, _ shape: BlockedShape
  ) {
    precondition(x.count >= shape.count && y.count >= shape.count, "a map is too small")
    let scales = padded(scale, 1, shape), shifts = padded(shift, 0, shape), size = shape.pixels * 16
    let affine = Processor.table.map.affineActivate
    Workers.current.run(shape.planes) { plane, _ in
      let o = plane * size, lane = plane % shape.blocks * 16
      affine(x.base + o, scales.base + lane, shifts.base + lane, slope, y.base + o, shape.pixels)
    }
    withExtendedLifetime((x, y, scales, shifts)) {}
  }

  /// Sums over the batch and all pixels, `[channels]`.
  package static func sums(_ x: FloatBuffer, into y: FloatBuffer, _ shape: BlockedShape) {
    precondition(x.count >= shape.count && y.count >= shape.channels, "a buffer is too small")
    let zeros = FloatBuffer(repeating: 0, count: 16), sums = FloatBuffer(count: shape.planes * 32)
    let size = shape.pixels * 16, kernel = Processor.table.map.shiftedSums
    Workers.current.run(shape.planes) { plane, _ in
      kernel(x.base + plane * size, zeros.base, shape.pixels, sums.base + plane * 32)
    }
    for channel in 0..<shape.channels { y.base[channel] = Float(total(sums, channel, shape).first) }
    withExtendedLifetime((x, zeros)) {}
  }

  /// `out = g · lrelu'(y)`, and its sums over the batch and all pixels, `[channels]`.
  package static func slope(
    _ g: FloatBuffer, at y: FloatBuffer, slope: Float, into out: FloatBuffer, sums: FloatBuffer, _ shape: BlockedShape
  ) {
    precondition(min(g.count, y.count, out.count) >= shape.count && sums.count >= shape.channels, "a buffer is too small")
    let zeros = FloatBuffer(repeating: 0, count: 16), parts = FloatBuffer(count: shape.planes * 32)
    let size = shape.pixels * 16, table = Processor.table.map
    Workers.current.run(shape.planes) { plane, _ in
      let o = plane * size
      table.slope(g.base + o, y.base + o, slope, out.base + o, size)
      table.shiftedSums(out.base + o, zeros.base, shape.pixels, parts.base + plane * 32)
    }
    for channel in 0..<shape.channels { sums.base[channel] = Float(total(parts, channel, shape).first) }
    withExtendedLifetime((g, y, out, zeros)) {}
  }

  /// The same number at all pixels of a channel.
  package static func fill(_ values: FloatBuffer, into y: FloatBuffer, _ shape: BlockedShape) {
    precondition(y.count >= shape.count, "a map is too small")
    let values = padded(values, 0, shape), size = shape.pixels * 16
    Workers.current.run(shape.planes) { plane, _ in
      let group = UnsafeRawPointer(values.base + plane % shape.blocks * 16).loadUnaligned(as: SIMD16<Float>.self)
      let target = UnsafeMutableRawPointer(y.base + plane * size)
      for pixel in 0..<shape.pixels { target.storeBytes(of: group, toByteOffset: pixel * 64, as: SIMD16<Float>.self) }
    }
    withExtendedLifetime((y, values)) {}
  }

  /// Both sums of a channel, from what kernels left for each plane.
  static func total(_ sums: FloatBuffer, _ channel: Int, _ shape: BlockedShape) -> (first: Double, second: Double) {
    var (first, second) = (0.0, 0.0)
    for image in 0..<shape.batch {
      let at = (image * shape.blocks + channel / 16) * 32 + channel % 16
      first += Double(sums.base[at])
      second += Double(sums.base[at + 16])
    }
    return (first, second)
  }

  /// Filled up to whole blocks; the padding must give zero for zero.
  static func padded(_ values: FloatBuffer?, _ filling: Float, _ shape: BlockedShape) -> FloatBuffer {
    let padded = FloatBuffer(repeating: filling, count: shape.blocks * 16)
    if let values {
      precondition(values.count >= shape.channels, "a number for each channel is needed")
      padded.base.update(from: values.base, count: shape.channels)
    }
    return padded
  }
}
