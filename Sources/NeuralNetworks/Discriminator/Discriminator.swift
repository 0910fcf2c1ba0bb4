package import Tensors

/// What a discriminator is made of.
package struct DiscriminatorSettings: Sendable, Equatable {
  package var resolution: Int
  /// Channels at side r are `min(fmapsBase / r, fmapsMax)`.
  package var fmapsBase: Int
  package var fmapsMax: Int

  package init(resolution: Int, fmapsBase: Int, fmapsMax: Int) {
    self.resolution = resolution
    self.fmapsBase = fmapsBase
    self.fmapsMax = fmapsMax
  }

  package func channels(atSide side: Int) -> Int { max(1, min(fmapsBase / side, fmapsMax)) }
}

/// Tells real pictures from synthesized ones. Every operation in it is differentiable twice, as gradient penalties need.
///
/// Its parameters are a value: put variables of a `Tape` in their place to train, or keep them for judging.
/// Source: Karras et al. 2019 (progressive discriminator with minibatch deviation).
package struct Discriminator: Sendable {
  package let settings: DiscriminatorSettings
  /// By name: `r64.from_rgb.weight`, `r64.conv.bias`, …, `final.out.weight`.
  package var parameters: [String: Tensor]

  /// - Throws: what the source throws for a missing weight or a wrong shape.
  package init(settings: DiscriminatorSettings, weights: some WeightSource) throws {
    self.settings = settings
    var parameters: [String: Tensor] = [:]
    for (name, shape) in Self.shapes(settings) {
      parameters[name] = Tensor(try weights.floats(named: name, shape: shape), Shape(shape))
    }
    self.parameters = parameters
  }

  /// Names and shapes of what a score uses.
  package static func shapes(_ settings: DiscriminatorSettings) -> [String: [Int]] {
    var shapes: [String: [Int]] = [:]
    func add(_ name: String, _ shape: [Int]) {
      shapes[name + ".weight"] = shape
      shapes[name + ".bias"] = [shape[0]]
    }
    let top = settings.channels(atSide: settings.resolution)
    add("r\(settings.resolution).from_rgb", [top, 3, 1, 1])
    var side = settings.resolution
    while side > 4 {
      let channels = settings.channels(atSide: side)
      add("r\(side).conv", [channels, channels, 3, 3])
      add("r\(side).down", [settings.channels(atSide: side / 2), channels, 3, 3])
      side /= 2
    }
    let last = settings.channels(atSide: 4)
    add("final.conv", [last, last + 1, 3, 3])
    add("final.dense", [last, last * 16])
    add("final.out", [1, last])
    return shapes
  }

  /// One score per picture, `[batch]`: the larger, the more it looks real.
  ///
  /// - Parameter pictures: `[batch, 3, resolution, resolution]`, RGB in [-1, 1].
  /// - Throws: `ShapeError` when the pictures are of another size; `WeightError` when a parameter is missing.
  package func score(_ pictures: Tensor) throws -> Tensor {
    var x = leakyReLU(try layer(pictures, "r\(settings.resolution).from_rgb", padding: 0))
    var side = settings.resolution
    while side > 4 {
      x = leakyReLU(try layer(x, "r\(side).conv", padding: 1))
      x = leakyReLU(try averagePool(try layer(x, "r\(side).down", padding: 1)))
      side /= 2
    }
    x = leakyReLU(try layer(try appendMinibatchDeviation(x), "final.conv", padding: 1))
    let flat = try x.reshaped([x.shape[0], x.shape.count / x.shape[0]])
    let hidden = leakyReLU(try dense(flat, weights: try scaled("final.dense", heGain), bias: try parameter("final.dense.bias")))
    return try dense(hidden, weights: try scaled("final.out", 1), bias: try parameter("final.out.bias"))
      .reshaped([x.shape[0]])
  }

  private let heGain = 2.0.squareRoot()

  private func parameter(_ name: String) throws -> Tensor {
    guard let tensor = parameters[name] else { throw WeightError("the discriminator has no '\(name)'") }
    return tensor
  }

  private func scaled(_ name: String, _ gain: Double) throws -> Tensor {
    let weights = try parameter(name + ".weight")
    let fanIn = weights.shape.count / max(1, weights.shape[0])
    return weights * Float(gain / Double(fanIn).squareRoot())
  }

  private func layer(_ x: Tensor, _ name: String, padding: Int) throws -> Tensor {
    try channelAdd(try convolve(x, weights: try scaled(name, heGain), padding: padding), try parameter(name + ".bias"))
  }
}
