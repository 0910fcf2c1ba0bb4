import Images
import TestSupport
import Testing

@Suite struct EncodingTests {
  static func noise(width: Int, height: Int, seed: UInt64 = 7) -> Picture {
    var state = seed
    var picture = Picture(width: width, height: height, color: .black)
    for y in 0..<height {
      for x in 0..<width {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let bits = state >> 40
        picture[x, y] = PixelColor(
          red: UInt8(truncatingIfNeeded: bits), green: UInt8(truncatingIfNeeded: bits >> 8),
          blue: UInt8(truncatingIfNeeded: bits >> 16))
      }
    }
    return picture
  }

  @Test(arguments: [(1, 1), (1, 300), (257, 1), (64, 64), (31, 17)])
  func aPictureSurvivesItsPNG(width: Int, height: Int) throws {
    let picture = Self.noise(width: width, height: height)
    let bytes = try picture.pngBytes()
    #expect(try Picture.decode(bytes, name: "a.png").picture == picture)
    #expect(try picture.pngBytes() == bytes)
  }

  @Test func textIsStoredWithThePicture() throws {
    let picture = Self.noise(width: 4, height: 4)
    let bytes = try picture.pngBytes(text: [("Software", "idinvert"), ("Title", "Äpfel → rot")])
    #expect(try Picture.decode(bytes, name: "a.png").picture == picture)
    let stored = String(decoding: bytes, as: UTF8.self)
    #expect(stored.contains("Software") && stored.contains("Äpfel → rot"))
  }

  @Test(arguments: ["", String(repeating: "k", count: 80), "ö", "a\nb"])
  func aKeywordThatPNGForbidsIsRefused(keyword: String) {
    #expect(refusal {
      try Self.noise(width: 2, height: 2).pngBytes(text: [(keyword, "text")])
    } == "picture: '\(keyword.replacing("\n", with: "\\n"))' with its text cannot be stored in a PNG")
  }

  @Test(arguments: [(0, 1, 0), (-1, -1, 3), (2, 2, 11), (Int.max, 4, 12), (1 << 32, 1 << 32, 0)])
  func pixelsThatDoNotFitTheSizeAreRefused(width: Int, height: Int, count: Int) {
    #expect(refusal {
      try Picture(width: width, height: height, pixels: [UInt8](repeating: 0, count: count))
    } == "picture: \(count) bytes are no RGB picture of \(width)×\(height) pixels")
  }
}
