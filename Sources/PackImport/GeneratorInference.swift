internal import ModelPacks
internal import NeuralNetworks

extension GeneratorSettings {
  /// Reads sizes and settings off the shapes of a generator.
  ///
  /// - Parameter finalTanh: whether it ends with tanh, which no shape tells. nil: as in the released generators, where
  ///   those of in-domain inversion have a w for each layer and tanh, and plain StyleGANs neither.
  static func inferred(from network: ImportedNetwork, finalTanh: Bool?) throws(PackError) -> GeneratorSettings {
    let layers = (0..<64).prefix { network.shape("synthesis.layer\($0).epilogue.bias") != nil }.count
    let resolution = 4 << (layers / 2 - 1)
    guard layers >= 4, layers.isMultiple(of: 2), resolution <= 1024 else {
      throw network.refuse("has \(layers) layers; an even number from 4 (8 pixels) to 18 (1024 pixels) is needed")
    }
    let w = try network.require("truncation.w_avg", dimensions: 1)[0]
    let mapping = (0..<33).prefix { network.shape("mapping.dense\($0).fc.weight") != nil }.count
    guard (1...32).contains(mapping) else { throw network.refuse("has \(mapping) mapping layers; 1 to 32 are read") }
    let first = try network.require("mapping.dense0.fc.weight", dimensions: 2)
    let outputs = try network.require("mapping.dense\(mapping - 1).fc.weight", dimensions: 2)[0]
    guard outputs == w || outputs == layers * w else {
      throw network.refuse(
        "has a mapping of \(outputs) numbers; at \(resolution) pixels \(w) or \(layers * w) are expected; the file is of two models")
    }
    var channels: [Int] = []
    for block in 0..<layers / 2 {
      channels.append(try network.require("synthesis.layer\(2 * block).epilogue.bias", dimensions: 1)[0])
    }
    let repeatW = outputs == w
    var settings = GeneratorSettings(
      resolution: resolution, zDimension: first[1], wDimension: w, mappingLayers: mapping, repeatW: repeatW,
      finalTanh: finalTanh ?? !repeatW, fusedScale: try fusedScale(of: network, resolution: resolution),
      fmapsBase: 0, fmapsMax: mapping > 1 ? first[0] : channels.max() ?? 1)
    guard let base = base(channels, maximum: settings.fmapsMax) else {
      throw network.refuse(
        "has \(channels) channels at 4 to \(resolution) pixels and a mapping of width \(settings.fmapsMax); "
          + "widths must be min(base / side, width of the mapping)")
    }
    settings.fmapsBase = base
    try checkFixedParts(of: network, settings)
    return settings
  }

  /// Which up layers are fused with their convolution shows in the names of their weights.
  private static func fusedScale(of network: ImportedNetwork, resolution: Int) throws(PackError) -> FusedScale {
    let sides = (1..<resolution.trailingZeroBitCount - 1).map { 4 << $0 }
    let fused = sides.filter { network.shape("synthesis.layer\(2 * $0.trailingZeroBitCount - 4).weight") != nil }
    // The released setting first, where several give the same.
    for choice in [FusedScale.auto, .never, .always] {
      let settings = GeneratorSettings(
        resolution: resolution, zDimension: 1, wDimension: 1, repeatW: true, finalTanh: true, fusedScale: choice,
        fmapsBase: 1, fmapsMax: 1)
      if sides.filter({ settings.isFused(atSide: $0) }) == fused { return choice }
    }
    throw network.refuse("has fused up layers at \(fused) pixels only; at all, at none or from 128 pixels on is expected")
  }

  /// The least base whose `min(base / side, maximum)` gives the channels at 4, 8, 16 … pixels; nil when there is none.
  private static func base(_ channels: [Int], maximum: Int) -> Int? {
    let sides = channels.indices.map { 4 << $0 }
    let base = zip(sides, channels).map { $0 * $1 }.max() ?? 0
    let isRight = zip(sides, channels).allSatisfy { min(base / $0, maximum) == $1 }
    // A description's base is at least the resolution.
    return isRight && base >= sides.last ?? 0 && base <= 1 << 18 ? base : nil
  }

  /// What is in the file and must be as this program has it: the kernel of the blur, and that growing has ended.
  private static func checkFixedParts(of network: ImportedNetwork, _ settings: GeneratorSettings) throws(PackError) {
    if network.shape("synthesis.lod") != nil, let lod = try network.numbers("synthesis.lod").first, lod != 0 {
      throw network.refuse("was saved while it grew (lod \(lod)); import the checkpoint at the end of its training")
    }
    for layer in stride(from: 2, to: settings.layers, by: 2) {
      let name = "synthesis.layer\(layer).blur.kernel"
      guard network.shape(name) != nil else { continue }
      let kernel: [Float] = [1, 2, 1, 2, 4, 2, 1, 2, 1].map { $0 / 16 }
      let numbers = try network.numbers(name)
      for (index, number) in numbers.enumerated() where abs(number - kernel[index % 9]) > 1e-6 {
        throw network.refuse("has another blur than [1, 2, 1] ('\(name)'); a generator with that one cannot be imported")
      }
    }
  }
}
