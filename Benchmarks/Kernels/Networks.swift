import Kernels

/// The layers of the three networks, in order.
enum GANNetworks {
  /// The sizes of the released 256×256 models.
  static func released(batch: Int) -> [Chain] {
    [
      generator(resolution: 256, base: 16_384, most: 512, batch: batch),
      perceptual(
        resolution: 256, widths: [64, 64, 128, 128, 256, 256, 256, 512, 512, 512], batch: batch),
      encoder(resolution: 256, base: 64, most: 1024, outputs: 14 * 512, batch: batch),
    ]
  }

  /// The sizes of the pack that ships with the program.
  static func small(batch: Int) -> [Chain] {
    [
      generator(resolution: 64, base: 1024, most: 64, batch: batch),
      perceptual(resolution: 64, widths: [16, 16, 32, 32, 48, 48, 48, 64, 64, 64], batch: batch),
      encoder(resolution: 64, base: 24, most: 192, outputs: 10 * 96, batch: batch),
    ]
  }

  private static func generator(resolution: Int, base: Int, most: Int, batch: Int) -> Chain {
    func channels(_ r: Int) -> Int { min(base / r, most) }
    let start = BlockedShape(batch: batch, channels: channels(4), height: 4, width: 4)
    let chain = Chain("generator", batch: batch, input: FloatBuffer(repeating: 0.5, count: start.count))
    chain.epilogue(channels(4), 4)
    chain.styledConvolution(channels(4), 4)
    var r = 8
    while r <= resolution {
      chain.up(channels(r / 2), channels(r), r / 2)
      chain.epilogue(channels(r), r, blurs: true)
      chain.styledConvolution(channels(r), r)
      r *= 2
    }
    chain.toRGB(channels(resolution), resolution)
    return chain
  }

  private static func perceptual(resolution: Int, widths: [Int], batch: Int) -> Chain {
    let chain = Chain(
      "perceptual", batch: batch, input: FloatBuffer(repeating: 0.5, count: batch * 3 * resolution * resolution))
    var size = resolution
    for (index, width) in widths.enumerated() {
      if [2, 4, 7].contains(index) {
        chain.maximum(widths[index - 1], size)
        size /= 2
      }
      if index == 0 { chain.picture(width, size, .relu) } else { chain.convolution(widths[index - 1], width, size) }
    }
    return chain
  }

  private static func encoder(resolution: Int, base: Int, most: Int, outputs: Int, batch: Int) -> Chain {
    let chain = Chain(
      "encoder", batch: batch, input: FloatBuffer(repeating: 0.5, count: batch * 3 * resolution * resolution))
    chain.picture(base, resolution, .leakyReLU, isAveraged: true)
    var size = resolution, channels = base
    while size > 4 {
      if size < resolution { chain.average(channels, size) }
      size /= 2
      let next = min(2 * channels, most)
      chain.residual(channels, next, size)
      channels = next
    }
    chain.dense(channels * 16, outputs)
    return chain
  }
}
