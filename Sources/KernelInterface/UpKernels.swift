/// What the up layer needs beside the matrix product; see `UpTransforms.swift` for the formulas.
package struct UpKernels: Sendable {
  /// Rows `first ..< first + count` of the grid of `(height + 1) · (width + 1)` points: the plane itself (s) and its
  /// differences to the left, upper and upper left (e). Planes ee, es, se, ss lie `stride` floats apart.
  package typealias Input = @convention(c) (
    _ x: Source, _ height: Int, _ width: Int, _ first: Int, _ count: Int, _ v: Target, _ stride: Int
  ) -> Void
  /// Nine products, `stride` floats apart, of rows `first ..< first + count` (the first at `m`) to twice the rows of y.
  package typealias Output = @convention(c) (
    _ m: Source, _ stride: Int, _ width: Int, _ first: Int, _ count: Int, _ y: Target
  ) -> Void
  /// Adjoint of `Output`.
  package typealias GradientInput = @convention(c) (
    _ g: Source, _ width: Int, _ first: Int, _ count: Int, _ m: Target, _ stride: Int
  ) -> Void
  /// Adjoint of `Input`, for all rows: `v` is the grid.
  package typealias GradientOutput = @convention(c) (
    _ v: Source, _ stride: Int, _ height: Int, _ width: Int, _ first: Int, _ count: Int, _ gx: Target
  ) -> Void
  /// Rows `first ..< first + count` of the plane smoothed by [1 2 1] ⊗ [1 2 1] / 16, zeros around it.
  package typealias Blur = @convention(c) (
    _ x: Source, _ height: Int, _ width: Int, _ first: Int, _ count: Int, _ out: Target
  ) -> Void
  /// Transforms tiles `first ..< first + count` of one plane: plane k of tile t to `v + k · stride + 16 (t - first)`. With
  /// `factors`, two for each lane, `f₀ x + f₁` is transformed. `height` and `width` are those of `x`; see
  /// `UpTileTransforms.swift`.
  package typealias TileInput = @convention(c) (
    _ x: Source, _ factors: Source?, _ height: Int, _ width: Int, _ tilesPerRow: Int, _ first: Int, _ count: Int,
    _ v: Target, _ stride: Int
  ) -> Void
  package typealias TileGradientInput = @convention(c) (
    _ x: Source, _ height: Int, _ width: Int, _ tilesPerRow: Int, _ first: Int, _ count: Int, _ v: Target, _ stride: Int
  ) -> Void
  /// The way back; `height` and `width` are those of `y`.
  package typealias TileOutput = @convention(c) (
    _ m: Source, _ stride: Int, _ y: Target, _ height: Int, _ width: Int, _ tilesPerRow: Int, _ first: Int,
    _ count: Int
  ) -> Void

  package init(
    input: Input, output: Output, gradientInput: GradientInput, gradientOutput: GradientOutput, blur: Blur,
    tileInput: TileInput, tileOutput: TileOutput, tileGradientInput: TileGradientInput, tileGradientOutput: TileOutput,
    tileWeightInput: TileGradientInput
  ) {
    self.tileWeightInput = tileWeightInput
    self.input = input
    self.output = output
    self.gradientInput = gradientInput
    self.gradientOutput = gradientOutput
    self.blur = blur
    self.tileInput = tileInput
    self.tileOutput = tileOutput
    self.tileGradientInput = tileGradientInput
    self.tileGradientOutput = tileGradientOutput
  }

  package let input: Input
  package let output: Output
  package let gradientInput: GradientInput
  package let gradientOutput: GradientOutput
  package let blur: Blur
  package let tileInput: TileInput
  package let tileOutput: TileOutput
  package let tileGradientInput: TileGradientInput
  package let tileGradientOutput: TileOutput
  /// The adjoint of `tileGradientOutput`, from the small map to 16 planes.
  package let tileWeightInput: TileGradientInput
}
