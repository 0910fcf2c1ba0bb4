import Kernels
package import Tensors

/// A StyleGAN generator with frozen weights, at any resolution from 8 to 1024.
///
/// Codes from an encoder, an inversion or an edit go to `synthesize` untouched; truncation is for codes that come from
/// z or w only.
///
/// Source: Karras et al. 2019; numbers in `Fixtures/tiny32/synthesis.safetensors` and `Fixtures/tiny256`.
package final class Generator: Sendable {
  /// Called with the name and value of each stage, in the names of the reference files (`layer2.conv`, `block1`).
  package typealias Observer = (_ name: String, _ value: Tensor) -> Void

  package let settings: GeneratorSettings
  private let mapping: Mapping
  private let layers: [StyledLayer]
  private let output: PackedToRGB
  /// How many blocks run; the picture of the last one is doubled up to the resolution.
  private let activeBlocks: Int

  /// - Throws: what the source throws for a missing weight or a wrong shape; `WeightError` for values that this
  ///   generator cannot have.
  package init(settings: GeneratorSettings, weights: some WeightSource) throws {
    self.settings = settings
    mapping = try Mapping(settings, weights)
    let lod = weights.names.contains("synthesis.lod")
      ? Double(try weights.floats(named: "synthesis.lod", shape: []).first ?? 0) : 0
    guard lod.isFinite, lod >= 0, lod <= Double(settings.blocks - 1) else {
      throw WeightError("'synthesis.lod' is \(lod); expected 0 to \(settings.blocks - 1)")
    }
    activeBlocks = settings.blocks - Int(lod.rounded(.up))
    layers = try (0..<2 * activeBlocks).map { try StyledLayer($0, settings, weights) }
    let channels = settings.channels(atSide: settings.side(ofBlock: activeBlocks - 1))
    let name = "synthesis.output\(activeBlocks - 1)"
    output = PackedToRGB(
      weights: try weights.floats(
        named: "\(name).conv.weight", shape: [3, channels, 1, 1], times: 1 / Double(channels).squareRoot()),
      bias: try weights.floats(named: "\(name).bias", shape: [3]), channels: channels,
      tanh: settings.finalTanh)
  }

  /// The average code in every layer, `[1, layers, w]`: where Image2StyleGAN starts.
  package var averageCode: Tensor { mapping.averageCode }

  /// `[batch, z]` to w, `[batch, w]` or `[batch, layers · w]`, without truncation.
  package func w(fromZ z: Tensor) throws -> Tensor { try mapping.w(z) }

  /// w to a truncated code, `[batch, layers, w]`.
  package func truncatedCode(fromW w: Tensor) throws -> Tensor { try mapping.truncated(w) }

  /// Pictures for codes.
  ///
  /// - Parameter codes: `[batch, layers, w]`, used as they are.
  /// - Returns: `[batch, 3, resolution, resolution]`, RGB; within -1 and 1 if the generator ends in tanh.
  /// - Throws: `ShapeError` when the codes are not of this generator's shape.
  package func synthesize(_ codes: Tensor, observe: Observer? = nil) throws -> Tensor {
    guard codes.shape.rank == 3, codes.shape[0] > 0, codes.shape[1] == settings.layers,
      codes.shape[2] == settings.wDimension
    else {
      throw ShapeError(
        "synthesis", "codes of \(codes.shape); expected [batch, \(settings.layers), \(settings.wDimension)]")
    }
    var map: PendingModulation?
    for (index, layer) in layers.enumerated() {
      let row = try codes.sliced(1, index..<index + 1).reshaped([codes.shape[0], settings.wDimension])
      map = try layer(map, code: row, observe: observe)
      if index % 2 == 1, let map { observe?("block\(index / 2)", map.styled) }
    }
    guard let map else { throw ShapeError("synthesis", "the generator has no layers") }
    var picture = try toRGB(map, output)
    for _ in activeBlocks..<settings.blocks { picture = try upsampleNearest(picture) }
    return picture
  }
}
