package import NeuralNetworks

extension GANNetworks {
  /// Bytes that an optimization with networks of these sizes needs: their weights, and what a step holds at once. Above
  /// what processes take, by up to a quarter and 20 MiB; `Tests/System/test-memory-estimate` compares.
  package static func workingBytes(
    _ generator: GeneratorSettings, _ encoder: EncoderSettings, _ perceptual: PerceptualSettings,
    hasConventionalEncoder: Bool = false
  ) -> Int {
    let synthesis = generator.synthesisShapes
    let others = encoder.layerShapes + perceptual.layerShapes(resolution: generator.resolution)
    let second = hasConventionalEncoder ? encoder.layerShapes : []
    let weights = (synthesis + generator.mappingShapes + others + second).reduce(0) { $0 + $1.weightBytes }
    // The generator's maps are kept for the way back, of the others' only signs, at most a sixteenth. Beside them a few
    // maps of each size, on their way from layer to layer: together as much as six of the largest.
    let kept = synthesis.reduce(0) { $0 + $1.mapBytes } + others.reduce(0) { $0 + $1.mapBytes } / 16
    let largest = (synthesis + others).map(\.mapBytes).max() ?? 0
    // What the pool keeps of plain weights, as much as an eighth of the others, and the program itself.
    return (weights + kept + 6 * largest) / 5 * 6 + (48 << 20)
  }

  /// The same for these networks.
  package var workingBytes: Int { Self.workingBytes(generator.settings, encoder.settings, perceptual.settings) }
}
