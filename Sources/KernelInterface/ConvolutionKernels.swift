/// What a 3×3 convolution needs beside the matrix product.
package struct ConvolutionKernels: Sendable {
  /// Copies pixels `first ..< first + count` of a plane, shifted by `(dy, dx)`; outside the plane lies zero.
  package typealias Gather = @convention(c) (
    _ plane: Source, _ height: Int, _ width: Int, _ dy: Int, _ dx: Int, _ first: Int, _ count: Int, _ into: Target
  ) -> Void
  /// `c = activation(c + bias)` in place over `pixels` pixels of one block; no bias where it is nil. `signs` gets a word for
  /// each lane of 32 pixels: bit i is set where the result of pixel i is at most zero.
  package typealias Finish = @convention(c) (
    _ c: Target, _ pixels: Int, _ bias: Source?, _ activation: Int, _ signs: Target?
  ) -> Void
  /// `out = g · activation'` over `pixels` pixels of a block, by the signs that `Finish` wrote.
  package typealias Mask = @convention(c) (
    _ g: Source, _ signs: Source, _ out: Target, _ pixels: Int, _ activation: Int
  ) -> Void
  /// The signs of a plane by tiles, row by row: a word for each lane of a tile, bit i · tileWidth + j.
  package typealias Signs = @convention(c) (
    _ y: Source, _ height: Int, _ width: Int, _ tileHeight: Int, _ tileWidth: Int, _ signs: Target
  ) -> Void
  /// Adjoint of `Gather` of a whole plane: adds to `into`.
  package typealias Scatter = @convention(c) (
    _ from: Source, _ height: Int, _ width: Int, _ dy: Int, _ dx: Int, _ into: Target
  ) -> Void

  package init(
    gather: Gather, scatter: Scatter, finish: Finish, mask: Mask, signs: Signs, winograd: WinogradKernels,
    smallWinograd: WinogradKernels, winogradWeightGradient: WinogradKernels.WeightGradient
  ) {
    self.gather = gather
    self.scatter = scatter
    self.finish = finish
    self.mask = mask
    self.signs = signs
    self.winograd = winograd
    self.smallWinograd = smallWinograd
    self.winogradWeightGradient = winogradWeightGradient
  }

  package let gather: Gather
  package let scatter: Scatter
  package let finish: Finish
  package let mask: Mask
  package let signs: Signs
  /// F(4×4, 3×3).
  package let winograd: WinogradKernels
  /// F(2×2, 3×3).
  package let smallWinograd: WinogradKernels
  /// Of F(4×4, 3×3).
  package let winogradWeightGradient: WinogradKernels.WeightGradient
}
