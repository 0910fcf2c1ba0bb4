import NeuralNetworks
import PrintableText
import StrictYAML

/// A pack of random numbers in the shape of a real model: for measuring speed and memory where the real weights may not
/// be shipped.
///
/// Nothing is zero that could matter (noise, biases, statistics of batch normalization), and activations stay of order
/// one.
package enum RandomPack {
  /// Sizes to imitate.
  package enum Likeness: String, Sendable, CaseIterable {
    /// The released model of faces (256×256, 14 layers of 512), its encoder with batch normalization, and VGG16.
    case ffhq256
    /// 32×32, for tests.
    case tiny
  }

  /// Writes a pack into a folder that must not exist yet, one tensor at a time.
  ///
  /// - Parameters:
  ///   - name: the pack's name; lowercase letters, digits, `-`, `_`.
  ///   - seed: the same seed gives the same bytes.
  /// - Returns: what was written.
  /// - Throws: `PackError` when the folder exists or a file cannot be written.
  @discardableResult
  package static func write(
    to folder: String, like likeness: Likeness, name: String, seed: UInt64
  ) throws(PackError) -> PackDescription {
    guard PackText.isName(name) else {
      throw PackError("\(quoted(name)) is no name for a pack; use lowercase letters, digits, '-' and '_'")
    }
    var description = description(likeness, name: name, seed: seed)
    let writer = try RandomPackWriter(folder: folder, seed: seed)
    for (file, plan) in description.plans {
      description.files.append(try writer.write(plan, to: file))
    }
    var boundaries = TensorPlan()
    for attribute in description.attributes {
      boundaries.required[attribute.name] = [description.layers, description.wDimension]
    }
    description.files.append(try writer.write(boundaries, to: PackFileName.boundaries))
    description.files.sort { $0.name < $1.name }
    try writer.write(description.yaml, to: PackFileName.description)
    return description
  }

  private static func description(_ likeness: Likeness, name: String, seed: UInt64) -> PackDescription {
    let generator: GeneratorSettings
    let encoder: EncoderSettings
    let widths: [Int]
    switch likeness {
    case .ffhq256:
      generator = GeneratorSettings(
        resolution: 256, zDimension: 512, wDimension: 512, repeatW: false, finalTanh: true, fusedScale: .auto,
        fmapsBase: 16384,
        fmapsMax: 512)
      encoder = EncoderSettings(
        resolution: 256, wDimension: 512, layers: 14, channelsBase: 64, channelsMax: 1024, batchNorm: true,
        wscale: false)
      widths = [64, 64, 128, 128, 256, 256, 256, 512, 512, 512]
    case .tiny:
      generator = GeneratorSettings(
        resolution: 32, zDimension: 32, wDimension: 32, repeatW: false, finalTanh: true, fusedScale: .auto,
        fmapsBase: 512, fmapsMax: 32)
      encoder = EncoderSettings(
        resolution: 32, wDimension: 32, layers: 8, channelsBase: 8, channelsMax: 32, batchNorm: true, wscale: false)
      widths = [8, 8, 8, 8, 16, 16, 16, 24, 24, 24]
    }
    return PackDescription(
      name: name, version: 1, title: "Random numbers in the shape of \(likeness.rawValue), seed \(seed)",
      licence: "CC0-1.0",
      commercialUse: true, trainedOn: "nothing", generator: generator, encoder: encoder,
      perceptual: PerceptualSettings(widths: widths),
      attributes: [
        PackAttribute(
          name: "random", title: "a random direction", layers: LayerList(allOf: generator.layers), range: -3...3)
      ])
  }
}
