import Kernels
package import Tensors

/// A StyleGAN generator whose weights are values: the same network as `Generator`, for training.
///
/// Source: Karras et al. 2019; numbers in `Fixtures/training/gan_step.safetensors`.
package struct TrainableGenerator: TrainableNetwork {
  package let settings: GeneratorSettings
  package var parameters: [String: Tensor]

  /// - Parameter parameters: `settings.tensors` by name; those of presence `growing` only if it grows.
  package init(settings: GeneratorSettings, parameters: [String: Tensor]) {
    self.settings = settings
    self.parameters = parameters
  }

  /// - Throws: what the source throws for a missing weight or a wrong shape.
  package init(settings: GeneratorSettings, weights: some WeightSource) throws {
    self.init(settings: settings, parameters: try read(settings.tensors, from: weights))
  }

  package var tensors: [NetworkTensor] { settings.tensors }

  /// `[batch, z]` to w, `[batch, w]` or `[batch, layers · w]`, without truncation.
  package func w(fromZ z: Tensor) throws -> Tensor {
    var x = try pixelNormalize(z)
    for index in 0..<settings.mappingLayers {
      let name = "mapping.dense\(index)"
      let weights = try scaled(name + ".fc.weight", gain: heGain * Mapping.multiplier)
      x = leakyReLU(try dense(x, weights: weights, bias: try parameter(name + ".wscale.bias") * Float(Mapping.multiplier)))
    }
    return x
  }

  /// Codes for the synthesis, `[batch, layers, w]`, without truncation.
  ///
  /// - Parameters:
  ///   - w: `[batch, w]` or `[batch, layers · w]`.
  ///   - other: of the same shape; gives the rows from its item's cut on (style mixing).
  ///   - cuts: one for each item, or a single one for all.
  package func codes(w: Tensor, mixing other: Tensor? = nil, cuts: [Int] = []) throws -> Tensor {
    let first = try stretched(w)
    guard let other else { return first }
    let batch = w.shape[0]
    guard cuts.count == batch || cuts.count == 1, other.shape == w.shape else {
      throw ShapeError("style mixing", "\(cuts.count) cuts for codes of \(w.shape) and \(other.shape)")
    }
    let (layers, width) = (settings.layers, settings.wDimension)
    var mask: [Float] = []
    for item in 0..<batch {
      let cut = cuts[cuts.count == 1 ? 0 : item]
      for row in 0..<layers { mask += [Float](repeating: row < cut ? 1 : 0, count: width) }
    }
    let keeps = Tensor(mask, first.shape), takes = Tensor(mask.map { 1 - $0 }, first.shape)
    return try first * keeps + stretched(other) * takes
  }

  private func stretched(_ w: Tensor) throws -> Tensor {
    let shape: Shape = [w.shape[0], settings.layers, settings.wDimension]
    guard settings.repeatW else { return try w.reshaped(shape) }
    return try w.reshaped([w.shape[0], 1, settings.wDimension]).broadcast(to: shape)
  }

  /// The mean over the batch of each w; of its first row where the rows differ, as released. Off the tape, `[w]`.
  package func averageW(_ w: Tensor) throws -> Tensor {
    let rows = try w.detached.sliced(1, 0..<settings.wDimension)
    return try rows.averaged(to: [1, settings.wDimension]).reshaped([settings.wDimension])
  }

  /// Pictures for codes, `[batch, 3, side, side]`.
  ///
  /// - Parameters:
  ///   - codes: `[batch, layers, w]`; rows of layers that do not run are not used.
  ///   - noise: for each layer that runs `[batch, 1, side, side]`, or `[1, 1, side, side]` for all items; nil for the
  ///     stored maps.
  ///   - stage: nil for the full side.
  package func synthesize(_ codes: Tensor, noise: [Tensor]? = nil, stage: GrowthStage? = nil) throws -> Tensor {
    let stage = stage ?? GrowthStage(side: settings.resolution)
    try stage.check("synthesis", resolution: settings.resolution)
    guard codes.shape.rank == 3, codes.shape[1] == settings.layers, codes.shape[2] == settings.wDimension,
      noise.map({ $0.count >= stage.layers }) ?? true
    else { throw ShapeError("synthesis", "codes of \(codes.shape) and \(noise?.count ?? 0) maps of noise at \(stage)") }
    let batch = codes.shape[0]
    var x = try parameter("synthesis.layer0.const").broadcast(to: [batch, settings.channels(atSide: 4), 4, 4]).blocked()
    var old: Tensor?
    for index in 0..<stage.layers {
      if index == stage.layers - 2 && stage.fade > 0 { old = try picture(x, block: stage.blocks - 2) }
      x = try map(x, layer: index)
      let row = try codes.sliced(1, index..<index + 1).reshaped([batch, settings.wDimension])
      x = try epilogue(x, layer: index, row, noise: noise?[index])
    }
    var picture = try picture(x, block: stage.blocks - 1)
    if let old { picture = try stage.blend(picture, try upsampleNearest(old)) }
    return settings.finalTanh ? tanh(picture) : picture
  }

  private func picture(_ x: Tensor, block: Int) throws -> Tensor {
    let name = "synthesis.output\(block)"
    return try convolve(
      x, weights: try scaled(name + ".conv.weight", gain: 1), bias: try parameter(name + ".bias"), activation: .none,
      padding: 0
    ).plain()
  }

  /// What a layer makes of the one below, before blur and epilogue.
  private func map(_ x: Tensor, layer index: Int) throws -> Tensor {
    let name = "synthesis.layer\(index)"
    if index == 0 { return x }
    if isUp(index), settings.isFused(atSide: 2 * x.shape[2]) {
      let weights = try parameter(name + ".weight") * Float(heScale(x.shape[1] * 9))
      return try transposedConvolve(x.plain(), kernels: try doublingKernels(weights)).blocked()
    }
    let weights = try scaled(name + ".conv.weight", gain: heGain)
    return isUp(index) ? try upConvolve(x, weights: weights) : try convolve(x, weights: weights, padding: 1)
  }

  private func isUp(_ layer: Int) -> Bool { layer > 0 && layer % 2 == 0 }

  private func epilogue(_ map: Tensor, layer index: Int, _ code: Tensor, noise: Tensor?) throws -> Tensor {
    let name = "synthesis.layer\(index).epilogue."
    let style = try dense(
      code, weights: try scaled(name + "style_mod.dense.fc.weight", gain: 1),
      bias: try parameter(name + "style_mod.dense.wscale.bias"))
    return try Tensors.epilogue(
      map, blurs: isUp(index),
      EpilogueParameters(
        noise: try noise ?? parameter(name + "apply_noise.noise"), noiseWeight: try parameter(name + "apply_noise.weight"),
        bias: try parameter(name + "bias")), style: style)
  }

  /// `[3, 3, in, out]` to the kernel of a doubling convolution, `[out, in, 4, 4]`: the sum of its four shifts by one.
  private func doublingKernels(_ weights: Tensor) throws -> Tensor {
    let kernels = try weights.permuted([3, 2, 0, 1]).padded(2, before: 1, after: 1).padded(3, before: 1, after: 1)
    let rows = try kernels.sliced(2, 0..<4) + kernels.sliced(2, 1..<5)
    return try rows.sliced(3, 0..<4) + rows.sliced(3, 1..<5)
  }

  /// Input (y, x) adds `kernels[a, b]` to output (2y - 1 + a, 2x - 1 + b).
  private func transposedConvolve(_ x: Tensor, kernels: Tensor) throws -> Tensor {
    let y = try convolve(try zeroInsertUpsample(x), weights: try kernels.reversed(2).reversed(3), padding: 2)
    return try y.sliced(2, 0..<2 * x.shape[2]).sliced(3, 0..<2 * x.shape[3])
  }
}
