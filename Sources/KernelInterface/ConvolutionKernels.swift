/// What a 3×3 convolution needs beside the matrix product.
package struct ConvolutionKernels: Sendable {
  /// Copies pixels `first ..< first + count` of a plane, shifted by `(dy, dx)`; outside the plane lies zero.
  package typealias Gather = @convention(c) (
    _ plane: Source, _ height: Int, _ width: Int, _ dy: Int, _ dx: Int, _ first: Int, _ count: Int, _ into: Target
  ) -> Void
  /// `c = activation(c + bias)` in place over `pixels` pixels of one block; no bias where it is nil.
  package typealias Finish = @convention(c) (
    _ c: Target, _ pixels: Int, _ bias: Source?, _ activation: Int
  ) -> Void
  /// `out = g · activation'(y)` over `pixels` pixels of a block.
  package typealias Mask = @convention(c) (
    _ g: Source, _ y: Source, _ out: Target, _ pixels: Int, _ activation: Int
  ) -> Void
  /// Transforms tiles `first ..< first + count` of one plane (`tilesPerRow` 4×4 tiles a row) to 36 positions:
  /// position ξ of tile t goes to `v + ξ · stride + 16 (t - first)`. With `y`, the plane is first multiplied by
  /// `activation'(y)`.
  package typealias WinogradInput = @convention(c) (
    _ x: Source, _ y: Source?, _ activation: Int, _ height: Int, _ width: Int, _ tilesPerRow: Int, _ first: Int,
    _ count: Int, _ v: Target, _ stride: Int
  ) -> Void
  /// The way back, with bias and activation.
  package typealias WinogradOutput = @convention(c) (
    _ m: Source, _ stride: Int, _ y: Target, _ height: Int, _ width: Int, _ tilesPerRow: Int, _ first: Int,
    _ count: Int, _ bias: Source?, _ activation: Int
  ) -> Void
  /// Adjoint of `WinogradOutput` without bias; `y` as in `WinogradInput`.
  package typealias WinogradGradientInput = WinogradInput
  /// Adjoint of `WinogradInput` for all tiles of a plane.
  package typealias WinogradGradientOutput = @convention(c) (
    _ v: Source, _ stride: Int, _ gx: Target, _ height: Int, _ width: Int, _ tilesPerRow: Int, _ count: Int
  ) -> Void
  /// Adjoint of `Gather` of a whole plane: adds to `into`.
  package typealias Scatter = @convention(c) (
    _ from: Source, _ height: Int, _ width: Int, _ dy: Int, _ dx: Int, _ into: Target
  ) -> Void

  package init(
    gather: Gather, scatter: Scatter, finish: Finish, mask: Mask, winogradInput: WinogradInput,
    winogradOutput: WinogradOutput, winogradGradientInput: WinogradGradientInput,
    winogradGradientOutput: WinogradGradientOutput
  ) {
    self.gather = gather
    self.scatter = scatter
    self.finish = finish
    self.mask = mask
    self.winogradInput = winogradInput
    self.winogradOutput = winogradOutput
    self.winogradGradientInput = winogradGradientInput
    self.winogradGradientOutput = winogradGradientOutput
  }

  package let gather: Gather
  package let scatter: Scatter
  package let finish: Finish
  package let mask: Mask
  package let winogradInput: WinogradInput
  package let winogradOutput: WinogradOutput
  package let winogradGradientInput: WinogradGradientInput
  package let winogradGradientOutput: WinogradGradientOutput
}
