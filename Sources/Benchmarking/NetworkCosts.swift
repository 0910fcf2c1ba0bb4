package import NeuralNetworks

/// The layers of the three networks and what they cost at the least.
///
/// Counted are convolutions and dense layers. Noise, activations, normalization, pooling and losses count as free: they
/// could all be done while a map passes by on its way into or out of a convolution.
package enum NetworkCosts {
  /// The synthesis of one picture, styles included; the mapping is not part of a step.
  package static func generator(_ settings: GeneratorSettings) -> [LayerCost] {
    settings.synthesisShapes.map(LayerCost.init)
  }

  /// One picture's code.
  package static func encoder(_ settings: EncoderSettings) -> [LayerCost] { settings.layerShapes.map(LayerCost.init) }

  /// One picture's features.
  package static func perceptual(_ settings: PerceptualSettings, resolution: Int) -> [LayerCost] {
    settings.layerShapes(resolution: resolution).map(LayerCost.init)
  }
}

extension LayerCost {
  init(_ shape: LayerShape) {
    self =
      switch shape {
      case .convolution(let inputs, let outputs, let kernel, let side):
        .convolution(inputs, outputs, kernel: kernel, side: side)
      case .up(let inputs, let outputs, let side, let isFused): .up(inputs, outputs, side: side, isFused: isFused)
      case .dense(let inputs, let outputs): .dense(inputs, outputs)
      }
  }
}
