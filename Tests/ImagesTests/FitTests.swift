import Images
import TestSupport
import Testing

@Suite struct FitTests {
  static let tensors = try? FixtureTensors("images/resampled.safetensors")

  static func cat() throws -> Picture {
    try Picture.decode(try Fixtures.bytes("images/odd/cat_palette.png"), name: "cat").picture
  }

  /// Pillow rounds between its two passes; one level is what that can cost.
  @Test(arguments: [17, 48, 110])
  func croppingResamplesAsPillowDoes(side: Int) throws {
    let expected = try #require(Self.tensors).picture("crop\(side)")
    let result = try Self.cat().fitted(to: side, by: .crop)
    #expect(largestDifference(result, expected) <= 1)
    #expect(meanDifference(result, expected) < 0.25)
  }

  @Test func paddingKeepsTheShapeBetweenBars() throws {
    let expected = try #require(Self.tensors).picture("pad48")
    let result = try Self.cat().fitted(to: 48, by: .pad, background: DecodingTests.background)
    #expect(largestDifference(result, expected) <= 1)
    #expect(result[0, 7] == DecodingTests.background && result[47, 40] == DecodingTests.background)
  }

  @Test(arguments: Fit.allCases)
  func aSquareOfTheRightSizeIsUnchanged(fit: Fit) {
    let picture = EncodingTests.noise(width: 40, height: 40)
    #expect(picture.fitted(to: 40, by: fit) == picture)
  }

  @Test(arguments: Fit.allCases, [1, 2, 3, 5, 17, 64])
  func oneColorStaysThatColor(fit: Fit, side: Int) {
    let color = PixelColor(red: 3, green: 250, blue: 129)
    let picture = Picture(width: 31, height: 77, color: color)
    let result = picture.fitted(to: side, by: fit, background: color)
    #expect(result == Picture(width: side, height: side, color: color))
  }

  @Test func reductionDoesNotAlias() {
    var stripes = Picture(width: 640, height: 640, color: .black)
    for y in 0..<640 { for x in stride(from: 0, to: 640, by: 2) { stripes[x, y] = .white } }
    let result = stripes.fitted(to: 100, by: .crop)
    // The plain bilinear resize gives 0 and 255 here; what remains is the cut filter at the border.
    #expect(result.pixels.allSatisfy { abs(Int($0) - 127) <= 8 })
    #expect(stripes.fitted(to: 100, by: .stretch).pixels.contains { abs(Int($0) - 127) > 60 })
  }

  @Test func mirroringCommutesWithFitting() {
    let picture = EncodingTests.noise(width: 90, height: 90)
    for side in [32, 45, 128] {
      let first = picture.oriented(by: .mirrored).fitted(to: side, by: .crop)
      let second = picture.fitted(to: side, by: .crop).oriented(by: .mirrored)
      #expect(largestDifference(first, second) <= 1)
    }
  }

  @Test func turningFourTimesGivesThePictureBack() {
    let picture = EncodingTests.noise(width: 5, height: 3)
    var turned = picture
    for _ in 0..<4 { turned = turned.oriented(by: .needsClockwiseTurn) }
    #expect(turned == picture)
    for orientation in [Orientation.mirrored, .upsideDown, .flipped, .transposed, .transversed] {
      #expect(picture.oriented(by: orientation) != picture)
      #expect(picture.oriented(by: orientation).oriented(by: orientation) == picture)
    }
  }

  @Test func pastingLeavesOutWhatFallsOutside() {
    var picture = Picture(width: 4, height: 4, color: .white)
    let patch = Picture(width: 3, height: 3, color: .black)
    picture.paste(patch, x: -2, y: 3)
    picture.paste(patch, x: 9, y: 0)
    picture.paste(patch, x: 0, y: -3)
    var expected = Picture(width: 4, height: 4, color: .white)
    expected[0, 3] = .black
    #expect(picture == expected)
  }
}
