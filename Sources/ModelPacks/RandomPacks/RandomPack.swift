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

  /// Writes a pack into a folder that must not exist yet, a megabyte at a time.
  ///
  /// - Parameters:
  ///   - name: the pack's name; lowercase letters, digits, `-`, `_`.
  ///   - alignment: how its photographs are to be placed.
  ///   - seed: the same seed gives the same bytes.
  /// - Returns: what was written.
  /// - Throws: `PackError` when the folder exists or a file cannot be written.
  @discardableResult
  package static func write(
    to folder: String, like likeness: Likeness, name: String, alignment: Alignment = .none, seed: UInt64
  ) throws(PackError) -> PackDescription {
    guard PackText.isName(name) else {
      throw PackError("\(quoted(name)) is no name for a pack; use lowercase letters, digits, '-' and '_'")
    }
    var description = description(likeness, name: name, seed: seed)
    description.alignment = alignment
    var boundaries = TensorPlan()
    for attribute in description.attributes {
      boundaries.required[attribute.name] = [description.layers, description.wDimension]
    }
    let plans = description.plans + [(PackFileName.boundaries, boundaries)]
    // The numbers are known to be finite, and reading a large pack again takes seconds.
    return try PackDraft.write(to: folder, verification: .sizes) { draft throws(PackError) in
      for (file, plan) in plans { description.files.append(try write(plan, to: file, of: draft, seed: seed)) }
      description.files.sort { $0.name < $1.name }
      return description
    }
  }

  /// Writes the plan's tensors; the optional ones that every released file has too.
  private static func write(
    _ plan: TensorPlan, to file: String, of draft: PackDraft, seed: UInt64
  ) throws(PackError) -> PackFile {
    let blurs = plan.optional.filter { $0.key.hasSuffix(".blur.kernel") }
    let shapes = plan.required.merging(blurs) { $1 }
    return try draft.write(shapes, to: file) { name, take throws(PackError) in
      let shape = shapes[name] ?? []
      var left = shape.reduce(1, *)
      guard blurs[name] == nil else {
        for _ in 0..<left / 9 { try take([1, 2, 1, 2, 4, 2, 1, 2, 1].map { $0 / 16 }) }
        return
      }
      var random = RandomFloats(seed: seed, stream: file + "/" + name)
      let scale = RandomScale(tensor: name, shape: shape, file: file)
      while left > 0 {
        var piece = [Float](repeating: 0, count: min(1 << 18, left))
        random.fill(&piece, scale: scale)
        try take(piece)
        left -= piece.count
      }
    }
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
      license: "CC0-1.0",
      commercialUse: true, trainedOn: "nothing", generator: generator, encoder: encoder,
      perceptual: PerceptualSettings(widths: widths),
      attributes: [
        PackAttribute(
          name: "random", title: "a random direction", layers: LayerList(allOf: generator.layers), range: -3...3)
      ])
  }
}
