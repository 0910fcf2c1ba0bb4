/// Between plain pictures and blocked maps.
package struct ImageKernels: Sendable {
  /// One block from up to 16 plain planes, `planeStride` floats apart; the other lanes become zero.
  package typealias Block = @convention(c) (
    _ plain: Source, _ planeStride: Int, _ channels: Int, _ pixels: Int, _ blocked: Target
  ) -> Void
  package typealias Unblock = @convention(c) (
    _ blocked: Source, _ pixels: Int, _ channels: Int, _ plain: Target, _ planeStride: Int
  ) -> Void
  /// `row[x] += t[x - dx][lane]` for one row of a plain picture: `t` holds `[width][16]`.
  package typealias AddLane = @convention(c) (
    _ t: Source, _ lane: Int, _ width: Int, _ dx: Int, _ row: Target
  ) -> Void
  /// `gx[block] = Σ_c g[c] · w[c][block]` over `pixels` pixels; `g` planes are `gStride`, `w` rows `wStride` floats apart.
  package typealias Spread = @convention(c) (
    _ g: Source, _ gStride: Int, _ channels: Int, _ w: Source, _ wStride: Int, _ pixels: Int, _ gx: Target
  ) -> Void
  /// tanh in place; `count` is a multiple of four.
  package typealias HyperbolicTangent = @convention(c) (_ x: Target, _ count: Int) -> Void

  package init(
    block: Block, unblock: Unblock, addLane: AddLane, spread: Spread, hyperbolicTangent: HyperbolicTangent
  ) {
    self.block = block
    self.unblock = unblock
    self.addLane = addLane
    self.spread = spread
    self.hyperbolicTangent = hyperbolicTangent
  }

  package let block: Block
  package let unblock: Unblock
  package let addLane: AddLane
  package let spread: Spread
  package let hyperbolicTangent: HyperbolicTangent
}
