/// What decoding may cost. All are checked before memory is taken or time is spent.
package struct PictureLimits: Equatable, Sendable {
  /// Width times height.
  package var pixels = 100_000_000
  /// Width and height, each. JPEG cannot have more; it bounds what a row of a PNG may cost.
  package var side = 65_535
  /// Scans of a progressive JPEG. Libjpeg-turbo's own fuzzing stops at 100; photographs have about 10.
  package var scans = 100
  /// What libjpeg may hold beside the picture. A progressive picture of 100 million pixels needs 572 MiB for its coefficients.
  package var decoderMemoryInBytes = 640 << 20
  /// Chunks of a PNG, of whatever kind.
  package var chunks = 100_000

  package init() {}

  /// Fewer scans for very large pictures: each scan visits every block, so their product is what costs time.
  func scans(forPixels count: Int) -> Int {
    min(scans, max(20, 2_000_000_000 / max(count, 1)))
  }
}
