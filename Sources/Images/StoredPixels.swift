/// Pixels as a decoder gives them: not yet in sRGB, not yet over a background, not yet upright.
struct StoredPixels {
  enum Layout {
    case rgb, rgba
    /// As Adobe stores it: 255 is no ink.
    case cmyk
  }

  enum Samples {
    case bytes([UInt8])
    /// In the machine's byte order.
    case words([UInt16])
  }

  let width: Int
  let height: Int
  var layout: Layout
  /// Pixel after pixel, rows from the top.
  var samples: Samples
  /// Whether the file has one channel, given here three times.
  let isGray: Bool

  /// Drops the low byte of 16-bit samples.
  mutating func narrow() {
    guard case .words(let words) = samples else { return }
    samples = .bytes(words.map { UInt8($0 >> 8) })
  }

  /// Divides colors by their alpha, which they were multiplied with.
  mutating func unmultiply() {
    switch samples {
    case .bytes(var bytes):
      samples = .bytes([])
      Self.unmultiply(&bytes)
      samples = .bytes(bytes)
    case .words(var words):
      samples = .words([])
      Self.unmultiply(&words)
      samples = .words(words)
    }
  }

  private static func unmultiply<Sample: FixedWidthInteger>(_ pixels: inout [Sample]) {
    for pixel in stride(from: 0, to: pixels.count - 3, by: 4) {
      let alpha = Int(pixels[pixel + 3])
      guard alpha > 0, alpha < Int(Sample.max) else { continue }
      for channel in 0..<3 {
        pixels[pixel + channel] = Sample(clamping: (Int(pixels[pixel + channel]) * Int(Sample.max) + alpha / 2) / alpha)
      }
    }
  }

  /// How opaque each pixel is: 255 where nothing shows through.
  func opacity() -> [UInt8] {
    guard layout == .rgba else { return [UInt8](repeating: 255, count: width * height) }
    return switch samples {
    case .bytes(let bytes): stride(from: 3, to: bytes.count, by: 4).map { bytes[$0] }
    case .words(let words): stride(from: 3, to: words.count, by: 4).map { UInt8(words[$0] >> 8) }
    }
  }

  /// The picture in 8-bit RGB: inks without a profile by the usual formula, transparency over a color or, without one, dropped.
  consuming func flattened(over background: PixelColor?) -> Picture {
    narrow()
    guard case .bytes(var pixels) = samples else { preconditionFailure("narrowed samples are bytes") }
    samples = .bytes([])
    switch layout {
    case .rgb: break
    case .rgba: Self.composite(&pixels, over: background)
    case .cmyk: Self.convertInks(&pixels)
    }
    return Picture(checkedWidth: width, height: height, pixels: pixels)
  }

  /// Turns RGBA into RGB in place.
  private static func composite(_ pixels: inout [UInt8], over color: PixelColor?) {
    let count = pixels.count / 4
    let background = color.map { [Int($0.red), Int($0.green), Int($0.blue)] }
    for pixel in 0..<count {
      let opacity = Int(pixels[pixel * 4 + 3])
      for channel in 0..<3 {
        let sample = pixels[pixel * 4 + channel]
        pixels[pixel * 3 + channel] = background.map { composite(sample, opacity, over: $0[channel]) } ?? sample
      }
    }
    pixels.removeLast(count)
  }

  /// A sample of the given opacity, up to 255, over another one.
  static func composite(_ sample: UInt8, _ opacity: Int, over background: Int) -> UInt8 {
    UInt8((Int(sample) * opacity + background * (255 - opacity) + 127) / 255)
  }

  /// Turns CMYK into RGB in place; the released loader and browsers read files without Adobe's marker so too.
  private static func convertInks(_ pixels: inout [UInt8]) {
    let count = pixels.count / 4
    for pixel in 0..<count {
      let black = Int(pixels[pixel * 4 + 3])
      for channel in 0..<3 {
        pixels[pixel * 3 + channel] = UInt8((Int(pixels[pixel * 4 + channel]) * black + 127) / 255)
      }
    }
    pixels.removeLast(count)
  }
}
