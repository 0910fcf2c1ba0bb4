/// Between plain pictures and blocked maps.
package struct ImageKernels: Sendable {
  /// One block from up to 16 plain planes, `planeStride` floats apart; the other lanes become zero.
  package typealias Block = @convention(c) (
    _ plain: Source, _ planeStride: Int, _ channels: Int, _ pixels: Int, _ blocked: Target
  ) -> Void
  package typealias Unblock = @convention(c) (
    _ blocked: Source, _ pixels: Int, _ channels: Int, _ plain: Target, _ planeStride: Int
  ) -> Void
  /// `out[c][x] = Σ_l Σ_t Σ_k rows[offsets[l]][x + t][k] · w[l][t][c][k]` for `width` pixels: lines of blocks, `taps` of
  /// them side by side, summed over their 16 lanes k. There are 1...4 channels c, whose planes are `outStride` floats
  /// apart. A line must be readable for `width` rounded up to 8 pixels and `taps` - 1 more.
  ///
  /// Meanwhile as many pixels of the blocks at `streams` addresses, at most `lines`, are fetched from memory for later.
  package typealias Correlate = @convention(c) (
    _ rows: Source, _ offsets: UnsafePointer<Int>, _ lines: Int, _ taps: Int, _ w: Source, _ channels: Int,
    _ width: Int, _ out: Target, _ outStride: Int, _ ahead: UnsafePointer<Source>, _ streams: Int
  ) -> Void
  /// `gx[block] = Σ_c g[c] · w[c][block]` over `pixels` pixels; `g` planes are `gStride`, `w` rows `wStride` floats apart.
  package typealias Spread = @convention(c) (
    _ g: Source, _ gStride: Int, _ channels: Int, _ w: Source, _ wStride: Int, _ pixels: Int, _ gx: Target
  ) -> Void
  /// tanh in place; `count` is a multiple of four.
  package typealias HyperbolicTangent = @convention(c) (_ x: Target, _ count: Int) -> Void

  package init(
    block: Block, unblock: Unblock, correlate: Correlate, spread: Spread, hyperbolicTangent: HyperbolicTangent
  ) {
    self.block = block
    self.unblock = unblock
    self.correlate = correlate
    self.spread = spread
    self.hyperbolicTangent = hyperbolicTangent
  }

  package let block: Block
  package let unblock: Unblock
  package let correlate: Correlate
  package let spread: Spread
  package let hyperbolicTangent: HyperbolicTangent
}
