import Images
import TestSupport
import Testing

/// The same colors come out, whatever space a file stores them in.
@Suite struct ColorTests {
  /// What a person sees in all of them.
  static let seen = PixelColor(red: 204, green: 29, blue: 24)
  /// The same numbers with sRGB's curve, which is not quite that of an exponent of 2.2.
  static let seenOfPoints = PixelColor(red: 202, green: 35, blue: 32)
  static let inP3 = PixelColor(red: 186, green: 53, blue: 43)
  static let signature = [UInt8]("ICC_PROFILE\0".utf8)

  private func color(of bytes: [UInt8], alpha: AlphaHandling = .drop) throws -> (PixelColor, [String]) {
    let decoded = try Picture.decode(bytes, name: "a", alpha: alpha)
    return (decoded.picture[0, 0], decoded.warnings)
  }

  private func expect(
    _ bytes: [UInt8], _ expected: PixelColor, within tolerance: Int = 2, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let (found, warnings) = try color(of: bytes)
    let difference = zip([found.red, found.green, found.blue], [expected.red, expected.green, expected.blue])
      .map { abs(Int($0) - Int($1)) }.max() ?? 256
    #expect(difference <= tolerance, "\(found)", sourceLocation: sourceLocation)
    #expect(warnings.isEmpty, sourceLocation: sourceLocation)
  }

  private func plain(_ color: PixelColor) -> Picture { Picture(width: 5, height: 3, color: color) }

  @Test func aPNGsProfileIsApplied() throws {
    try expect(Made.png(plain(Self.inP3), Made.profileChunk(Made.displayP3)), Self.seen)
    let green = plain(PixelColor(red: 30, green: 175, blue: 34))
    let (found, _) = try color(of: Made.png(green, Made.profileChunk(Made.swapped)))
    #expect(found.red > 150 && found.green < 60)
  }

  @Test func aPNGsGammaAndPrimariesAreApplied() throws {
    let linear = plain(PixelColor(red: 154, green: 3, blue: 2))
    try expect(Made.png(linear, Made.chunk("gAMA", Made.bigEndian(100_000))), Self.seen, within: 7)
    let primaries = [31_270, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000].flatMap { Made.bigEndian($0) }
    try expect(
      Made.png(plain(Self.inP3), Made.chunk("gAMA", Made.bigEndian(45_455)), Made.chunk("cHRM", primaries)), Self.seen,
      within: 4)
    try expect(Made.png(plain(Self.inP3), Made.chunk("cHRM", primaries)), Self.seenOfPoints)
  }

  @Test(arguments: [[12, 13, 0, 1], [12, 13, 0, 7]] as [[UInt8]])
  func aPNGsCodePointsAreApplied(points: [UInt8]) throws {
    try expect(Made.png(plain(Self.inP3), Made.chunk("cICP", points)), Self.seenOfPoints)
  }

  @Test func codePointsCountBeforeAProfileAndThatBeforeGamma() throws {
    let gamma = Made.chunk("gAMA", Made.bigEndian(100_000))
    let profile = Made.profileChunk(Made.swapped)
    try expect(Made.png(plain(Self.inP3), gamma, profile, Made.chunk("cICP", [12, 13, 0, 1])), Self.seenOfPoints)
    try expect(Made.png(plain(Self.inP3), gamma, Made.profileChunk(Made.displayP3)), Self.seen)
    // Points without a meaning are as good as none.
    try expect(Made.png(plain(Self.inP3), Made.profileChunk(Made.displayP3), Made.chunk("cICP", [2, 2, 0, 1])), Self.seen)
    try expect(Made.png(plain(Self.seen), Made.chunk("sRGB", [0]), gamma), Self.seen, within: 0)
  }

  static let alreadySRGB: [[UInt8]] = [
    [], Made.chunk("sRGB", [0]), Made.chunk("gAMA", Made.bigEndian(45_455)), Made.chunk("gAMA", Made.bigEndian(45_000)),
    Made.chunk("gAMA", Made.bigEndian(0)), Made.chunk("gAMA", [1, 2]), Made.chunk("cICP", [1, 13, 0, 1]),
    Made.chunk("cHRM", [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000].flatMap { Made.bigEndian($0) }),
  ]

  @Test(arguments: alreadySRGB)
  func whatIsSRGBStaysToTheByte(chunk: [UInt8]) throws {
    let picture = EncodingTests.noise(width: 40, height: 40)
    let decoded = try Picture.decode(try Made.png(picture, chunk), name: "a.png")
    #expect(decoded.picture == picture && decoded.warnings.isEmpty)
  }

  @Test func highDynamicRangeIsCutToWhitePaperAndSaysSo() throws {
    // PQ 58 % is 203 cd/m², HLG 75 %.
    for (transfer, level) in [(16, 148), (18, 191)] as [(UInt8, UInt8)] {
      let gray = plain(PixelColor(red: level, green: level, blue: level))
      let (white, warnings) = try color(of: Made.png(gray, Made.chunk("cICP", [9, transfer, 0, 1])))
      #expect(min(white.red, white.green, white.blue) >= 250 && warnings.count == 1)
      let (brighter, _) = try color(of: Made.png(plain(.white), Made.chunk("cICP", [9, transfer, 0, 1])))
      #expect(min(brighter.red, brighter.green, brighter.blue) == 255)
    }
  }

  @Test func narrowRangeIsWidened() throws {
    let bytes = try Made.png(plain(PixelColor(red: 235, green: 16, blue: 16)), Made.chunk("cICP", [1, 13, 0, 0]))
    try expect(bytes, PixelColor(red: 255, green: 0, blue: 0))
  }

  @Test func transparencyIsNoColor() throws {
    let opacity = 0x8000
    let samples = [186, 53, 43].map { $0 * 257 } + [opacity]
    let deep = Made.deepRow(samples, channels: 4, Made.profileChunk(Made.displayP3))
    try expect(deep, Self.seen)
    let (over, _) = try color(of: deep, alpha: .over(.black))
    #expect(abs(Int(over.red) - 102) <= 2 && over.green < 18)
  }

  /// Eight bits of linear light have three levels where sixteen have a hundred.
  @Test func sixteenBitsAreConvertedBeforeTheyAreCut() throws {
    let dark = (0..<64).flatMap { index in [index * 16, index * 16, index * 16] }
    let bytes = Made.deepRow(dark, channels: 3, Made.chunk("gAMA", Made.bigEndian(100_000)))
    let picture = try Picture.decode(bytes, name: "a.png").picture
    #expect(Set((0..<picture.width).map { picture[$0, 0].red }).count > 25)
  }

  @Test func aGrayProfileIsAppliedToGrayPixels() throws {
    let profile = Made.profileChunk(Made.grayProfile(gamma: 1))
    for name in ["gray8.png", "gray16.png", "gray4.png", "grayalpha8.png", "gray8_interlaced.png"] {
      let bytes = try Fixtures.bytes("images/formats/\(name)")
      let before = try Picture.decode(bytes, name: name).picture
      let decoded = try Picture.decode(bytes[..<33] + profile + bytes[33...], name: name)
      #expect(decoded.warnings.isEmpty && decoded.picture != before, "\(name)")
      #expect(stride(from: 0, to: decoded.picture.pixels.count, by: 3).allSatisfy {
        decoded.picture.pixels[$0] == decoded.picture.pixels[$0 + 2] && decoded.picture.pixels[$0] >= before.pixels[$0]
      }, "\(name)")
    }
  }

  @Test func aJPEGsProfileIsAppliedInWhateverParts() throws {
    let jpeg = try Fixtures.bytes("images/formats/444.jpg")
    let before = try Picture.decode(jpeg, name: "a.jpg").picture
    let expected = try Picture.decode(Made.png(before, Made.profileChunk(Made.displayP3)), name: "a.png").picture
    #expect(expected != before)
    for size in [65_000, 300, 17] {
      let segments = Made.profileSegments(Made.displayP3, size: size)
      let decoded = try Picture.decode(Made.jpeg(jpeg, segments), name: "a.jpg")
      #expect(decoded.picture == expected && decoded.warnings.isEmpty, "\(size)")
      let reversed = Made.profileSegments(Made.displayP3, size: size) { $0.reverse() }
      #expect(try Picture.decode(Made.jpeg(jpeg, reversed), name: "a.jpg").picture == expected, "\(size)")
    }
  }

  @Test func aProfileThatLacksAPartIsSaidAndNotApplied() throws {
    let jpeg = try Fixtures.bytes("images/formats/444.jpg")
    let segments = Made.profileSegments(Made.displayP3, size: 200) { $0.remove(at: 1) }
    let decoded = try Picture.decode(Made.jpeg(jpeg, segments), name: "a.jpg")
    #expect(decoded.picture == (try Picture.decode(jpeg, name: "a.jpg").picture))
    let count = (Made.displayP3.count + 199) / 200
    #expect(decoded.warnings == ["its color profile lacks part 2 of \(count); its colors are taken as sRGB"])
  }

  @Test(arguments: ["cmyk_adobe.jpg", "cmyk_plain.jpg", "ycck_adobe.jpg"])
  func inksAreConvertedByTheirProfile(name: String) throws {
    let bytes = try Fixtures.bytes("images/formats/\(name)")
    let decoded = try Picture.decode(Made.jpeg(bytes, Made.profileSegments(Made.cyanOnly)), name: name)
    #expect(decoded.warnings.isEmpty)
    let pixels = decoded.picture.pixels
    #expect(stride(from: 0, to: pixels.count, by: 3).allSatisfy { abs(Int(pixels[$0]) - Int(pixels[$0 + 1])) <= 1 })
    #expect(Set(pixels).count > 4)
  }

  static let misfits: [(file: String, profile: [UInt8], reason: String)] = [
    ("cmyk_adobe.jpg", Made.displayP3, "its color profile is not of CMYK pixels, as these are"),
    ("444.jpg", Made.cyanOnly, "its color profile is of CMYK pixels, and these are not"),
    ("444.jpg", Made.grayProfile(gamma: 1), "its color profile is of gray pixels, and these are colored"),
    ("444.jpg", [1, 2, 3], "its color profile is damaged"),
    ("444.jpg", Array(Made.displayP3.prefix(200)), "its color profile is damaged"),
  ]

  @Test(arguments: misfits.indices)
  func aProfileThatDoesNotFitIsSaid(index: Int) throws {
    let (file, profile, reason) = Self.misfits[index]
    let bytes = try Fixtures.bytes("images/formats/\(file)")
    let decoded = try Picture.decode(Made.jpeg(bytes, Made.profileSegments(profile)), name: file)
    #expect(decoded.picture == (try Picture.decode(bytes, name: file).picture))
    #expect(decoded.warnings == [reason + "; its colors are taken as sRGB"])
  }

  @Test func damagedColorChunksAreSaidAndNeverRefused() throws {
    let picture = EncodingTests.noise(width: 6, height: 6)
    for chunk in [
      Made.chunk("iCCP", [1, 2, 3]), Made.chunk("iCCP", [UInt8]("name\0\0garbage".utf8)), Made.chunk("iCCP"),
      Made.chunk("cICP", [200, 13, 0, 1]), Made.chunk("cHRM", [UInt8](repeating: 0, count: 32)),
      Made.profileChunk(Array(Made.displayP3.prefix(140))),
    ] {
      let decoded = try Picture.decode(try Made.png(picture, chunk), name: "a.png")
      #expect(decoded.picture == picture)
      #expect(decoded.warnings.count == 1 && decoded.warnings[0].hasSuffix("; its colors are taken as sRGB"))
    }
  }
}
