package import Tensors

/// Where a growing generator or discriminator is: which side it works at, and how much of the one before still shows.
///
/// Source: Karras et al. 2018, section 2; numbers in `Fixtures/training/growing.safetensors`.
package struct GrowthStage: Sendable, Equatable {
  /// Side of the pictures.
  package let side: Int
  /// The share of the old part while the newest block is being faded in, from 1 (only the old) to 0 (only the new).
  package let fade: Double

  package init(side: Int, fade: Double = 0) {
    self.side = side
    self.fade = fade
  }

  /// Blocks of a generator that run.
  package var blocks: Int { side.trailingZeroBitCount - 1 }
  /// Layers of a generator that run, and rows of a code that are used.
  package var layers: Int { 2 * blocks }

  func check(_ operation: String, resolution: Int) throws(ShapeError) {
    guard side >= 4, side <= resolution, side.nonzeroBitCount == 1, fade >= 0, fade < 1, fade == 0 || side > 4 else {
      throw ShapeError(operation, "a stage of side \(side), fading \(fade); the full side is \(resolution)")
    }
  }

  /// A real picture as it looks at this stage: while fading partly without its finest detail.
  ///
  /// - Parameter pictures: `[batch, 3, side, side]`.
  package func faded(_ pictures: Tensor) throws -> Tensor {
    guard fade > 0 else { return pictures }
    return try blend(pictures, upsampleNearest(averagePool(pictures)))
  }

  func blend(_ new: Tensor, _ old: Tensor) throws -> Tensor { try new * Float(1 - fade) + old * Float(fade) }
}
