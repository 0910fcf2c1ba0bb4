/// What a domain-guided encoder is made of.
package struct EncoderSettings: Sendable, Equatable {
  /// Side of the picture, a power of two from 8 to 1024.
  package var resolution: Int
  package var wDimension: Int
  /// Rows of a code in W+.
  package var layers: Int
  /// Channels double from `channelsBase` up to `channelsMax`.
  package var channelsBase: Int
  package var channelsMax: Int
  package var batchNorm: Bool
  /// Whether convolutions are scaled by `sqrt(2) / sqrt(fanIn)`.
  package var wscale: Bool

  package init(
    resolution: Int, wDimension: Int, layers: Int, channelsBase: Int, channelsMax: Int, batchNorm: Bool, wscale: Bool
  ) {
    self.resolution = resolution
    self.wDimension = wDimension
    self.layers = layers
    self.channelsBase = channelsBase
    self.channelsMax = channelsMax
    self.batchNorm = batchNorm
    self.wscale = wscale
  }

  /// One block per halving down to 4 pixels, the first and the last without one.
  package var blocks: Int { resolution.trailingZeroBitCount }

  /// Channels that leave a block.
  package func channels(ofBlock block: Int) -> Int { min(channelsBase << block, channelsMax) }
}
