import Kernels
package import Tensors

/// What batch normalization saw of a batch, and the name under which its running values are kept (`block0.bn.bn`).
package struct BatchStatistics: Sendable {
  package let name: String
  /// `[channels]`.
  package let mean: Tensor
  /// `[channels]`, of the batch as a population.
  package let variance: Tensor
  /// Numbers behind each.
  package let count: Int

  /// Moves the running values towards these: `running + rate · (batch - running)`.
  ///
  /// - Parameter isUnbiased: whether the variance is that of the population behind the batch, times n/(n - 1).
  package func move(_ parameters: inout [String: Tensor], rate: Double = 0.1, isUnbiased: Bool = true) {
    let factor = isUnbiased && count > 1 ? Double(count) / Double(count - 1) : 1
    func move(_ key: String, towards values: Tensor, times factor: Double) {
      guard let old = parameters["\(name).\(key)"] else { return }
      let moved = zip(old.values, values.values).map { Float(Double($0) + rate * (Double($1) * factor - Double($0))) }
      parameters["\(name).\(key)"] = Tensor(moved, old.shape)
    }
    move("running_mean", towards: mean, times: 1)
    move("running_var", towards: variance, times: factor)
  }
}

/// An encoder whose weights are values: the same network as `Encoder`, for training.
///
/// Source: Zhu et al. 2020, section 2.1; numbers in `Fixtures/training/encoder_step.safetensors`.
package struct TrainableEncoder: TrainableNetwork {
  package let settings: EncoderSettings
  package var parameters: [String: Tensor]

  /// - Parameter parameters: `settings.tensors` by name.
  package init(settings: EncoderSettings, parameters: [String: Tensor]) {
    self.settings = settings
    self.parameters = parameters
  }

  /// - Throws: what the source throws for a missing weight or a wrong shape.
  package init(settings: EncoderSettings, weights: some WeightSource) throws {
    self.init(settings: settings, parameters: try read(settings.tensors, from: weights))
  }

  package var tensors: [NetworkTensor] { settings.tensors }

  /// Codes for pictures, `[batch, layers, w]`, with the running statistics.
  package func encode(_ pictures: Tensor) throws -> Tensor {
    try codes(pictures) { x, name, isLast in
      func values(_ key: String) throws -> Tensor { try parameter("\(name).bn.\(key)") }
      let scale = try values("weight") * power(values("running_var") + 1e-5, -0.5)
      let y = try channelAffine(x.plain(), scale: scale, shift: try values("bias") - values("running_mean") * scale)
      return isLast ? y : try leakyReLU(y).blocked()
    }
  }

  /// Codes for pictures with the batch's own statistics, and these, in the order of the layers. Differentiable once.
  ///
  /// - Throws: `ShapeError` for a single picture, whose last layer has no variance.
  package func encodeInTraining(_ pictures: Tensor) throws -> (codes: Tensor, statistics: [BatchStatistics]) {
    guard !settings.batchNorm || pictures.shape[0] > 1 else {
      throw ShapeError("batch normalization", "a batch of one cannot be trained")
    }
    var statistics: [BatchStatistics] = []
    let codes = try codes(pictures) { x, name, isLast in
      let weight = try parameter("\(name).bn.weight"), bias = try parameter("\(name).bn.bias")
      let (y, moments) = isLast
        ? try batchNormalize(x, weight: weight, bias: bias) : try batchNormalizeActivate(x, weight: weight, bias: bias)
      statistics.append(BatchStatistics(
        name: "\(name).bn", mean: moments.mean, variance: moments.variance, count: x.shape.count / x.shape[1]))
      return y
    }
    return (codes, statistics)
  }

  /// Batch normalization, and but for the last layer the activation behind it.
  private typealias Normalization = (_ x: Tensor, _ name: String, _ isLast: Bool) throws -> Tensor

  private func codes(_ pictures: Tensor, _ normalize: Normalization) throws -> Tensor {
    let side = settings.resolution
    guard pictures.shape.rank == 4, Array(pictures.shape.dimensions.dropFirst()) == [3, side, side]
    else { throw ShapeError("encoder", "pictures of \(pictures.shape) for a side of \(side)") }
    func layer(_ x: Tensor, _ name: String, bias: String? = nil, _ normalization: String) throws -> Tensor {
      let raw = try parameter(name + ".weight"), kernel = raw.shape[2]
      let weights = settings.wscale ? try scaled(name + ".weight", gain: heGain) : raw
      let y = if let bias {
        try convolve(
          x, weights: weights, bias: parameter(bias + ".bias"), activation: .none, padding: kernel / 2)
      } else {
        try convolve(x, weights: weights, padding: kernel / 2)
      }
      return settings.batchNorm ? try normalize(y, normalization, false) : leakyReLU(y)
    }
    var x = try layer(pictures.blocked(), "block0.conv", "block0.bn")
    for block in 1..<max(1, settings.blocks - 1) {
      x = try averagePool(x)
      let name = "block\(block)."
      let isSame = settings.channels(ofBlock: block) == settings.channels(ofBlock: block - 1)
      let shortcut = isSame ? x : try layer(x, name + "conv", name + "bn")
      let hidden = try layer(x, name + "conv1", bias: name + "wscale1", name + "bn1")
      x = try layer(hidden, name + "conv2", bias: name + "wscale2", name + "bn2") + shortcut
    }
    let last = "block\(settings.blocks - 1)", batch = x.shape[0]
    let flat = try x.plain().reshaped([batch, x.shape.count / batch])
    let code = try dense(flat, weights: try scaled(last + ".fc.weight", gain: 1))
    return try (settings.batchNorm ? normalize(code, last + ".bn", true) : code)
      .reshaped([batch, settings.layers, settings.wDimension])
  }
}
