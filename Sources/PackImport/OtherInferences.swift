internal import Foundation
internal import ModelPacks
internal import NeuralNetworks

extension EncoderSettings {
  /// Reads sizes and settings off an encoder, and whether it belongs to the generator.
  ///
  /// - Parameter wscale: whether convolutions are scaled, which no shape tells. nil: as the size of the numbers does.
  static func inferred(
    from network: ImportedNetwork, generator: GeneratorSettings, wscale: Bool?
  ) throws(PackError) -> EncoderSettings {
    guard let last = (1..<33).first(where: { network.shape("block\($0).fc.weight") != nil }) else {
      throw network.refuse("'block….fc.weight' is missing; is the file whole?")
    }
    let resolution = 1 << (last + 1)
    guard resolution == generator.resolution else {
      throw network.refuse(
        "is an encoder for \(resolution) pixels; the generator makes \(generator.resolution); give the encoder that was "
          + "trained with this generator")
    }
    let codeLength = try network.require("block\(last).fc.weight", dimensions: 2)[0]
    guard codeLength == generator.layers * generator.wDimension else {
      throw network.refuse(
        "gives codes of \(codeLength) numbers; the generator takes \(generator.layers) × \(generator.wDimension); give the "
          + "encoder that was trained with this generator")
    }
    let first = try network.require("block0.conv.weight", dimensions: 4)[0]
    var widest = first
    for block in 1..<last { widest = max(widest, try network.require("block\(block).conv2.weight", dimensions: 4)[0]) }
    let isScaled = if let wscale { wscale } else { try isScaled(network, blocks: last) }
    return EncoderSettings(
      resolution: resolution, wDimension: generator.wDimension, layers: generator.layers, channelsBase: first,
      channelsMax: widest, batchNorm: network.shape("block0.bn.bn.weight") != nil,
      wscale: isScaled)
  }

  /// Weights that are scaled when they are used begin with a deviation of 1, others with one of `sqrt(2 / fanIn)`, and
  /// training moves them by far less than lies between (in `fruits64` by a fifth of it, on the logarithmic scale).
  private static func isScaled(_ network: ImportedNetwork, blocks: Int) throws(PackError) -> Bool {
    var positions: [Double] = []
    for block in 1..<blocks {
      for layer in ["conv1", "conv2"] {
        let name = "block\(block).\(layer).weight"
        let fanIn = Double(try network.require(name, dimensions: 4).dropFirst().reduce(1, *))
        let values = try network.numbers(name)
        let deviation = (values.reduce(0) { $0 + Double($1) * Double($1) } / Double(values.count)).squareRoot()
        // 0: unscaled, 1: scaled.
        positions.append(1 + log(deviation) / log((fanIn / 2).squareRoot()))
      }
    }
    let position = positions.reduce(0, +) / Double(max(1, positions.count))
    if position < 0.35 { return false }
    if position > 0.65 { return true }
    throw network.refuse(
      "does not tell whether its convolutions are scaled (use_wscale in its training); say --encoder-wscale true or false, "
        + "false as in the released encoders")
  }
}

extension PerceptualSettings {
  /// Reads widths off the convolutions of a VGG16.
  static func inferred(from network: ImportedNetwork) throws(PackError) -> PerceptualSettings {
    let all = PerceptualNetwork.convolutionIndices + [24, 26, 28]
    var widths: [Int] = []
    for index in all.prefix(while: { network.shape("layer\($0).weight") != nil }) {
      widths.append(try network.require("layer\(index).weight", dimensions: 4)[0])
    }
    guard widths.count >= PerceptualNetwork.convolutionIndices.count else {
      throw network.refuse("has \(widths.count) convolutions of a VGG16; the first ten are needed; is the file whole?")
    }
    return PerceptualSettings(widths: widths)
  }
}

extension DiscriminatorSettings {
  /// Reads widths off a discriminator of this program's kind.
  static func inferred(from network: ImportedNetwork, resolution: Int) throws(PackError) -> DiscriminatorSettings {
    let sides = (3...10).map { 1 << $0 }.filter { network.shape("r\($0).conv.weight") != nil }
    guard let own = sides.max(), own == resolution else {
      throw network.refuse(
        "is a discriminator for \(sides.max() ?? 4) pixels; the generator makes \(resolution); give the one that was trained with it")
    }
    var base = 0, widest = 0
    var side = resolution
    while side >= 4 {
      let name = side == 4 ? "final.conv.weight" : "r\(side).conv.weight"
      let channels = try network.require(name, dimensions: 4)[0]
      base = max(base, channels * side)
      widest = max(widest, channels)
      side /= 2
    }
    return DiscriminatorSettings(resolution: resolution, fmapsBase: base, fmapsMax: widest)
  }
}
