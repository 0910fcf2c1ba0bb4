import Kernels
import Tensors
import TestSupport

private func weights(_ shape: [Int], seed: UInt64) -> Reference {
  var generator = SeededGenerator(seed: seed)
  return Reference(shape, generator.normals(shape.reduce(1, *)).map(Double.init))
}

private func floats(_ reference: Reference) -> [Float] { reference.values.map { Float($0) } }

private func withBias(_ x: Reference, _ bias: Reference) -> Reference {
  Reference(x.shape) { x.at($0) + bias.values[$0[1]] }
}

func activate(_ x: Reference, _ activation: Activation) -> Reference {
  switch activation {
  case .none: x
  case .relu: Twin.leakyReLU(x, 0)
  case .leakyReLU: Twin.leakyReLU(x, Double(Float(0.2)))
  }
}

private let convolutions: [OperationCase] = [
  (1, 3, 5, 3, 4, Activation.none), (3, 16, 16, 3, 8, .relu), (1, 17, 24, 1, 4, .leakyReLU),
  (1, 24, 48, 3, 16, .leakyReLU), (2, 48, 33, 1, 8, .relu), (1, 5, 3, 3, 32, .leakyReLU), (3, 16, 20, 3, 12, .none),
].map { batch, inputs, outputs, kernel, side, activation in
  let w = weights([outputs, inputs, kernel, kernel], seed: 21), b = weights([outputs], seed: 22)
  let layer = PackedConvolution(
    weights: floats(w), bias: floats(b), outputChannels: outputs, inputChannels: inputs, kernel: kernel, height: side,
    width: side, activation: activation, preparesGradient: true)
  return OperationCase(
    name: "frozenConvolve", shapes: [[batch, inputs, side, side]], run: { try convolve($0[0], layer) },
    twin: { activate(withBias(Twin.convolve($0[0], w, kernel / 2), b), activation) })
}

/// A 1×1 convolution's gradient is added to that of a 3×3 beside it, with many pixels and with few.
private let residuals: [OperationCase] = [(2, 20, 40, 12), (1, 70, 33, 14), (1, 5, 3, 4)].map { batch, inputs, outputs, side in
  let w1 = weights([outputs, inputs, 1, 1], seed: 34), w3 = weights([outputs, inputs, 3, 3], seed: 35)
  let (short, main) = (layer(w1, kernel: 1), layer(w3, kernel: 3))
  func layer(_ w: Reference, kernel: Int) -> PackedConvolution {
    PackedConvolution(
      weights: floats(w), bias: nil, outputChannels: outputs, inputChannels: inputs, kernel: kernel, height: side,
      width: side, activation: .leakyReLU, preparesGradient: true)
  }
  return OperationCase(
    name: "frozenConvolve", shapes: [[batch, inputs, side, side]],
    run: {
      let short = try convolve($0[0], short)
      return try convolve($0[0], main) + short
    },
    twin: {
      Twin.elementwise(
        activate(Twin.convolve($0[0], w3, 1), .leakyReLU), activate(Twin.convolve($0[0], w1, 0), .leakyReLU), +)
    })
}

private let imageConvolutions: [OperationCase] = [(1, 3, 16, 8), (3, 3, 24, 4), (1, 3, 5, 16)].flatMap {
  batch, inputs, outputs, side in
  let w = weights([outputs, inputs, 3, 3], seed: 23), b = weights([outputs], seed: 24)
  let layer = PackedImageConvolution(
    weights: floats(w), bias: floats(b), outputChannels: outputs, inputChannels: inputs, kernel: 3, height: side,
    width: side, activation: .leakyReLU, preparesGradient: true)
  let twin: @Sendable ([Reference]) -> Reference = { activate(withBias(Twin.convolve($0[0], w, 1), b), .leakyReLU) }
  return [
    OperationCase(
      name: "frozenImageConvolve", shapes: [[batch, inputs, side, side]], run: { try convolve($0[0], layer) }, twin: twin),
    OperationCase(
      name: "averageConvolve", shapes: [[batch, inputs, side, side]], run: { try averageConvolve($0[0], layer) },
      twin: { Twin.averagePool(twin($0)) }),
  ]
}

private let upConvolutions: [OperationCase] = [(1, 5, 3, 4), (3, 16, 17, 4), (1, 24, 16, 8), (1, 16, 20, 16)].flatMap {
  batch, inputs, outputs, side in
  let unfused = weights([outputs, inputs, 3, 3], seed: 25), fused = weights([3, 3, inputs, outputs], seed: 26)
  let first = PackedUpConvolution(
    .unfused(weights: floats(unfused)), outputChannels: outputs, inputChannels: inputs, inputHeight: side,
    inputWidth: side, preparesGradient: true)
  let second = PackedUpConvolution(
    .fused(weights: floats(fused)), outputChannels: outputs, inputChannels: inputs, inputHeight: side, inputWidth: side,
    preparesGradient: true)
  return [
    OperationCase(
      name: "upConvolve", shapes: [[batch, inputs, side, side]], run: { try upConvolve(PendingModulation($0[0]), first) },
      twin: { Twin.convolve(Twin.upsampleNearest($0[0]), unfused, 1) }),
    OperationCase(
      name: "upConvolve", shapes: [[batch, inputs, side, side]], run: { try upConvolve(PendingModulation($0[0]), second) },
      twin: { Twin.fusedUp($0[0], fused) }),
    styledCase(
      [batch, inputs, side, side], channels: outputs, side: 2 * side, blurs: true, { try upConvolve(PendingModulation($0), first) },
      twin: { Twin.convolve(Twin.upsampleNearest($0), unfused, 1) }),
    styledCase(
      [batch, inputs, side, side], channels: outputs, side: 2 * side, blurs: true, { try upConvolve(PendingModulation($0), second) },
      twin: { Twin.fusedUp($0, fused) }),
  ]
}

/// The fixed parts of an epilogue, and its twin.
private func fixedEpilogue(
  _ channels: Int, _ side: Int, seed: UInt64
) -> (EpilogueWeights, @Sendable (_ map: Reference, _ style: Reference) -> Reference) {
  let noise = weights([side * side], seed: seed), strength = weights([channels], seed: seed + 1)
  let bias = weights([channels], seed: seed + 2)
  return (
    EpilogueWeights(noise: floats(noise), noiseWeight: floats(strength), bias: floats(bias)),
    { map, style in
      let noisy = Reference(map.shape) { i in
        map.at(i) + noise.values[i[2] * side + i[3]] * strength.values[i[1]] + bias.values[i[1]]
      }
      return Twin.modulate(Twin.instanceNormalize(activate(noisy, .leakyReLU)), style)
    }
  )
}

/// An epilogue of what `layer` makes of an input.
private func styledCase(
  _ input: [Int], channels: Int, side: Int, blurs: Bool, _ layer: @escaping @Sendable (Tensor) throws -> Tensor,
  twin: @escaping @Sendable (Reference) -> Reference
) -> OperationCase {
  let (fixed, itsTwin) = fixedEpilogue(channels, side, seed: 27)
  return OperationCase(
    name: "epilogue", shapes: [input, [input[0], 2 * channels]],
    run: { try epilogue(try layer($0[0]), blurs: blurs, fixed, style: $0[1]).styled },
    twin: { r in itsTwin(blurs ? Twin.blur(twin(r[0])) : twin(r[0]), r[1]) })
}

/// Two layers of the generator, one behind the other, and the output layer: small, and large enough for Winograd.
private let styledConvolutions: [OperationCase] = [(3, 5, 4), (1, 3, 36)].map { batch, channels, side in
  let (first, firstTwin) = fixedEpilogue(channels, side, seed: 40)
  let (second, secondTwin) = fixedEpilogue(channels, side, seed: 50)
  let w = weights([channels, channels, 3, 3], seed: 60), rgb = weights([3, channels, 1, 1], seed: 61)
  let layer = PackedConvolution(
    weights: floats(w), bias: nil, outputChannels: channels, inputChannels: channels, kernel: 3, height: side, width: side,
    activation: .none, preparesGradient: true)
  let output = PackedToRGB(weights: floats(rgb), bias: [0, 0, 0], channels: channels, tanh: false)
  return OperationCase(
    name: "styledConvolve", shapes: [[batch, channels, side, side], [batch, 2 * channels], [batch, 2 * channels]],
    run: {
      try toRGB(styledConvolve(epilogue($0[0], first, style: $0[1]), layer, second, style: $0[2]), output)
    },
    twin: { r in
      let map = Twin.convolve(firstTwin(r[0], r[1]), w.map { Double(Float($0)) }, 1)
      return Twin.convolve(secondTwin(map, r[2]), rgb.map { Double(Float($0)) }, 0)
    })
}

private let epilogues: [OperationCase] = [(1, 3, 4), (3, 17, 8), (1, 32, 16)].flatMap { batch, channels, side in
  [false, true].map { blurs in
    styledCase([batch, channels, side, side], channels: channels, side: side, blurs: blurs, { $0 }, twin: { $0 })
  }
}

private let outputs: [OperationCase] = [(1, 5, 4, true), (3, 16, 8, false), (1, 64, 4, true)].map { batch, channels, side, hasTanh in
  let w = weights([3, channels, 1, 1], seed: 30).map { $0 * 0.2 }, b = weights([3], seed: 31)
  let layer = PackedToRGB(weights: floats(w), bias: floats(b), channels: channels, tanh: hasTanh)
  return OperationCase(
    name: "toRGB", shapes: [[batch, channels, side, side]], run: { try toRGB(PendingModulation($0[0]), layer) },
    twin: {
      let linear = withBias(Twin.convolve($0[0], w.map { Double(Float($0)) }, 0), b)
      return hasTanh ? linear.map(Foundation_tanh) : linear
    })
}

private let denses: [OperationCase] = [(1, 7, 5), (3, 100, 33), (1, 64, 64), (2, 1100, 500)].flatMap {
  batch, inputs, outputs in
  let w = weights([outputs, inputs], seed: 32), b = weights([outputs], seed: 33)
  let layer = PackedDense(weights: floats(w), bias: floats(b), outputs: outputs, inputs: inputs, precision: .single)
  return [
    OperationCase(
      name: "frozenDense", shapes: [[batch, inputs]], run: { try dense($0[0], layer) }, twin: { Twin.dense($0[0], w, b) }),
    OperationCase(
      name: "denseDistance", shapes: [[batch, inputs], [batch, outputs]],
      run: { try denseDistance($0[0], layer, from: $0[1]) },
      twin: { Twin.meanSquaredDifference(Twin.dense($0[0], w, b), $0[1]) }),
  ]
}

private let pools: [OperationCase] = [[1, 3, 4, 4], [3, 17, 8, 8]].flatMap { shape in
  [
    OperationCase(
      name: "blockedAverageOfSum", shapes: [shape, shape], run: { try averagePool($0[0].blocked(), plus: $0[1].blocked()) },
      twin: { Twin.averagePool(Twin.elementwise($0[0], $0[1], +)) }),
    OperationCase(
      name: "blockedMaximumPool", shapes: [shape], run: { try maximumPool($0[0].blocked()) },
      twin: { Twin.maximumPool($0[0]) }),
  ]
}

/// Cases of the fused operations, which are differentiable once.
let frozenCases: [OperationCase] =
  trainedCases +
  convolutions + residuals + imageConvolutions + upConvolutions + epilogues + styledConvolutions + outputs + denses
  + pools
