extension PerceptualSettings {
  /// The convolutions that make features, for pictures of one size.
  package func layerList(resolution: Int) -> [NetworkLayer] {
    zip(PerceptualNetwork.convolutionIndices, PerceptualNetwork.sides(resolution: resolution)).enumerated()
      .map { position, layer in
        let inputs = position == 0 ? 3 : widths[position - 1]
        return NetworkLayer(
          .convolution(inputs: inputs, outputs: widths[position], kernel: 3, side: layer.1),
          convolution(position, index: layer.0, presence: .required))
      }
  }

  /// Every tensor of a perceptual network's file; those behind the features are the rest of VGG16's fifth group.
  package var tensors: [NetworkTensor] {
    let used = PerceptualNetwork.convolutionIndices.enumerated().flatMap { position, index in
      convolution(position, index: index, presence: .required)
    }
    return used + zip(10..<max(10, widths.count), [24, 26, 28]).flatMap { position, index in
      convolution(position, index: index, presence: .ignored)
    }
  }

  private func convolution(_ position: Int, index: Int, presence: NetworkTensor.Presence) -> [NetworkTensor] {
    let inputs = position == 0 ? 3 : widths[position - 1]
    // He et al. 2015 for ReLU; the first layer's input is up to 151, not one.
    let deviation = (2 / Double(inputs * 9)).squareRoot() / (position == 0 ? 100 : 1)
    return [
      NetworkTensor(
        "layer\(index).weight", [widths[position], inputs, 3, 3], .normal(deviation: deviation), presence: presence),
      NetworkTensor("layer\(index).bias", [widths[position]], .constant(0), presence: presence),
    ]
  }

  /// One picture's features.
  package func layerShapes(resolution: Int) -> [LayerShape] { layerList(resolution: resolution).shapes }
}
