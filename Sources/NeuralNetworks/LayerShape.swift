import Kernels

/// What one frozen layer looks like from outside.
package enum LayerShape: Sendable, Equatable {
  /// With padding that keeps the size; `side` is that of both maps.
  case convolution(inputs: Int, outputs: Int, kernel: Int, side: Int)
  /// From `side / 2` to `side`.
  case up(inputs: Int, outputs: Int, side: Int, isFused: Bool)
  case dense(inputs: Int, outputs: Int)

  /// Bytes of its weights, brought into the forms that both directions need.
  package var weightBytes: Int {
    switch self {
    case .convolution(let inputs, let outputs, let kernel, let side):
      FrozenConvolution.weightBytes(inputs: inputs, outputs: outputs, kernel: kernel, height: side, width: side)
    case .up(let inputs, let outputs, let side, _):
      FrozenUpConvolution.weightBytes(inputs: inputs, outputs: outputs, inputHeight: side / 2, inputWidth: side / 2)
    case .dense(let inputs, let outputs): FrozenDense.weightBytes(inputs: inputs, outputs: outputs)
    }
  }

  /// Bytes of the map that leaves it.
  package var mapBytes: Int {
    switch self {
    case .convolution(_, let outputs, _, let side), .up(_, let outputs, let side, _):
      BlockedShape(batch: 1, channels: outputs, height: side, width: side).count * 4
    case .dense(_, let outputs): outputs * 4
    }
  }
}

extension GeneratorSettings {
  /// The synthesis of one picture, styles included.
  package var synthesisShapes: [LayerShape] {
    var shapes: [LayerShape] = []
    for index in 0..<layers {
      let side = side(ofBlock: index / 2), channels = channels(atSide: side)
      if index % 2 == 1 {
        shapes.append(.convolution(inputs: channels, outputs: channels, kernel: 3, side: side))
      } else if index > 0 {
        shapes.append(.up(
          inputs: self.channels(atSide: side / 2), outputs: channels, side: side, isFused: isFused(atSide: side)))
      }
      shapes.append(.dense(inputs: wDimension, outputs: 2 * channels))
    }
    return shapes + [.convolution(inputs: channels(atSide: resolution), outputs: 3, kernel: 1, side: resolution)]
  }

  /// From z to w.
  package var mappingShapes: [LayerShape] {
    (0..<mappingLayers).map { index in
      .dense(
        inputs: index == 0 ? zDimension : fmapsMax,
        outputs: index < mappingLayers - 1 ? fmapsMax : repeatW ? wDimension : layers * wDimension)
    }
  }
}

extension EncoderSettings {
  /// One picture's code.
  package var layerShapes: [LayerShape] {
    var side = resolution
    var shapes = [LayerShape.convolution(inputs: 3, outputs: channels(ofBlock: 0), kernel: 3, side: side)]
    for block in 1..<max(1, blocks - 1) {
      side /= 2
      let inputs = channels(ofBlock: block - 1), outputs = channels(ofBlock: block), hidden = min(inputs, outputs)
      if inputs != outputs { shapes.append(.convolution(inputs: inputs, outputs: outputs, kernel: 1, side: side)) }
      shapes.append(.convolution(inputs: inputs, outputs: hidden, kernel: 3, side: side))
      shapes.append(.convolution(inputs: hidden, outputs: outputs, kernel: 3, side: side))
    }
    let inputs = channels(ofBlock: blocks - 2) * side * side
    return shapes + [.dense(inputs: inputs, outputs: layers * wDimension)]
  }
}

extension PerceptualSettings {
  /// One picture's features.
  package func layerShapes(resolution: Int) -> [LayerShape] {
    PerceptualNetwork.sides(resolution: resolution).enumerated().map { position, side in
      .convolution(inputs: position == 0 ? 3 : widths[position - 1], outputs: widths[position], kernel: 3, side: side)
    }
  }
}
