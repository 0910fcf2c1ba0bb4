/// Matrix products on blocked data.
package struct MatrixKernels: Sendable {
  /// `c[j][r] = (add ? c[j][r] : 0) + Σ_k a[k][r] · b[k][j]` for `rows` pixels and one weight panel.
  ///
  /// `a` holds blocks of `[rows][16]`, `aStride` floats apart; `depth` counts single channels. `b` is `[depth][16 · blocks]`.
  /// Output block j of row r lies at `c + j · cStride + 16 r`. `ahead` is a panel of the same size that will be wanted next:
  /// its beginning is asked for from memory while the end of this one is multiplied, and until then the rest of this one.
  package typealias Panel = @convention(c) (
    _ rows: Int, _ depth: Int, _ a: Source, _ aStride: Int, _ b: Source, _ blocks: Int, _ c: Target, _ cStride: Int,
    _ add: Bool, _ ahead: Source?
  ) -> Void
  /// The same with row r and depth k at `a + offsets[k] + r`: pixels of a padded plain picture.
  package typealias OffsetPanel = @convention(c) (
    _ rows: Int, _ depth: Int, _ a: Source, _ offsets: UnsafePointer<Int>, _ b: Source, _ blocks: Int, _ c: Target,
    _ cStride: Int
  ) -> Void
  /// Turns a square of 16: lane c of row r goes to lane r of row c. Rows from `rows` on count as zero.
  package typealias Turn = @convention(c) (
    _ x: Source, _ rowPitch: Int, _ rows: Int, _ y: Target, _ columnPitch: Int
  ) -> Void
  /// Puts 16 channels of up to 16 tiles, `[count][16]`, into the form that `TurnedPanel` multiplies: `y` is those channels'
  /// strip of a panel of `parts` times 16 tiles, of which this is number `part`. Missing tiles become zero.
  package typealias TurnTiles = @convention(c) (
    _ x: Source, _ count: Int, _ y: Target, _ parts: Int, _ part: Int
  ) -> Void
  /// The transposed product on forward panels: `c[t][i] = Σ_j b[firstChannel + i][j] · g[j][t]` for `channels` rows of `b`,
  /// the whole matrix of `depth` rows of `blocks` output blocks in full panels; `g` is a panel of tiles from `TurnTiles`.
  /// Channel block i of tile t lies at `c + i · cStride + 16 t`, filled up with zeros. `sums` has room for
  /// `[channels][64]`, channels rounded up to 16.
  package typealias TurnedPanel = @convention(c) (
    _ channels: Int, _ b: Source, _ firstChannel: Int, _ depth: Int, _ blocks: Int, _ g: Source, _ parts: Int,
    _ sums: Target, _ c: Target, _ cStride: Int
  ) -> Void
  /// `c[i][16 j + l] = (add ? c[i][16 j + l] : 0) + Σ_k a[k][i] · b[j][k][l]` for 16 inputs i and `blocks` output blocks j,
  /// which lie `bStride` floats apart in b; rows of c are `cPitch` floats apart.
  package typealias Outer = @convention(c) (
    _ depth: Int, _ a: Source, _ b: Source, _ bStride: Int, _ blocks: Int, _ c: Target, _ cPitch: Int, _ add: Bool
  ) -> Void

  package init(
    panel: Panel, offsetPanel: OffsetPanel, turnedPanel: TurnedPanel, turn: Turn, turnTiles: TurnTiles,
    doublePanel: Panel, doubleOffsetPanel: OffsetPanel, outer: Outer
  ) {
    self.outer = outer
    self.panel = panel
    self.offsetPanel = offsetPanel
    self.doublePanel = doublePanel
    self.doubleOffsetPanel = doubleOffsetPanel
    self.turnedPanel = turnedPanel
    self.turn = turn
    self.turnTiles = turnTiles
  }

  package let panel: Panel
  package let offsetPanel: OffsetPanel
  package let turnedPanel: TurnedPanel
  package let turn: Turn
  package let turnTiles: TurnTiles
  /// `panel` with sums in double precision, rounded once: the same bytes on every instruction set.
  package let doublePanel: Panel
  package let doubleOffsetPanel: OffsetPanel
  package let outer: Outer
}
