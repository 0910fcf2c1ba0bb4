import Kernels
import Testing

@Suite struct FrozenImageTests {
  static let layers: [LayerCase] = [
    LayerCase(inputs: 3, outputs: 64, height: 16, width: 16, activation: .relu),
    LayerCase(batch: 3, inputs: 3, outputs: 24, height: 8, width: 8, activation: .leakyReLU),
    LayerCase(batch: 2, inputs: 1, outputs: 5, height: 4, width: 6),
    LayerCase(inputs: 4, outputs: 100, height: 12, width: 10, activation: .leakyReLU),
    LayerCase(batch: 2, inputs: 3, outputs: 17, kernel: 1, height: 10, width: 6, activation: .relu),
    LayerCase(batch: 2, inputs: 2, outputs: 33, height: 9, width: 13, activation: .relu),
    LayerCase(inputs: 3, outputs: 7, height: 1, width: 1, activation: .leakyReLU),
    LayerCase(inputs: 4, outputs: 16, kernel: 1, height: 3, width: 9),
    LayerCase(inputs: 3, outputs: 16, height: 70, width: 66, activation: .leakyReLU),
  ]

  @Test("A picture's convolution and its gradient are those of plain loops", arguments: layers)
  func imageConvolution(_ layer: LayerCase) {
    var noise = Noise(layer.outputs)
    let w = noise.array(layer.outputs * layer.inputs * layer.kernel * layer.kernel), bias = noise.array(layer.outputs)
    let x = noise.array(layer.input.plainCount), gy = noise.array(layer.output.plainCount)
    let convolution = PackedImageConvolution(
      weights: w, bias: bias, outputChannels: layer.outputs, inputChannels: layer.inputs, kernel: layer.kernel,
      height: layer.height, width: layer.width, activation: layer.activation, preparesGradient: true)
    let y = FloatBuffer(repeating: .nan, count: layer.output.count), signs = convolution.makeSigns(batch: layer.batch)
    convolution.forward(FloatBuffer(x), into: y, signs: signs, batch: layer.batch)
    let expected = Naive.convolution(
      x, w, bias: bias, batch: layer.batch, inputs: layer.inputs, outputs: layer.outputs, kernel: layer.kernel,
      height: layer.height, width: layer.width, activation: layer.activation)
    #expect(relativeError(plain(y, layer.output), expected) < 1e-6)
    #expect(paddingIsZero(y, layer.output))
    let gx = FloatBuffer(repeating: .nan, count: layer.input.plainCount)
    convolution.backward(blocked(gy, layer.output), signs: signs, into: gx, batch: layer.batch)
    let gradient = Naive.convolutionGradient(
      gy, w, output: plain(y, layer.output), batch: layer.batch, inputs: layer.inputs, outputs: layer.outputs,
      kernel: layer.kernel, height: layer.height, width: layer.width, activation: layer.activation)
    #expect(relativeError(gx.values, gradient) < 2e-6)
  }

  @Test("Means of 2×2 taken on the way are those taken afterwards, forward and backward",
    arguments: layers.filter { $0.height % 2 == 0 && $0.width % 2 == 0 } + [
      LayerCase(batch: 2, inputs: 3, outputs: 40, height: 34, width: 258, activation: .leakyReLU)
    ])
  func averaged(_ layer: LayerCase) {
    var noise = Noise(layer.outputs)
    let convolution = PackedImageConvolution(
      weights: noise.array(layer.outputs * layer.inputs * layer.kernel * layer.kernel), bias: noise.array(layer.outputs),
      outputChannels: layer.outputs, inputChannels: layer.inputs, kernel: layer.kernel, height: layer.height,
      width: layer.width, activation: layer.activation, preparesGradient: true)
    let x = FloatBuffer(noise.array(layer.input.plainCount)), count = layer.output.count
    let means = FloatBuffer(repeating: .nan, count: count / 4), signs = convolution.makeSigns(batch: layer.batch)
    convolution.forward(x, averagedInto: means, signs: signs, batch: layer.batch)
    let y = FloatBuffer(count: count), itsMeans = FloatBuffer(count: count / 4)
    let itsSigns = convolution.makeSigns(batch: layer.batch)
    convolution.forward(x, into: y, signs: itsSigns, batch: layer.batch)
    BlockedPooling.averageForward(y, into: itsMeans, layer.output)
    #expect(means.values == itsMeans.values)

    let g = FloatBuffer(noise.array(count / 4)), gy = FloatBuffer(count: count)
    let gx = FloatBuffer(repeating: .nan, count: layer.input.plainCount), itsGx = FloatBuffer(count: gx.count)
    convolution.backward(g, isOfAverage: true, signs: signs, into: gx, batch: layer.batch)
    BlockedPooling.averageBackward(g, into: gy, layer.output)
    convolution.backward(gy, signs: itsSigns, into: itsGx, batch: layer.batch)
    #expect(gx.values == itsGx.values)
  }

  @Test("The layer to RGB and its gradient are those of plain loops", arguments: [1, 5, 16, 48, 64, 100], [false, true])
  func toRGB(_ channels: Int, _ tanh: Bool) {
    var noise = Noise(channels)
    let batch = 2, side = 36, pixels = side * side
    let shape = BlockedShape(batch: batch, channels: channels, height: side, width: side)
    let w = noise.array(3 * channels), bias = noise.array(3), x = noise.array(shape.plainCount)
    let gy = noise.array(batch * 3 * pixels)
    let layer = PackedToRGB(weights: w, bias: bias, channels: channels, tanh: tanh)
    let y = FloatBuffer(repeating: .nan, count: batch * 3 * pixels)
    layer.forward(blocked(x, shape), into: y, batch: batch, pixels: pixels)
    var expected = Naive.convolution(
      x, w, bias: bias, batch: batch, inputs: channels, outputs: 3, kernel: 1, height: side, width: side,
      activation: .none)
    if tanh { expected = expected.map { 1 - 2 / (exponential(2 * $0) + 1) } }
    #expect(relativeError(y.values, expected) < 3e-6)
    let gx = FloatBuffer(repeating: .nan, count: shape.count)
    layer.backward(FloatBuffer(gy), output: y, into: gx, batch: batch, pixels: pixels)
    let inner = tanh ? zip(gy, y.values).map { $0 * (1 - $1 * $1) } : gy
    let gradient = Naive.convolutionGradient(
      inner, w, output: y.values, batch: batch, inputs: channels, outputs: 3, kernel: 1, height: side, width: side,
      activation: .none)
    #expect(relativeError(plain(gx, shape), gradient) < 1e-6)
    #expect(paddingIsZero(gx, shape))
  }

  /// exp by its series, halved until the argument is small.
  private func exponential(_ x: Double) -> Double {
    let small = x / 1024
    var term = 1.0, sum = 1.0
    for k in 1...12 { term *= small / Double(k); sum += term }
    for _ in 0..<10 { sum *= sum }
    return sum
  }
}
