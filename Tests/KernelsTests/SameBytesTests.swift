import Kernels
import Testing

@Suite(.serialized) struct SameBytesTests {
  @Test("Every kernel gives the same bytes at any thread count")
  func sameBytes() {
    let results = [1, 2, 4, 16].map { threads -> [[UInt32]] in
      Workers.use(threads: threads)
      return everything().map { $0.values.map(\.bitPattern) }
    }
    Workers.use(threads: Processors.defaultThreadCount())
    for other in results.dropFirst() { #expect(other == results[0]) }
  }

  private func everything() -> [FloatBuffer] {
    var noise = Noise(11), results: [FloatBuffer] = []
    for (size, channels) in [(8, 100), (16, 160), (64, 33)] {
      let shape = BlockedShape(batch: 2, channels: channels, height: size, width: size)
      let x = blocked(noise.array(shape.plainCount), shape), y = FloatBuffer(count: shape.count)
      let gx = FloatBuffer(count: shape.count), out = FloatBuffer(count: shape.count)
      let convolution = PackedConvolution(
        weights: noise.array(channels * channels * 9), bias: noise.array(channels), outputChannels: channels,
        inputChannels: channels, kernel: 3, height: size, width: size, activation: .leakyReLU, preparesGradient: true)
      let signs = convolution.makeSigns(batch: 2)
      convolution.forward(x, into: y, signs: signs, batch: 2)
      convolution.backward(x, signs: signs, into: gx, batch: 2)
      results += [y, gx]
      let style = FloatBuffer(noise.array(4 * channels)), styleGradient = FloatBuffer(count: 4 * channels)
      let statistics = FloatBuffer(count: 4 * shape.blocks * 16), dx = FloatBuffer(count: shape.count)
      let map = FloatBuffer(noise.array(size * size)), strength = FloatBuffer(noise.array(channels))
      let bias = FloatBuffer(noise.array(channels))
      let factors = FloatBuffer(count: 4 * shape.blocks * 16)
      Epilogue.forward(
        x, blurs: false, noise: map, noiseWeight: strength, bias: bias, style: style, activated: x,
        statistics: statistics, factors: factors, shape)
      Epilogue.style(x, factors: factors, into: out, shape)
      Epilogue.backward(
        gradient: gx, activated: x, blurs: false, statistics: statistics, style: style, into: dx,
        styleGradient: styleGradient, shape)
      results += [out, dx, styleGradient, statistics]
      let blurred = FloatBuffer(count: shape.count), blurredGradient = FloatBuffer(count: shape.count)
      let activated = FloatBuffer(count: shape.count), itsStyleGradient = FloatBuffer(count: 4 * channels)
      let itsStatistics = FloatBuffer(count: 4 * shape.blocks * 16)
      Epilogue.forward(
        x, blurs: true, noise: map, noiseWeight: strength, bias: bias, style: style, activated: activated,
        statistics: itsStatistics, factors: factors, shape)
      Epilogue.style(activated, factors: factors, into: blurred, shape)
      Epilogue.backward(
        gradient: gx, activated: activated, blurs: true, statistics: itsStatistics, style: style,
        into: blurredGradient, styleGradient: itsStyleGradient, shape)
      results += [blurred, activated, blurredGradient, itsStyleGradient, itsStatistics]
      let up = PackedUpConvolution(
        .unfused(weights: noise.array(9 * 24 * channels)), outputChannels: 24, inputChannels: channels,
        inputHeight: size, inputWidth: size, preparesGradient: true)
      let doubled = up.outputShape(batch: 2)
      let z = FloatBuffer(count: doubled.count), gz = FloatBuffer(count: shape.count)
      up.forward(x, into: z, batch: 2)
      up.backward(z, into: gz, batch: 2)
      results += [z, gz]
    }
    let first = PackedImageConvolution(
      weights: noise.array(27 * 24), bias: nil, outputChannels: 24, inputChannels: 3, kernel: 3, height: 64, width: 64,
      activation: .relu, preparesGradient: true)
    let picture = FloatBuffer(noise.array(3 * 64 * 64)), gradient = FloatBuffer(count: 3 * 64 * 64)
    let map = FloatBuffer(count: first.outputShape(batch: 1).count)
    let signs = first.makeSigns(batch: 1)
    first.forward(picture, into: map, signs: signs, batch: 1)
    first.backward(map, signs: signs, into: gradient, batch: 1)
    let rgb = PackedToRGB(weights: noise.array(3 * 24), bias: noise.array(3), channels: 24, tanh: true)
    let back = FloatBuffer(count: 3 * 64 * 64)
    rgb.forward(map, into: back, batch: 1, pixels: 64 * 64)
    for precision in [PackedDense.Precision.single, .packed] {
      let dense = PackedDense(
        weights: noise.array(700 * 96), bias: nil, outputs: 700, inputs: 96, precision: precision)
      let wide = FloatBuffer(count: 700), narrow = FloatBuffer(count: 96)
      dense.forward(FloatBuffer(noise.array(96)), into: wide, batch: 1)
      dense.backward(wide, into: narrow, batch: 1)
      let both = FloatBuffer(count: 700), gradient = FloatBuffer(count: 96)
      dense.forward(narrow, into: both, target: wide, gradient: gradient, batch: 1)
      results += [wide, narrow, both, gradient]
    }
    return results + [map, gradient, back]
  }
}
