import CPNG
import PrintableText

extension Picture {
  /// Encodes the picture as an RGB PNG; the same picture and text give the same bytes with the same zlib.
  ///
  /// - Parameter text: pairs of keyword (1–79 Latin letters, digits or spaces) and text, stored as uncompressed iTXt.
  /// - Throws: `ImageError` when a keyword or text is not allowed in a PNG or memory runs out.
  package func pngBytes(text: [(keyword: String, text: String)] = [], name: String = "picture") throws(ImageError)
    -> [UInt8]
  {
    try encodedPNG(pixels, width: width, height: height, channels: 3, text: text, name: name)
  }

  /// Encodes a photograph: a PNG that says it is sRGB and upright, and when the camera took it; nothing else of what a
  /// camera tells, such as the place.
  ///
  /// - Parameter alpha: a byte for each pixel, 255 opaque; nil where all are.
  /// - Throws: `ImageError` unless there are `width * height` of them, and as `pngBytes`.
  package func photographBytes(
    alpha: [UInt8]? = nil, captureDate: CaptureDate?, name: String = "picture"
  ) throws(ImageError) -> [UInt8] {
    let samples = try alpha.map { (alpha) throws(ImageError) in try mixed(with: alpha, name: name) } ?? pixels
    return try encodedPNG(
      samples, width: width, height: height, channels: alpha == nil ? 3 : 4, text: [], exif: captureDate?.exif ?? [],
      isPhotograph: true, name: name)
  }

  /// Encodes the picture with an alpha channel.
  ///
  /// - Parameter alpha: a byte for each pixel, 255 opaque.
  /// - Throws: `ImageError` unless there are `width * height` of them, and as `pngBytes`.
  package func pngBytes(alpha: [UInt8], name: String = "picture") throws(ImageError) -> [UInt8] {
    try encodedPNG(mixed(with: alpha, name: name), width: width, height: height, channels: 4, text: [], name: name)
  }

  private func mixed(with alpha: [UInt8], name: String) throws(ImageError) -> [UInt8] {
    guard alpha.count * 3 == pixels.count else {
      throw ImageError(
        name: name, kind: .invalidSize("\(alpha.count) bytes are no alpha channel of \(width)×\(height) pixels"))
    }
    var samples: [UInt8] = []
    samples.reserveCapacity(alpha.count * 4)
    for index in alpha.indices { samples += [pixels[index * 3], pixels[index * 3 + 1], pixels[index * 3 + 2], alpha[index]] }
    return samples
  }
}

/// Encodes rows of gray bytes as an 8-bit gray PNG.
///
/// - Throws: `ImageError` unless both sides are at least 1 and there are `width * height` bytes, and as `pngBytes`.
package func grayPNGBytes(
  _ values: [UInt8], width: Int, height: Int, name: String = "picture"
) throws(ImageError) -> [UInt8] {
  guard width > 0, height > 0, values.count / width == height, values.count % width == 0 else {
    throw ImageError(
      name: name, kind: .invalidSize("\(values.count) bytes are no gray picture of \(width)×\(height) pixels"))
  }
  return try encodedPNG(values, width: width, height: height, channels: 1, text: [], name: name)
}

private func encodedPNG(
  _ pixels: [UInt8], width: Int, height: Int, channels: CInt, text: [(keyword: String, text: String)],
  exif: [UInt8] = [], isPhotograph: Bool = false, name: String
) throws(ImageError) -> [UInt8] {
  for (keyword, text) in text {
    let isPrintable = keyword.utf8.allSatisfy { (0x20..<0x7f).contains($0) }
    guard isPrintable, (1...79).contains(keyword.utf8.count), !text.utf8.contains(0) else {
      let shown = printable(keyword)
      throw ImageError(name: name, kind: .invalidSize("'\(shown)' with its text cannot be stored in a PNG"))
    }
  }
  guard width <= Int(Int32.max), height <= Int(Int32.max) else {
    throw ImageError(name: name, kind: .invalidSize("\(width)×\(height) pixels are more than a PNG can hold"))
  }
  let strings = text.flatMap { pair -> [UInt8] in Array(pair.keyword.utf8) + [0] + Array(pair.text.utf8) + [0] }
  var outcome = cpng_outcome()
  var encoded: UnsafeMutablePointer<UInt8>?
  var count = 0
  unsafe pixels.withUnsafeBufferPointer { input in
    unsafe strings.withUnsafeBufferPointer { strings in
      unsafe exif.withUnsafeBufferPointer { exif in
        outcome = unsafe cpng_encode(
          input.baseAddress, UInt32(width), UInt32(height), channels, strings.baseAddress, text.count,
          isPhotograph ? 1 : 0, exif.baseAddress, exif.count, Int(Int32.max), &encoded, &count)
      }
    }
  }
  defer { unsafe cpng_free(encoded) }
  switch Int(outcome.status) {
  case CPNG_OK:
    return unsafe [UInt8](UnsafeBufferPointer(start: encoded, count: count))
  case CPNG_MEMORY: throw ImageError(name: name, kind: .outOfMemory)
  default: throw ImageError(name: name, kind: .corrupt(message(in: outcome.message)))
  }
}
