extension GeneratorSettings {
  /// From z to w, and the average code.
  package var mappingLayerList: [NetworkLayer] {
    let last = repeatW ? wDimension : layers * wDimension
    let dense = (0..<mappingLayers).map { index in
      let inputs = index == 0 ? zDimension : fmapsMax, outputs = index == mappingLayers - 1 ? last : fmapsMax
      return NetworkLayer(
        .dense(inputs: inputs, outputs: outputs),
        [
          NetworkTensor("mapping.dense\(index).fc.weight", [outputs, inputs], .normal(deviation: 1 / Mapping.multiplier)),
          NetworkTensor("mapping.dense\(index).wscale.bias", [outputs], .constant(0)),
        ])
    }
    return dense + [
      NetworkLayer(nil, [
        NetworkTensor("truncation.w_avg", [wDimension], .constant(0), isTrained: false),
        // The released loader replaces it by the settings.
        NetworkTensor(
          "truncation.truncation", [1, layers, 1], .constant(1), isTrained: false, presence: .ignored),
      ])
    ]
  }

  /// From codes to pictures: for each layer what makes its map and what makes its style, then the last output.
  package var synthesisLayerList: [NetworkLayer] {
    var list = [
      NetworkLayer(
        nil, [NetworkTensor("synthesis.lod", [], .constant(0), isTrained: false, presence: .ignored)])
    ]
    for index in 0..<layers { list += [map(index), epilogue(index)] }
    for block in 0..<blocks {
      let channels = channels(atSide: side(ofBlock: block)), name = "synthesis.output\(block)"
      // Only the last block's output makes pictures; the others belong to growing.
      let isLast = block == blocks - 1
      let presence = isLast ? NetworkTensor.Presence.required : .growing
      list.append(NetworkLayer(
        isLast ? .convolution(inputs: channels, outputs: 3, kernel: 1, side: resolution) : nil,
        [
          NetworkTensor("\(name).conv.weight", [3, channels, 1, 1], .normal(deviation: 1), presence: presence),
          NetworkTensor("\(name).bias", [3], .constant(0), presence: presence),
        ]))
    }
    return list
  }

  private func map(_ index: Int) -> NetworkLayer {
    let side = side(ofBlock: index / 2), channels = channels(atSide: side), name = "synthesis.layer\(index)"
    let weights = NetworkTensor.Start.normal(deviation: 1)
    if index == 0 { return NetworkLayer(nil, [NetworkTensor("\(name).const", [1, channels, 4, 4], .constant(1))]) }
    if index % 2 == 1 {
      return NetworkLayer(
        .convolution(inputs: channels, outputs: channels, kernel: 3, side: side),
        [NetworkTensor("\(name).conv.weight", [channels, channels, 3, 3], weights)])
    }
    let inputs = self.channels(atSide: side / 2), isFused = isFused(atSide: side)
    return NetworkLayer(
      .up(inputs: inputs, outputs: channels, side: side, isFused: isFused),
      [
        isFused
          ? NetworkTensor("\(name).weight", [3, 3, inputs, channels], weights)
          : NetworkTensor("\(name).conv.weight", [channels, inputs, 3, 3], weights),
        NetworkTensor("\(name).blur.kernel", [channels, 1, 3, 3], .constant(0), isTrained: false, presence: .ignored),
      ])
  }

  private func epilogue(_ index: Int) -> NetworkLayer {
    let side = side(ofBlock: index / 2), channels = channels(atSide: side), name = "synthesis.layer\(index).epilogue"
    return NetworkLayer(
      .dense(inputs: wDimension, outputs: 2 * channels),
      [
        NetworkTensor("\(name).apply_noise.noise", [1, 1, side, side], .normal(deviation: 1), isTrained: false),
        NetworkTensor("\(name).apply_noise.weight", [channels], .constant(0)),
        NetworkTensor("\(name).bias", [channels], .constant(0)),
        NetworkTensor("\(name).style_mod.dense.fc.weight", [2 * channels, wDimension], .normal(deviation: 1)),
        NetworkTensor("\(name).style_mod.dense.wscale.bias", [2 * channels], .constant(0)),
      ])
  }

  /// Every tensor of a generator's file.
  package var tensors: [NetworkTensor] { mappingLayerList.tensors + synthesisLayerList.tensors }

  /// The synthesis of one picture, styles included.
  package var synthesisShapes: [LayerShape] { synthesisLayerList.shapes }

  /// From z to w.
  package var mappingShapes: [LayerShape] { mappingLayerList.shapes }
}
