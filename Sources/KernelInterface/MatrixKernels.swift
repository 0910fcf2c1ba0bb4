/// Matrix products on blocked data.
package struct MatrixKernels: Sendable {
  /// `c[j][r] = (add ? c[j][r] : 0) + Σ_k a[k][r] · b[k][j]` for `rows` pixels and one weight panel.
  ///
  /// `a` holds blocks of `[rows][16]`, `aStride` floats apart; `depth` counts single channels. `b` is `[depth][16 · blocks]`.
  /// Output block j of row r lies at `c + j · cStride + 16 r`.
  package typealias Panel = @convention(c) (
    _ rows: Int, _ depth: Int, _ a: Source, _ aStride: Int, _ b: Source, _ blocks: Int, _ c: Target, _ cStride: Int,
    _ add: Bool
  ) -> Void
  /// The same with row r and depth k at `a + offsets[k] + r`: pixels of a padded plain picture.
  package typealias OffsetPanel = @convention(c) (
    _ rows: Int, _ depth: Int, _ a: Source, _ offsets: UnsafePointer<Int>, _ b: Source, _ blocks: Int, _ c: Target,
    _ cStride: Int
  ) -> Void
  /// The transposed product on forward panels: `c[r][i] = Σ_j a[j][r] · b[firstChannel + i][j]` for `channels` of one
  /// block's 16 channels (the others become zero). `b` is the whole matrix, `depth` rows of
  /// `blocks` output blocks; `a` holds those blocks, `aStride` apart.
  package typealias RowProducts = @convention(c) (
    _ rows: Int, _ channels: Int, _ a: Source, _ aStride: Int, _ b: Source, _ firstChannel: Int, _ depth: Int,
    _ blocks: Int, _ c: Target
  ) -> Void

  package init(
    panel: Panel, offsetPanel: OffsetPanel, rowProducts: RowProducts, doublePanel: Panel, doubleOffsetPanel: OffsetPanel
  ) {
    self.panel = panel
    self.offsetPanel = offsetPanel
    self.doublePanel = doublePanel
    self.doubleOffsetPanel = doubleOffsetPanel
    self.rowProducts = rowProducts
  }

  package let panel: Panel
  package let offsetPanel: OffsetPanel
  package let rowProducts: RowProducts
  /// `panel` with sums in double precision, rounded once: the same bytes on every instruction set.
  package let doublePanel: Panel
  package let doubleOffsetPanel: OffsetPanel
}
