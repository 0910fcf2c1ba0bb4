import Kernels
import Synchronization
import Testing

/// A layer's shape.
struct LayerCase: Sendable, CustomTestStringConvertible {
  var batch = 1
  var inputs: Int
  var outputs: Int
  var kernel = 3
  var height: Int
  var width: Int
  var activation = Activation.none

  var testDescription: String {
    "\(batch)×\(inputs)→\(outputs) \(kernel)×\(kernel) @\(height)×\(width) \(activation)"
  }

  static let all: [LayerCase] = {
    var cases: [LayerCase] = []
    for (index, size) in [4, 8, 12, 16, 32].enumerated() {
      for (inputs, outputs) in [(1, 3), (3, 16), (5, 17), (16, 24), (17, 5), (24, 48), (48, 100), (100, 16)] {
        let activation: Activation = [.none, .relu, .leakyReLU][(index + inputs) % 3]
        cases.append(LayerCase(inputs: inputs, outputs: outputs, height: size, width: size, activation: activation))
      }
      cases.append(LayerCase(batch: 3, inputs: 24, outputs: 17, height: size, width: size, activation: .leakyReLU))
      cases.append(LayerCase(batch: 3, inputs: 20, outputs: 40, kernel: 1, height: size, width: size, activation: .relu))
    }
    cases.append(LayerCase(inputs: 48, outputs: 33, kernel: 1, height: 6, width: 10, activation: .leakyReLU))
    cases.append(LayerCase(batch: 2, inputs: 33, outputs: 48, height: 6, width: 10, activation: .relu))
    cases.append(LayerCase(batch: 2, inputs: 70, outputs: 33, kernel: 1, height: 11, width: 13, activation: .leakyReLU))
    cases.append(LayerCase(batch: 2, inputs: 20, outputs: 20, height: 14, width: 22, activation: .leakyReLU))
    cases.append(LayerCase(inputs: 160, outputs: 130, height: 8, width: 8, activation: .relu))
    cases.append(LayerCase(batch: 3, inputs: 130, outputs: 160, height: 16, width: 16, activation: .leakyReLU))
    // Large enough for one set of weights in both directions.
    for (batch, inputs, height, width) in [
      (1, 370, 8, 8), (2, 363, 7, 6), (1, 380, 4, 4), (2, 363, 4, 6), (1, 345, 10, 9), (3, 363, 9, 9),
      (4, 341, 5, 5), (1, 341, 14, 18),
    ] {
      cases.append(LayerCase(batch: batch, inputs: inputs, outputs: 384, height: height, width: width, activation: .relu))
    }
    cases.append(LayerCase(inputs: 370, outputs: 360, height: 8, width: 8, activation: .leakyReLU))
    cases.append(LayerCase(inputs: 16, outputs: 16, height: 66, width: 34, activation: .relu))
    // Runs of whole register tiles, and weights in more than one strip.
    cases.append(LayerCase(inputs: 80, outputs: 70, height: 66, width: 62, activation: .relu))
    return cases
  }()

  var input: BlockedShape { BlockedShape(batch: batch, channels: inputs, height: height, width: width) }
  var output: BlockedShape { BlockedShape(batch: batch, channels: outputs, height: height, width: width) }
}

@Suite struct FrozenConvolutionTests {
  @Test("A frozen convolution and its gradient are those of plain loops", arguments: LayerCase.all)
  func matchesPlainLoops(_ layer: LayerCase) {
    var noise = Noise(layer.inputs * 131 + layer.height)
    let w = noise.array(layer.outputs * layer.inputs * layer.kernel * layer.kernel)
    let bias: [Float]? = layer.inputs % 2 == 0 ? noise.array(layer.outputs) : nil
    let x = noise.array(layer.input.plainCount), gy = noise.array(layer.output.plainCount)
    let convolution = PackedConvolution(
      weights: w, bias: bias, outputChannels: layer.outputs, inputChannels: layer.inputs, kernel: layer.kernel,
      height: layer.height, width: layer.width, activation: layer.activation, preparesGradient: true)
    let y = FloatBuffer(repeating: .nan, count: layer.output.count), signs = convolution.makeSigns(batch: layer.batch)
    convolution.forward(blocked(x, layer.input), into: y, signs: signs, batch: layer.batch)
    let expected = Naive.convolution(
      x, w, bias: bias, batch: layer.batch, inputs: layer.inputs, outputs: layer.outputs, kernel: layer.kernel,
      height: layer.height, width: layer.width, activation: layer.activation)
    #expect(relativeError(plain(y, layer.output), expected) < 6e-6)
    #expect(paddingIsZero(y, layer.output))

    let gx = FloatBuffer(repeating: .nan, count: layer.input.count)
    convolution.backward(blocked(gy, layer.output), signs: signs, into: gx, batch: layer.batch)
    let gradient = Naive.convolutionGradient(
      gy, w, output: plain(y, layer.output), batch: layer.batch, inputs: layer.inputs, outputs: layer.outputs,
      kernel: layer.kernel, height: layer.height, width: layer.width, activation: layer.activation)
    #expect(relativeError(plain(gx, layer.input), gradient) < 6e-6)
    #expect(paddingIsZero(gx, layer.input))
    guard convolution.addsGradients else { return }
    convolution.backward(blocked(gy, layer.output), signs: signs, into: gx, adds: true, batch: layer.batch)
    #expect(relativeError(plain(gx, layer.input), gradient.map { 2 * $0 }) < 6e-6)
  }

  @Test("A layer made row by row is the layer made of all weights at once, and reads each row once", arguments: [
    LayerCase(inputs: 20, outputs: 37, kernel: 1, height: 6, width: 10, activation: .leakyReLU),
    LayerCase(inputs: 20, outputs: 37, height: 14, width: 22, activation: .relu),
    // One set of weights for both directions.
    LayerCase(inputs: 370, outputs: 384, height: 4, width: 4, activation: .relu),
    LayerCase(inputs: 370, outputs: 384, height: 8, width: 8, activation: .relu),
    LayerCase(inputs: 370, outputs: 384, height: 14, width: 14, activation: .relu),
  ])
  func rowByRow(_ layer: LayerCase) {
    var noise = Noise(layer.inputs * 131 + layer.height)
    let w = noise.array(layer.outputs * layer.inputs * layer.kernel * layer.kernel), bias = noise.array(layer.outputs)
    let x = blocked(noise.array(layer.input.plainCount), layer.input)
    let gy = blocked(noise.array(layer.output.plainCount), layer.output)
    func results(_ convolution: PackedConvolution) -> [[Float]] {
      let y = FloatBuffer(count: layer.output.count), gx = FloatBuffer(count: layer.input.count)
      let signs = convolution.makeSigns(batch: 1)
      convolution.forward(x, into: y, signs: signs, batch: 1)
      convolution.backward(gy, signs: signs, into: gx, batch: 1)
      return [y.values, gx.values]
    }
    let reads = Mutex([Int](repeating: 0, count: layer.outputs))
    let rows = PackedConvolution(
      rows: { row, target in
        reads.withLock { $0[row] += 1 }
        for index in target.indices { target[index] = w[row * target.count + index] }
      },
      bias: bias, outputChannels: layer.outputs, inputChannels: layer.inputs, kernel: layer.kernel, height: layer.height,
      width: layer.width, activation: layer.activation, preparesGradient: true)
    #expect(reads.withLock { $0 } == [Int](repeating: 1, count: layer.outputs))
    let whole = PackedConvolution(
      weights: w, bias: bias, outputChannels: layer.outputs, inputChannels: layer.inputs, kernel: layer.kernel,
      height: layer.height, width: layer.width, activation: layer.activation, preparesGradient: true)
    #expect(results(rows) == results(whole))
  }

  @Test("Backward is the adjoint of forward", arguments: [4, 8, 16, 64])
  func isAdjoint(_ size: Int) {
    var noise = Noise(size)
    let shape = BlockedShape(batch: 2, channels: 40, height: size, width: size)
    let convolution = PackedConvolution(
      weights: noise.array(40 * 40 * 9), bias: nil, outputChannels: 40, inputChannels: 40, kernel: 3, height: size,
      width: size, activation: .none, preparesGradient: true)
    let x = blocked(noise.array(shape.plainCount), shape), gy = blocked(noise.array(shape.plainCount), shape)
    let y = FloatBuffer(count: shape.count), gx = FloatBuffer(count: shape.count)
    convolution.forward(x, into: y, batch: 2)
    convolution.backward(gy, signs: nil, into: gx, batch: 2)
    let left = dot(y.values, gy.values), right = dot(x.values, gx.values)
    let scale = (dot(y.values, y.values) * dot(gy.values, gy.values)).squareRoot()
    #expect(abs(left - right) / scale < 1e-6)
  }

  @Test("The slope at exactly zero is 0.2 for leaky ReLU and 0 for ReLU", arguments: [8, 16])
  func slopeAtZero(_ size: Int) {
    let shape = BlockedShape(batch: 1, channels: 1, height: size, width: size)
    for (activation, slope) in [(Activation.leakyReLU, Float(0.2)), (.relu, 0), (.none, 1)] {
      let convolution = PackedConvolution(
        weights: [0, 0, 0, 0, 1, 0, 0, 0, 0], bias: nil, outputChannels: 1, inputChannels: 1, kernel: 3, height: size,
        width: size, activation: activation, preparesGradient: true)
      let zero = FloatBuffer(repeating: 0, count: shape.count), gx = FloatBuffer(count: shape.count)
      let signs = convolution.makeSigns(batch: 1), y = FloatBuffer(count: shape.count)
      convolution.forward(zero, into: y, signs: signs, batch: 1)
      convolution.backward(blocked([Float](repeating: 1, count: size * size), shape), signs: signs, into: gx, batch: 1)
      #expect(plain(gx, shape).allSatisfy { abs($0 - slope) < 1e-6 })
    }
  }
}
