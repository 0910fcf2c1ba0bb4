import Kernels
import Testing

/// Small layers' forward sums are rounded once, on every instruction set.
@Suite struct SmallLayerTests {
  @Test("A small convolution's sums are double sums rounded once", arguments: [
    LayerCase(inputs: 64, outputs: 64, height: 4, width: 4), LayerCase(inputs: 33, outputs: 48, height: 10, width: 14),
    LayerCase(batch: 2, inputs: 60, outputs: 20, height: 9, width: 5),
    LayerCase(inputs: 16, outputs: 17, height: 32, width: 32),
    LayerCase(inputs: 64, outputs: 40, kernel: 1, height: 16, width: 16),
  ])
  func convolution(_ layer: LayerCase) {
    var noise = Noise(layer.inputs + layer.width)
    let w = noise.array(layer.outputs * layer.inputs * layer.kernel * layer.kernel)
    let x = noise.array(layer.input.plainCount)
    let convolution = PackedConvolution(
      weights: w, bias: nil, outputChannels: layer.outputs, inputChannels: layer.inputs, kernel: layer.kernel,
      height: layer.height, width: layer.width, activation: .none, preparesGradient: false)
    let y = FloatBuffer(repeating: .nan, count: layer.output.count)
    convolution.forward(blocked(x, layer.input), into: y, batch: layer.batch)
    #expect(plain(y, layer.output) == expected(x, w, layer))
  }

  @Test("A small picture's convolution too", arguments: [
    LayerCase(inputs: 3, outputs: 16, height: 8, width: 8), LayerCase(inputs: 3, outputs: 50, height: 32, width: 32),
    LayerCase(batch: 2, inputs: 4, outputs: 20, kernel: 1, height: 7, width: 9),
  ])
  func picture(_ layer: LayerCase) {
    var noise = Noise(layer.outputs)
    let w = noise.array(layer.outputs * layer.inputs * layer.kernel * layer.kernel)
    let x = noise.array(layer.batch * layer.inputs * layer.height * layer.width)
    let convolution = PackedImageConvolution(
      weights: w, bias: nil, outputChannels: layer.outputs, inputChannels: layer.inputs, kernel: layer.kernel,
      height: layer.height, width: layer.width, activation: .none, preparesGradient: false)
    let y = FloatBuffer(repeating: .nan, count: layer.output.count)
    convolution.forward(FloatBuffer(x), into: y, batch: layer.batch)
    #expect(plain(y, layer.output) == expected(x, w, layer))
  }

  private func expected(_ x: [Float], _ w: [Float], _ layer: LayerCase) -> [Float] {
    Naive.convolution(
      x, w, bias: nil, batch: layer.batch, inputs: layer.inputs, outputs: layer.outputs, kernel: layer.kernel,
      height: layer.height, width: layer.width, activation: .none
    ).map { Float($0) }
  }

  @Test("A small dense layer too, its bias with the sum", arguments: [(5, 3), (48, 64), (96, 1000), (384, 1024)])
  func dense(_ shape: (outputs: Int, inputs: Int)) {
    let (outputs, inputs) = shape
    var noise = Noise(outputs)
    let w = noise.array(outputs * inputs), bias = noise.array(outputs), x = noise.array(inputs)
    let layer = PackedDense(weights: w, bias: bias, outputs: outputs, inputs: inputs)
    let y = FloatBuffer(repeating: .nan, count: outputs)
    layer.forward(FloatBuffer(x), into: y, batch: 1)
    let expected = (0..<outputs).map { o in
      Float((0..<inputs).reduce(Double(bias[o])) { $0 + Double(w[o * inputs + $1]) * Double(x[$1]) })
    }
    #expect(y.values == expected)
  }
}
