import Images
import TestSupport
import Testing

/// What is heard of a picture while it is decoded is what it will be.
@Suite struct PixelListenerTests {
  /// Each time all pixels that were final.
  private func heard(_ path: String, alpha: AlphaHandling = .drop) throws -> (heard: [[UInt8]], picture: Picture) {
    var heard: [[UInt8]] = []
    let decoded = try Picture.decode(Fixtures.bytes(path), name: path, alpha: alpha) { pixels in
      // Rows are many; a few of them are as good.
      guard heard.isEmpty || pixels.byteCount > heard[heard.count - 1].count + 5000 else { return }
      heard.append(pixels.withUnsafeBytes { [UInt8]($0) })
    }
    return (heard, decoded.picture)
  }

  @Test(arguments: ["images/formats/rgb8.png", "images/formats/420.jpg", "images/formats/progressive.jpg", "align/photos/several.png",
    "align/photos/gray.png", "align/formats/wide.jpg", "images/phone/p3_lossy.jpg", "portraits/usb_0070_whole.jpg", "align/photos/one_exif6.jpg",
    "images/formats/orientation6.jpg"])
  func itIsTheBeginningOfThePicture(path: String) throws {
    let (heard, picture) = try heard(path)
    #expect(!heard.isEmpty)
    for pixels in heard { #expect(picture.pixels.starts(with: pixels)) }
  }

  @Test(arguments: ["images/formats/cmyk_adobe.jpg", "images/formats/palette4_trns_interlaced.png"])
  func nothingIsSaidOfRowsThatStillChange(path: String) throws {
    #expect(try heard(path).heard.isEmpty)
  }

  @Test func transparencyIsLaidOverItsColorFirst() throws {
    #expect(try heard("images/formats/rgba16.png", alpha: .over(.white)).heard.isEmpty)
    let (heard, picture) = try heard("images/odd/cat_rgba.png")
    #expect(!heard.isEmpty && heard.allSatisfy { picture.pixels.starts(with: $0) })
  }
}
