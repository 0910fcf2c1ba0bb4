/// The transforms of a Winograd convolution F(n×n, 3×3), whose tiles of n×n outputs have (n + 2)² positions.
package struct WinogradKernels: Sendable {
  /// Transforms tiles `first ..< first + count` of one plane (`tilesPerRow` a row) to their positions:
  /// position ξ of tile t goes to `v + ξ · stride + 16 (t - first)`. The plane is changed on the way: with `y`, the signs
  /// that `Output` wrote, to `x · activation'`; with `factors`, two for each lane, to `f₀ x + f₁`; with both, `y` like x
  /// and three factors for each lane, to `(f₀ x + f₁ y + f₂) · lrelu'(y)`.
  package typealias Input = @convention(c) (
    _ x: Source, _ y: Source?, _ activation: Int, _ factors: Source?, _ height: Int, _ width: Int, _ tilesPerRow: Int,
    _ first: Int, _ count: Int, _ v: Target, _ stride: Int
  ) -> Void
  /// The way back, with bias and activation. `signs` gets a word for each lane of each tile of the plane: bit n i + j is set
  /// where the result at (i, j) of the tile is at most zero.
  package typealias Output = @convention(c) (
    _ m: Source, _ stride: Int, _ y: Target, _ height: Int, _ width: Int, _ tilesPerRow: Int, _ first: Int,
    _ count: Int, _ bias: Source?, _ activation: Int, _ signs: Target?
  ) -> Void
  /// Adjoint of `Output` without bias; the change as in `Input`.
  package typealias GradientInput = Input
  /// Adjoint of `Input` for all tiles of a plane.
  package typealias GradientOutput = @convention(c) (
    _ v: Source, _ stride: Int, _ gx: Target, _ height: Int, _ width: Int, _ tilesPerRow: Int, _ count: Int
  ) -> Void
  /// Transforms kernels of 16 outputs, `taps` being `[9][16]`: position ξ to `out + ξ · stride`.
  package typealias Weights = @convention(c) (_ taps: Source, _ out: Target, _ stride: Int) -> Void
  /// The adjoint of `Weights`.
  package typealias WeightGradient = @convention(c) (_ u: Source, _ stride: Int, _ taps: Target) -> Void

  package init(
    input: Input, output: Output, gradientInput: GradientInput, gradientOutput: GradientOutput, weights: Weights
  ) {
    self.input = input
    self.output = output
    self.gradientInput = gradientInput
    self.gradientOutput = gradientOutput
    self.weights = weights
  }

  package let input: Input
  package let output: Output
  package let gradientInput: GradientInput
  package let gradientOutput: GradientOutput
  package let weights: Weights
}
