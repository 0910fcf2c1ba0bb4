package import NeuralNetworks

/// The layers of the three networks and what they cost at the least.
///
/// Counted are convolutions and dense layers. Noise, activations, normalization, pooling and losses count as free: they
/// could all be done while a map passes by on its way into or out of a convolution.
package enum NetworkCosts {
  /// The synthesis of one picture, styles included; the mapping is not part of a step.
  package static func generator(_ settings: GeneratorSettings) -> [LayerCost] {
    var layers: [LayerCost] = []
    for index in 0..<settings.layers {
      let side = settings.side(ofBlock: index / 2), channels = settings.channels(atSide: side)
      if index % 2 == 1 {
        layers.append(.convolution(channels, channels, kernel: 3, side: side))
      } else if index > 0 {
        layers.append(.up(
          settings.channels(atSide: side / 2), channels, side: side, isFused: settings.isFused(atSide: side)))
      }
      layers.append(.dense(settings.wDimension, 2 * channels))
    }
    let side = settings.resolution
    return layers + [.convolution(settings.channels(atSide: side), 3, kernel: 1, side: side)]
  }

  /// One picture's code.
  package static func encoder(_ settings: EncoderSettings) -> [LayerCost] {
    var side = settings.resolution
    var layers = [LayerCost.convolution(3, settings.channels(ofBlock: 0), kernel: 3, side: side)]
    for block in 1..<max(1, settings.blocks - 1) {
      side /= 2
      let inputs = settings.channels(ofBlock: block - 1), outputs = settings.channels(ofBlock: block)
      let hidden = min(inputs, outputs)
      if inputs != outputs { layers.append(.convolution(inputs, outputs, kernel: 1, side: side)) }
      layers.append(.convolution(inputs, hidden, kernel: 3, side: side))
      layers.append(.convolution(hidden, outputs, kernel: 3, side: side))
    }
    let inputs = settings.channels(ofBlock: settings.blocks - 2) * side * side
    return layers + [.dense(inputs, settings.layers * settings.wDimension)]
  }

  /// One picture's features.
  package static func perceptual(_ settings: PerceptualSettings, resolution: Int) -> [LayerCost] {
    let sides = [1, 1, 2, 2, 4, 4, 4, 8, 8, 8].map { resolution / $0 }
    return sides.indices.map { index in
      .convolution(index == 0 ? 3 : settings.widths[index - 1], settings.widths[index], kernel: 3, side: sides[index])
    }
  }
}
