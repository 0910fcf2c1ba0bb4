import Images
import TestSupport
import Testing

/// Files whose pixels are all there, and whose end is not.
@Suite struct DamagedEndTests {
  static let jpegs = (try? Fixtures.names(in: "images/formats"))?.filter { $0.hasSuffix(".jpg") } ?? []
  static let pngs = (try? Fixtures.names(in: "images/formats"))?.filter { $0.hasSuffix(".png") } ?? []
  /// What a phone appends: a video, a marker that does not exist, its maker's list.
  static let trailer: [UInt8] = [UInt8]("\0\0\0\u{18}ftypmp42".utf8) + (0..<4000).map { UInt8(($0 * 37 + $0 / 7) % 251) }
    + [0xff, 0x60] + [UInt8]("SEFHe\0\0\0SEFT".utf8)

  private func expectPicture(_ bytes: [UInt8], of name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let whole = try Picture.decode(try Fixtures.bytes("images/formats/\(name)"), name: name)
    let decoded = try Picture.decode(bytes, name: name)
    #expect(decoded.picture == whole.picture, "\(name)", sourceLocation: sourceLocation)
    #expect(decoded.warnings.count == 1, "\(name)", sourceLocation: sourceLocation)
    #expect(decoded.warnings.first?.contains("behind the picture's last row") == true, sourceLocation: sourceLocation)
  }

  @Test(arguments: jpegs)
  func aJPEGWithoutItsEndMarkerIsReadWithAWarning(name: String) throws {
    let bytes = try Fixtures.bytes("images/formats/\(name)")
    try #require(bytes.suffix(2) == [0xff, 0xd9])
    try expectPicture(bytes.dropLast(2), of: name)
    try expectPicture(bytes.dropLast(1), of: name)
  }

  @Test(arguments: jpegs)
  func aJPEGWithAPhonesTrailerInPlaceOfItsEndIsReadWithAWarning(name: String) throws {
    let bytes = try Fixtures.bytes("images/formats/\(name)")
    try expectPicture(bytes.dropLast(2) + Self.trailer, of: name)
    try expectPicture(bytes.dropLast(2) + [UInt8]("\0\0Image_UTC_Data1525000000000SEFHe\0\0\0SEFT".utf8), of: name)
    // The second picture of a stereo camera.
    try expectPicture(bytes.dropLast(2) + bytes.dropLast(2), of: name)
    // A segment that is cut, and one whose length makes no sense.
    try expectPicture(bytes.dropLast(2) + [0xff, 0xe5, 0x40, 0x00, 1, 2, 3], of: name)
    try expectPicture(bytes.dropLast(2) + [0xff, 0xc4, 0x00, 0x00, 1, 2, 3], of: name)
    // The frame header of a larger picture.
    try expectPicture(
      bytes.dropLast(2) + [0xff, 0xc2, 0, 17, 8, 0x20, 0, 0x20, 0, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0], of: name)
  }

  @Test(arguments: jpegs)
  func whatFollowsAnEndMarkerIsNobodysBusiness(name: String) throws {
    let bytes = try Fixtures.bytes("images/formats/\(name)")
    let whole = try Picture.decode(bytes, name: name)
    let decoded = try Picture.decode(bytes + Self.trailer, name: name)
    #expect(decoded.picture == whole.picture && decoded.warnings == whole.warnings)
  }

  @Test(arguments: ["1x1", "gray"])
  func aJPEGWhoseLastBitsAreMissingIsTruncated(name: String) throws {
    let bytes = try Fixtures.bytes("images/formats/\(name).jpg")
    #expect(HostileFileTests.refusal(of: bytes.dropLast(3), name: name)?.kind == .truncated)
  }

  /// Of a progressive picture the whole is there early; its last scans are not optional.
  @Test(arguments: ["progressive.jpg", "progressive_444.jpg", "gray_progressive.jpg"])
  func aProgressiveJPEGThatLacksAScanIsTruncated(name: String) throws {
    let bytes = try Fixtures.bytes("images/formats/\(name)")
    let scans = bytes.indices.dropLast().filter { bytes[$0] == 0xff && bytes[$0 + 1] == 0xda }
    let tables = bytes.indices.dropLast().filter { bytes[$0] == 0xff && bytes[$0 + 1] == 0xc4 }
    let last = try #require(scans.last)
    let start = tables.filter { $0 > scans[scans.count - 2] }.min() ?? last
    for end in [start, last, last + 4] {
      #expect(HostileFileTests.refusal(of: Array(bytes[..<end]), name: name)?.kind == .truncated, "cut at \(end)")
    }
  }

  @Test(arguments: pngs)
  func aPNGWithoutItsEndIsReadWithAWarning(name: String) throws {
    let bytes = try Fixtures.bytes("images/formats/\(name)")
    let end = try #require(bytes.indices.dropLast(3).last { bytes[$0..<$0 + 4].elementsEqual("IEND".utf8) }) - 4
    let before = Array(bytes[..<end])
    for cut in [before, before + [0, 0], before + [0, 0, 0, 0, 0x49, 0x45], before.dropLast(2)] {
      try expectPicture(cut, of: name)
    }
    try expectPicture(before + [0, 0, 0, 0] + [UInt8]("IEND".utf8) + [1, 2, 3, 4], of: name)
    try expectPicture(before + [0, 0, 0, 7] + [UInt8]("IEND".utf8) + [1, 2, 3, 4], of: name)
    try expectPicture(before + [UInt8](repeating: 0, count: 64), of: name)
    let whole = try Picture.decode(bytes, name: name)
    #expect(try Picture.decode(bytes + Self.trailer, name: name).warnings == whole.warnings)
  }

  @Test(arguments: ["rgb8.png", "palette4_trns_interlaced.png", "grayalpha16.png", "1x1_interlaced.png"])
  func aWrongChecksumOfPixelsThatTheirOwnConfirmsIsAWarning(name: String) throws {
    var bytes = try Fixtures.bytes("images/formats/\(name)")
    let data = try #require(bytes.indices.dropLast(3).last { bytes[$0..<$0 + 4].elementsEqual("IDAT".utf8) })
    let length = bytes[(data - 4)..<data].reduce(0) { $0 << 8 | Int($1) }
    bytes[data + 4 + length] ^= 1
    try expectPicture(bytes, of: name)
    // Where that contradicts the pixels, it is damage.
    bytes[data + 4 + length] ^= 1
    bytes[data + 4 + length - 1] ^= 1
    #expect(HostileFileTests.refusal(of: bytes, name: name)?.kind == .corrupt("IDAT: incorrect data check"))
  }

  @Test(arguments: HostileFileTests.small)
  func aFileCutAnywhereIsTruncatedOrWhole(name: String) throws {
    let bytes = try Fixtures.bytes("images/formats/\(name)")
    let whole = try Picture.decode(bytes, name: name).picture
    var isRead = 0
    for count in bytes.indices {
      do throws(ImageError) {
        let decoded = try Picture.decode(Array(bytes[..<count]), name: name)
        isRead += 1
        #expect(decoded.picture == whole && decoded.warnings.count == 1, "cut at \(count)")
      } catch {
        #expect(error.kind == .truncated, "cut at \(count): \(error)")
      }
    }
    // End marker or end chunk, the checksums before it, and the pictures of an animation.
    let ends = name.hasSuffix(".jpg") ? 2...2 : 16...(name == "animated.png" ? bytes.count : 20)
    #expect(ends.contains(isRead), "\(isRead) cuts of \(bytes.count)")
  }
}
