import Kernels
import Testing

@Suite struct StyledLayerTests {
  /// An epilogue's output that is still to be styled, and the gradient of another one.
  struct Map {
    let activated: FloatBuffer, factors: FloatBuffer, styled: FloatBuffer
    let style: FloatBuffer, statistics: FloatBuffer

    init(_ shape: BlockedShape, _ noise: inout Noise) {
      let channels = shape.channels, planes = shape.batch * shape.blocks
      activated = FloatBuffer(repeating: .nan, count: shape.count)
      factors = FloatBuffer(repeating: .nan, count: planes * 32)
      styled = FloatBuffer(repeating: .nan, count: shape.count)
      statistics = FloatBuffer(count: planes * 32)
      style = FloatBuffer(noise.array(shape.batch * 2 * channels))
      Epilogue.forward(
        blocked(noise.array(shape.plainCount), shape), blurs: false, noise: FloatBuffer(noise.array(shape.pixels)),
        noiseWeight: FloatBuffer(noise.array(channels)), bias: FloatBuffer(noise.array(channels)), style: style,
        activated: activated, statistics: statistics, factors: factors, shape)
      Epilogue.style(activated, factors: factors, into: styled, shape)
    }
  }

  @Test("A convolution takes style and epilogue's gradient along as if they came before it",
    arguments: [
      // By tiles, with odd sides and single rows; in phases on shared weights; F(2×2), shared and not.
      (2, 70, 12, 12), (1, 5, 40, 37), (3, 66, 1, 65), (1, 130, 21, 19), (1, 384, 12, 12), (2, 384, 16, 9), (1, 256, 8, 8),
      (2, 384, 8, 7),
    ])
  func convolution(_ size: (Int, Int, Int, Int)) throws {
    let (batch, channels, height, width) = size
    var noise = Noise(channels * height)
    let shape = BlockedShape(batch: batch, channels: channels, height: height, width: width)
    let layer = PackedConvolution(
      weights: noise.array(channels * channels * 9), bias: nil, outputChannels: channels, inputChannels: channels,
      kernel: 3, height: height, width: width, activation: .none, preparesGradient: true)
    try #require(layer.takesEpilogues)
    let input = Map(shape, &noise), output = Map(shape, &noise)
    let y = FloatBuffer(repeating: .nan, count: shape.count), expected = FloatBuffer(count: shape.count)
    layer.forward(input.activated, style: input.factors, into: y, batch: batch)
    layer.forward(input.styled, into: expected, batch: batch)
    #expect(relativeError(y.values, expected.values.map(Double.init)) < 3e-6)

    let g = blocked(noise.array(shape.plainCount), shape), dx = FloatBuffer(count: shape.count)
    let gx = FloatBuffer(repeating: .nan, count: shape.count)
    let styleGradient = FloatBuffer(repeating: .nan, count: output.style.count)
    let factors = FloatBuffer(repeating: .nan, count: batch * shape.blocks * 48)
    Epilogue.gradientFactors(
      gradient: g, activated: output.activated, statistics: output.statistics, style: output.style, into: factors,
      styleGradient: styleGradient, shape)
    layer.backward(g, epilogue: output.activated, factors: factors, into: gx, batch: batch)
    let itsStyleGradient = FloatBuffer(count: output.style.count)
    Epilogue.backward(
      gradient: g, activated: output.activated, blurs: false, statistics: output.statistics, style: output.style,
      into: dx, styleGradient: itsStyleGradient, shape)
    layer.backward(dx, signs: nil, into: expected, batch: batch)
    #expect(relativeError(gx.values, expected.values.map(Double.init)) < 3e-6)
    #expect(styleGradient.values == itsStyleGradient.values)
  }

  @Test("An up layer takes a style along", arguments: [(1, 70, 9, 12), (2, 100, 17, 5), (1, 512, 16, 16)])
  func up(_ size: (Int, Int, Int, Int)) throws {
    let (batch, channels, height, width) = size
    var noise = Noise(channels + width)
    let shape = BlockedShape(batch: batch, channels: channels, height: height, width: width)
    let layer = PackedUpConvolution(
      .unfused(weights: noise.array(9 * 24 * channels)), outputChannels: 24, inputChannels: channels, inputHeight: height,
      inputWidth: width, preparesGradient: false)
    try #require(layer.takesStyles == (height * width > 64))
    let input = Map(shape, &noise), count = layer.outputShape(batch: batch).count
    let y = FloatBuffer(repeating: .nan, count: count), expected = FloatBuffer(count: count)
    layer.forward(input.activated, style: input.factors, into: y, batch: batch)
    layer.forward(input.styled, into: expected, batch: batch)
    #expect(relativeError(y.values, expected.values.map(Double.init)) < 3e-6)
  }

  @Test("The output layer takes a style along", arguments: [(1, 5, 40), (3, 64, 33)])
  func toRGB(_ size: (Int, Int, Int)) {
    let (batch, channels, side) = size
    var noise = Noise(channels)
    let shape = BlockedShape(batch: batch, channels: channels, height: side, width: side)
    let layer = PackedToRGB(weights: noise.array(3 * channels), bias: noise.array(3), channels: channels, tanh: false)
    let input = Map(shape, &noise), count = batch * 3 * side * side
    let y = FloatBuffer(repeating: .nan, count: count), expected = FloatBuffer(count: count)
    layer.forward(input.activated, style: input.factors, into: y, batch: batch, pixels: side * side)
    layer.forward(input.styled, into: expected, batch: batch, pixels: side * side)
    #expect(relativeError(y.values, expected.values.map(Double.init)) < 3e-6)
  }
}
