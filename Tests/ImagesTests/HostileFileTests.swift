import Images
import TestSupport
import Testing

/// Files made to harm: each must end quickly in an error or a picture.
@Suite struct HostileFileTests {
  static func header(width: Int, height: Int) -> [UInt8] {
    [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
      + Made.chunk("IHDR", Made.bigEndian(width) + Made.bigEndian(height) + [8, 2, 0, 0, 0])
  }

  /// Decodes and returns the error, which must come within a second.
  static func refusal(of bytes: [UInt8], name: String, limits: PictureLimits = PictureLimits()) -> ImageError? {
    let clock = ContinuousClock()
    var error: ImageError?
    let time = clock.measure {
      do throws(ImageError) {
        _ = try Picture.decode(bytes, name: name, limits: limits)
      } catch let refused {
        error = refused
      }
    }
    #expect(time < .seconds(1), "\(name) took \(time)")
    return error
  }

  @Test(arguments: [(20_000, 20_000, "400 million"), (50_000, 50_000, "2500 million"), (1, 100_000_001, "100 million")])
  func aPNGOfTooManyPixelsIsRefusedByItsHeader(width: Int, height: Int, words: String) {
    let bytes = Self.header(width: width, height: height) + Made.chunk("IDAT", [UInt8](repeating: 0, count: 50_000))
    let error = Self.refusal(of: bytes, name: "huge.png")
    #expect(
      error?.description
        == "huge.png: is \(width)×\(height) pixels (\(words)); the limit is 100 million (limits.pixels)")
  }

  @Test func aPNGWithSidesBeyondTheFormatIsRefused() {
    for (width, height) in [(0, 5), (5, 0), (1 << 31, 1), (0xffff_ffff, 0xffff_ffff)] {
      #expect(Self.refusal(of: Self.header(width: width, height: height) + Made.chunk("IEND"), name: "a.png") != nil)
    }
    let error = Self.refusal(of: Self.header(width: 1, height: 65_536), name: "a.png")
    #expect(error?.description == "a.png: is 1×65536 pixels; the limit is 65535 for a side (limits.side)")
  }

  @Test func aJPEGOfTooManyPixelsIsRefusedByItsHeader() throws {
    var bytes = try Fixtures.bytes("images/formats/gray.jpg")
    let frame = try #require(bytes.indices.dropLast(9).first { bytes[$0] == 0xff && bytes[$0 + 1] == 0xc0 })
    bytes.replaceSubrange(frame + 5..<frame + 9, with: [0xff, 0xdc, 0xff, 0xdc])
    let error = Self.refusal(of: bytes, name: "huge.jpg")
    #expect(error?.kind == .tooManyPixels(width: 65_500, height: 65_500, limit: 100_000_000))
  }

  @Test func aJPEGOfManyScansIsRefused() throws {
    let bytes = try Fixtures.bytes("images/formats/gray_progressive.jpg")
    let starts = bytes.indices.dropLast().filter { bytes[$0] == 0xff && bytes[$0 + 1] == 0xda }
    let next = try #require(
      bytes.indices.dropLast().first { $0 > starts[0] + 2 && bytes[$0] == 0xff && [0xc4, 0xda].contains(bytes[$0 + 1]) })
    let scan = Array(bytes[starts[0]..<next])
    var bomb = Array(bytes[..<next])
    for _ in 0..<80_000 { bomb += scan }
    bomb += bytes[next...]
    let error = Self.refusal(of: bomb, name: "scans.jpg")
    #expect(error?.description == "scans.jpg: has more scans than allowed (limits.scans)")
  }

  @Test func aProgressiveJPEGMayNotExceedTheMemoryForItsCoefficients() throws {
    var limits = PictureLimits()
    limits.decoderMemoryInBytes = 1000
    let bytes = try Fixtures.bytes("images/formats/1x5000.jpg")
    let error = Self.refusal(of: bytes, name: "a.jpg", limits: limits)
    #expect(error?.description.contains("limits.decoder_memory") == true)
  }

  /// The compressed text is no valid stream, so a decoder that looked into it would complain.
  @Test(arguments: ["zTXt", "iTXt", "iCCP", "tEXt", "sPLT", "eXIf", "acTL", "prVt"])
  func alienChunksAreSkippedUnseen(type: String) throws {
    let bytes = try Fixtures.bytes("images/formats/rgb8.png")
    let alien = Made.chunk(type, [UInt8]("name\0\0".utf8) + [UInt8](repeating: 0xa5, count: 1 << 20))
    let picture = try Picture.decode(bytes, name: "a.png").picture
    #expect(try Picture.decode(Array(bytes[..<33]) + alien + bytes[33...], name: "a.png").picture == picture)
  }

  @Test func aPNGOfManyChunksIsRefused() throws {
    let bytes = try Fixtures.bytes("images/formats/rgb8.png")
    var bomb = Array(bytes[..<33])
    let empty = Made.chunk("tEXt")
    for _ in 0..<200_000 { bomb += empty }
    let error = Self.refusal(of: bomb + bytes[33...], name: "chunks.png")
    #expect(error?.description == "chunks.png: has more than 100000 chunks (limits.chunks); save it again")
  }

  /// The picture's data goes on for ten thousand times its size; libpng would inflate it all after the last row.
  @Test func aPNGWhoseDataGoesOnIsReadNoFurther() throws {
    let long = try Picture(width: 10_000, height: 2_500, color: .black).pngBytes()
    let body = try #require(long.indices.dropLast(8).first { long[$0..<$0 + 4].elementsEqual("IDAT".utf8) })
    let bomb = Self.header(width: 100, height: 50) + long[(body - 4)...]
    #expect(Self.refusal(of: bomb, name: "long.png") == nil)
    #expect(try Picture.decode(bomb, name: "long.png").warnings.first?.contains("more data than pixels") == true)
  }

  static let small = [
    "rgb8.png", "palette4_trns_interlaced.png", "grayalpha16.png", "orientation6.png", "animated.png", "rgb8_chunks.png",
    "420.jpg", "progressive.jpg", "restart.jpg", "cmyk_adobe.jpg", "gray.jpg", "orientation6.jpg",
  ]

  @Test(arguments: small)
  func aFileCutAnywhereEndsQuickly(name: String) throws {
    let bytes = try Fixtures.bytes("images/formats/\(name)")
    for percent in 0..<100 {
      let part = Array(bytes[..<(bytes.count * percent / 100)])
      #expect([.truncated, nil].contains(Self.refusal(of: part, name: name)?.kind), "cut at \(percent) %")
    }
  }

  @Test(arguments: small)
  func aFlippedBitGivesAnErrorOrAPicture(name: String) throws {
    let bytes = try Fixtures.bytes("images/formats/\(name)")
    var limits = PictureLimits()
    limits.pixels = 1_000_000
    var outcomes = (pictures: 0, errors: 0)
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1 << UInt8(index % 8)
      do throws(ImageError) {
        let picture = try Picture.decode(changed, name: name, limits: limits).picture
        outcomes.pictures += picture.pixels.count == picture.width * picture.height * 3 ? 1 : 0
      } catch {
        #expect(!error.description.contains("\n"))
        outcomes.errors += 1
      }
    }
    #expect(outcomes.pictures + outcomes.errors == bytes.count)
  }

  @Test func damagedJPEGDataIsReported() throws {
    var bytes = try Fixtures.bytes("images/formats/restart.jpg")
    let marker = try #require(bytes.indices.dropLast().first { bytes[$0] == 0xff && bytes[$0 + 1] == 0xd3 })
    bytes.removeSubrange(marker - 4..<marker)
    #expect(try Picture.decode(bytes, name: "a.jpg").warnings.count == 1)
  }

  @Test func exifDataOfAnySortIsNeverARefusal() throws {
    let bytes = try Fixtures.bytes("images/formats/420.jpg")
    let upright = try Picture.decode(bytes, name: "a.jpg").picture
    let samples: [[UInt8]] = [
      [], [0x49], [UInt8](repeating: 0xff, count: 200), [0x4d, 0x4d, 0, 42, 0xff, 0xff, 0xff, 0xff],
      [0x49, 0x49, 42, 0, 8, 0, 0, 0, 0xff, 0xff], [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 9],
    ]
    for exif in samples {
      let body = [UInt8]("Exif\0\0".utf8) + exif
      let segment = [0xff, 0xe1, 0, UInt8(body.count + 2)] + body
      #expect(try Picture.decode(Array(bytes[..<2]) + segment + bytes[2...], name: "a.jpg").picture == upright)
    }
  }
}
