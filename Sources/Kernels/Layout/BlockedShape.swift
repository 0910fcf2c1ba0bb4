/// The shape of a blocked map: `[batch][blocks][height][width][16]`, lane l of block b is channel 16 b + l.
///
/// Lanes past the last channel are zero: every kernel keeps them so and may rely on it.
package struct BlockedShape: Sendable, Hashable {
  package let batch: Int
  package let channels: Int
  package let height: Int
  package let width: Int

  package init(batch: Int, channels: Int, height: Int, width: Int) {
    precondition(batch > 0 && channels > 0 && height > 0 && width > 0, "a blocked map has no empty dimension")
    self.batch = batch
    self.channels = channels
    self.height = height
    self.width = width
  }

  /// Groups of 16 channels, the last one padded.
  package var blocks: Int { blockCount(channels) }
  package var pixels: Int { height * width }
  package var planes: Int { batch * blocks }
  /// Floats that a buffer needs, padding included.
  package var count: Int { batch * blocks * pixels * 16 }
  /// Floats of the same map in plain `[batch][channels][height][width]`.
  package var plainCount: Int { batch * channels * pixels }
}

func blockCount(_ channels: Int) -> Int { (channels + 15) / 16 }
