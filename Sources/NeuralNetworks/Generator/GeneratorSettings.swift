/// When an up layer's doubling is part of its convolution.
package enum FusedScale: String, Sendable, CaseIterable {
  case never, always
  /// From 128 pixels up, as released.
  case auto
}

/// What a StyleGAN generator is made of.
package struct GeneratorSettings: Sendable, Equatable {
  /// Side of the picture, a power of two from 8 to 1024.
  package var resolution: Int
  package var zDimension: Int
  package var wDimension: Int
  package var mappingLayers: Int
  /// Whether the mapping gives one w for all layers, or `layers · w` values.
  package var repeatW: Bool
  package var finalTanh: Bool
  package var fusedScale: FusedScale
  /// Channels at side r are `min(fmapsBase / r, fmapsMax)`.
  package var fmapsBase: Int
  package var fmapsMax: Int
  package var truncationPsi: Double
  package var truncationLayers: Int

  package init(
    resolution: Int, zDimension: Int, wDimension: Int, mappingLayers: Int = 8, repeatW: Bool, finalTanh: Bool,
    fusedScale: FusedScale, fmapsBase: Int, fmapsMax: Int, truncationPsi: Double = 0.7, truncationLayers: Int = 8
  ) {
    self.resolution = resolution
    self.zDimension = zDimension
    self.wDimension = wDimension
    self.mappingLayers = mappingLayers
    self.repeatW = repeatW
    self.finalTanh = finalTanh
    self.fusedScale = fusedScale
    self.fmapsBase = fmapsBase
    self.fmapsMax = fmapsMax
    self.truncationPsi = truncationPsi
    self.truncationLayers = truncationLayers
  }

  /// Blocks of two layers: 4, 8, 16 … `resolution` pixels.
  package var blocks: Int { resolution.trailingZeroBitCount - 1 }
  /// Rows of a code in W+.
  package var layers: Int { 2 * blocks }

  /// Side of the maps of a block.
  package func side(ofBlock block: Int) -> Int { 4 << block }
  package func channels(atSide side: Int) -> Int { max(1, min(fmapsBase / side, fmapsMax)) }

  package func isFused(atSide side: Int) -> Bool {
    switch fusedScale {
    case .never: false
    case .always: true
    case .auto: side >= 128
    }
  }
}
