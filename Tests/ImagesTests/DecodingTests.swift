import Foundation
import Images
import TestSupport
import Testing

@Suite struct DecodingTests {
  static let expected = try? FixtureTensors("images/expected.safetensors")
  static let odd = try? FixtureTensors("images/odd.safetensors")
  static let files = (expected?.names ?? []).filter { !$0.hasSuffix(".over") }
  static let filesOver = (expected?.names ?? []).filter { $0.hasSuffix(".over") }
  static let oddFiles = (odd?.names ?? []).filter { $0.hasSuffix(".shape") }.map { String($0.dropLast(6)) }
  static let background = PixelColor(red: 10, green: 200, blue: 30)

  static func tolerance(_ name: String) -> Int {
    guard name.hasSuffix(".jpg") else { return 0 }
    return name.contains("444") || name.contains("gray") ? 2 : 3
  }

  @Test func everyFormatIsCompared() throws {
    #expect(Self.files.count == (try Fixtures.names(in: "images/formats")).count - 4)
    #expect(Self.filesOver.count == 30)
    #expect(Self.oddFiles.count == 5)
  }

  @Test(arguments: files)
  func aFormatDecodesToItsPicture(name: String) throws {
    let expected = try #require(Self.expected).picture(name)
    let decoded = try Picture.decode(try Fixtures.bytes("images/formats/\(name)"), name: name)
    #expect(largestDifference(decoded.picture, expected) <= Self.tolerance(name))
    #expect(decoded.warnings.isEmpty)
    #expect(decoded.info.width == expected.width && decoded.info.height == expected.height)
  }

  @Test(arguments: filesOver)
  func transparencyIsLaidOverTheBackground(name: String) throws {
    let expected = try #require(Self.expected).picture(name)
    let bytes = try Fixtures.bytes("images/formats/\(name.dropLast(5))")
    let decoded = try Picture.decode(bytes, name: name, alpha: .over(Self.background))
    #expect(largestDifference(decoded.picture, expected) <= 1)
    #expect(decoded.info.hasAlpha)
  }

  @Test(arguments: ["rgb8.png", "gray4.png", "palette2.png", "420.jpg"])
  func anOpaquePictureIsTheSameOverAnyBackground(name: String) throws {
    let bytes = try Fixtures.bytes("images/formats/\(name)")
    let plain = try Picture.decode(bytes, name: name)
    #expect(try Picture.decode(bytes, name: name, alpha: .over(Self.background)).picture == plain.picture)
    #expect(!plain.info.hasAlpha)
  }

  @Test(arguments: oddFiles)
  func aPhotographComesOutAsFromTheReleasedLoader(name: String) throws {
    let tensors = try #require(Self.odd)
    let picture = try Picture.decode(try Fixtures.bytes("images/\(name)"), name: name).picture
    let shape = try tensors.bytes(name + ".shape")
    let sides = stride(from: 0, to: 24, by: 8).map { Int(shape[$0]) | Int(shape[$0 + 1]) << 8 }
    #expect([picture.height, picture.width, 3] == sides)
    let crop = picture.cropped(to: PixelRegion(x: 30, y: 20, width: 16, height: 16))
    #expect(largestDifference(crop, try tensors.picture(name + ".decoded_crop")) <= Self.tolerance(name))
    let resized = picture.fitted(to: 32, by: .stretch)
    let expected = try tensors.picture(name + ".resized32")
    #expect(largestDifference(resized, expected) <= Self.tolerance(name))
    #expect(meanDifference(resized, expected) < 0.5)
  }

  @Test(arguments: ["1x5000", "5000x1"], ["png", "jpg"])
  func aPictureOfOneRowOrColumnIsRead(size: String, format: String) throws {
    let picture = try Picture.decode(try Fixtures.bytes("images/formats/\(size).\(format)"), name: size).picture
    #expect("\(picture.width)x\(picture.height)" == size)
    #expect(picture.fitted(to: 8, by: .pad).width == 8)
    #expect(picture.fitted(to: 8, by: .crop).width == 8)
    #expect(picture.fitted(to: 8, by: .stretch).height == 8)
  }

  @Test func theContentDecidesAndNotTheExtension() throws {
    let jpeg = try Fixtures.bytes("images/formats/420.jpg")
    #expect(try Picture.decode(jpeg, name: "apple.png").info.format == .jpeg)
    let error = #expect(throws: ImageError.self) {
      try Picture.decode([UInt8]("Hello there, I am no picture".utf8), name: "apple.png")
    }
    #expect(
      error?.description
        == "apple.png: is no picture that is read (starts with \"Hello th…\"); drop a JPEG, PNG, HEIC, AVIF, WebP or TIFF file")
  }

  static let otherFormats: [(opening: String, expected: String)] = [
    ("GIF89a......", "is a GIF image, which is not read; save it as PNG or JPEG"),
    ("....ftypmp42....", "is a video or other media file, which is not read; save a picture of it as PNG or JPEG"),
    ("....ftypcrx ....", "is a camera raw image, which is not read; develop it and save it as JPEG or TIFF"),
    ("%PDF-1.7", "is a PDF document, which is not read; save the picture in it as PNG or JPEG"),
    ("\u{1}\u{2}\u{3}\u{4}\u{5}", "is no picture that is read (starts with bytes 01 02 03 04); drop a JPEG, PNG, HEIC, AVIF, WebP or TIFF file"),
  ]

  @Test(arguments: otherFormats)
  func anotherFormatIsCalledByItsName(opening: String, expected: String) {
    let error = #expect(throws: ImageError.self) { try PictureInfo(of: [UInt8](opening.utf8), name: "a.jpg") }
    #expect(error?.description == "a.jpg: " + expected)
  }

  @Test func anEmptyFileIsTruncated() {
    let error = #expect(throws: ImageError.self) { try Picture.decode([], name: "a.jpg") }
    #expect(error?.isTruncated == true)
  }

  @Test func aNameWithControlCharactersStaysOnOneLine() {
    let error = ImageError(name: "a\n\u{1b}[31m\u{202e}.png", kind: .truncated)
    #expect(
      error.description == "a\\n\\u{1B}[31m\\u{202E}.png: ends too early; copy the whole file again")
  }

  @Test func orientationIsTakenFromBothByteOrders() throws {
    for value in 1...8 {
      for format in ["jpg", "png"] {
        let name = "orientation\(value).\(format)"
        let info = try PictureInfo(of: try Fixtures.bytes("images/formats/\(name)"), name: name)
        #expect(info.orientation.rawValue == value, "\(name)")
        #expect((info.width, info.height) == (value < 5 ? (24, 10) : (10, 24)), "\(name)")
      }
    }
  }
}
