import Kernels
import Tensors

/// One layer of the synthesis: a constant, a convolution or an up-convolution, then the epilogue under a style.
struct StyledLayer: Sendable {
  private enum Source: Sendable {
    case constant(Tensor)
    case convolution(PackedConvolution)
    case up(PackedUpConvolution)
  }

  private let index: Int
  private let source: Source
  private let epilogueWeights: EpilogueWeights
  private let style: PackedDense

  init(_ index: Int, _ settings: GeneratorSettings, _ weights: some WeightSource) throws {
    self.index = index
    let name = "synthesis.layer\(index)"
    let side = settings.side(ofBlock: index / 2), channels = settings.channels(atSide: side)
    if index == 0 {
      let constant = try weights.floats(named: "\(name).const", shape: [1, channels, 4, 4])
      source = .constant(try Tensor(constant, [1, channels, 4, 4]).blocked())
    } else if index % 2 == 1 {
      source = .convolution(try PackedConvolution.load(
        "\(name).conv.weight", outputs: channels, inputs: channels, side: side, times: heScale(channels * 9), bias: nil,
        activation: .none, from: weights))
    } else {
      source = .up(try Self.up(name, side, channels, settings, weights))
    }
    epilogueWeights = EpilogueWeights(
      noise: try weights.floats(named: "\(name).epilogue.apply_noise.noise", shape: [1, 1, side, side]),
      noiseWeight: try weights.floats(named: "\(name).epilogue.apply_noise.weight", shape: [channels]),
      bias: try weights.floats(named: "\(name).epilogue.bias", shape: [channels]))
    let width = settings.wDimension
    style = PackedDense(
      weights: try weights.floats(
        named: "\(name).epilogue.style_mod.dense.fc.weight", shape: [2 * channels, width],
        times: 1 / Double(width).squareRoot()),
      bias: try weights.floats(named: "\(name).epilogue.style_mod.dense.wscale.bias", shape: [2 * channels]),
      outputs: 2 * channels, inputs: width, precision: .single)
  }

  private static func up(
    _ name: String, _ side: Int, _ channels: Int, _ settings: GeneratorSettings, _ weights: some WeightSource
  ) throws -> PackedUpConvolution {
    let inputs = settings.channels(atSide: side / 2)
    // The blur is part of the epilogue: a file with another one would give pictures that are subtly wrong.
    let blur = "\(name).blur.kernel"
    if weights.names.contains(blur) {
      let expected: [Float] = [1, 2, 1, 2, 4, 2, 1, 2, 1].map { $0 / 16 }
      let found = try weights.floats(named: blur, shape: [channels, 1, 3, 3])
      guard found.indices.allSatisfy({ abs(found[$0] - expected[$0 % 9]) < 1e-6 }) else {
        throw WeightError("'\(blur)' is not [1 2 1] × [1 2 1] / 16; other blurs are not supported")
      }
    }
    let scale = heScale(inputs * 9)
    let kind: PackedUpConvolution.Kind = settings.isFused(atSide: side)
      ? .fused(weights: try weights.floats(named: "\(name).weight", shape: [3, 3, inputs, channels], times: scale))
      : .unfused(weights: try weights.floats(named: "\(name).conv.weight", shape: [channels, inputs, 3, 3], times: scale))
    return PackedUpConvolution(
      kind, outputChannels: channels, inputChannels: inputs, inputHeight: side / 2, inputWidth: side / 2,
      preparesGradient: true)
  }

  /// - Parameters:
  ///   - x: the layer below, or nil for the first.
  ///   - code: this layer's row, `[batch, w]`.
  func callAsFunction(_ x: PendingModulation?, code: Tensor, observe: Generator.Observer?) throws -> PendingModulation {
    let styleVector = try dense(code, style)
    // An observer wants to see what lies between.
    if observe == nil, case .convolution(let layer) = source, let x {
      return try styledConvolve(x, layer, epilogueWeights, style: styleVector)
    }
    let map: Tensor
    switch source {
    case .constant(let constant):
      map = code.shape[0] == 1 ? constant : try constant.plain()
        .broadcast(to: Shape([code.shape[0]] + constant.shape.dimensions.dropFirst())).blocked()
    case .convolution(let layer):
      guard let x else { throw ShapeError("synthesis", "layer \(index) has no input") }
      map = try convolve(x.styled, layer)
    case .up(let layer):
      guard let x else { throw ShapeError("synthesis", "layer \(index) has no input") }
      map = try upConvolve(x, layer)
    }
    let blurs = if case .up = source { true } else { false }
    if let observe {
      observe("layer\(index).\(blurs ? "blur" : "conv")", blurs ? try blur(map.detached.plain()) : map)
    }
    observe?("layer\(index).stylevec", styleVector)
    let result = try epilogue(map, blurs: blurs, epilogueWeights, style: styleVector)
    observe?("layer\(index).style", result.styled)
    return result
  }
}
