internal import CWebPMux

/// Pictures of one size that are shown one after the other, there and back, again and again. Each is held as an encoded file
/// only.
package struct WebPAnimation: Sendable {
  /// The longest side a WebP may have.
  private static let longestSide = 16383
  private static let quality: Float = 90
  /// There, or back, in milliseconds, if the number of frames allows.
  private static let sweep = 1600
  private static let frameRange = 40...250

  /// What the file says of when the photograph was taken.
  private let captureDate: CaptureDate?
  private var frames: [[UInt8]] = []
  private var size: (width: Int, height: Int)?

  package init(captureDate: CaptureDate? = nil) {
    self.captureDate = captureDate
  }

  package var count: Int { frames.count }

  /// - Parameter alpha: a byte for each pixel; nil where all are opaque.
  /// - Throws: `ImageError` when the picture is too large for the format, or memory runs out.
  /// - Precondition: all pictures have one size.
  package mutating func add(_ picture: Picture, alpha: [UInt8]? = nil, name: String = "animation") throws(ImageError) {
    precondition(size.map { $0 == (picture.width, picture.height) } ?? true, "a frame of another size")
    precondition(alpha.map { $0.count * 3 == picture.pixels.count } ?? true, "an alpha channel of another size")
    guard max(picture.width, picture.height) <= Self.longestSide else {
      throw ImageError(
        name: name, kind: .invalidSize("\(picture.width)×\(picture.height) pixels are more than a WebP can hold"))
    }
    size = (picture.width, picture.height)
    var pixels = picture.pixels
    if let alpha {
      pixels = alpha.indices.flatMap { [picture.pixels[$0 * 3], picture.pixels[$0 * 3 + 1], picture.pixels[$0 * 3 + 2], alpha[$0]] }
    }
    var bytes: UnsafeMutablePointer<UInt8>?
    var count = 0
    let status = unsafe cwebpmux_encode(
      pixels, Int32(picture.width), Int32(picture.height), alpha == nil ? 3 : 4, Self.quality, &bytes, &count)
    frames.append(try unsafe Self.taken(status, bytes, count, name))
  }

  /// The file of some of the frames, in this order and back; nil for all of them.
  ///
  /// - Throws: `ImageError` when memory runs out.
  /// - Precondition: at least one frame.
  package func bytes(of chosen: [Int]? = nil, name: String = "animation") throws(ImageError) -> [UInt8] {
    let there = chosen ?? Array(frames.indices)
    precondition(!there.isEmpty, "an animation without frames")
    let order = there + there.dropFirst().dropLast().reversed()
    let pause = min(max(Self.sweep / max(1, there.count - 1), Self.frameRange.lowerBound), Self.frameRange.upperBound)
    // The ends are looked at a little longer.
    let times = order.indices.map { Int32($0 == 0 || $0 == there.count - 1 ? 3 * pause : pause) }
    let all = order.flatMap { frames[$0] }, sizes = order.map { frames[$0].count }
    let exif = captureDate?.exif ?? []
    var bytes: UnsafeMutablePointer<UInt8>?
    var count = 0
    let status = unsafe cwebpmux_animate(all, sizes, times, sizes.count, exif, exif.count, &bytes, &count)
    return try unsafe Self.taken(status, bytes, count, name)
  }

  private static func taken(
    _ status: Int32, _ bytes: UnsafeMutablePointer<UInt8>?, _ count: Int, _ name: String
  ) throws(ImageError) -> [UInt8] {
    guard Int(status) == CWEBPMUX_OK, let bytes = unsafe bytes else {
      throw ImageError(
        name: name, kind: Int(status) == CWEBPMUX_MEMORY ? .outOfMemory : .corrupt("libwebp refused to encode the animation"))
    }
    defer { unsafe cwebpmux_free(bytes) }
    return unsafe [UInt8](UnsafeBufferPointer(start: bytes, count: count))
  }
}
