import Foundation
import Images
import TestSupport
import Testing

/// HEIC, AVIF, WebP and TIFF: the pictures that they were written from come out.
@Suite struct PhoneFormatTests {
  struct File: CustomTestStringConvertible, Sendable {
    let name: String
    let array: String
    let arrayOver: String?
    var testDescription: String { name }

    /// A format that loses nothing; profiles are converted to the nearest level but one.
    var isExact: Bool { (name.hasSuffix(".tif") || name.hasPrefix("lossless")) && !name.contains("_lossy") && !name.contains("p3") }
  }

  static let arrays = try? FixtureTensors("images/phone.safetensors")
  static let files: [File] = ((try? Fixtures.bytes("images/phone.csv")).map { String(decoding: $0, as: UTF8.self) } ?? "")
    .split(separator: "\n").map { line in
      let parts = line.split(separator: ",").map(String.init)
      return File(name: parts[0], array: parts[1], arrayOver: parts.count > 2 ? parts[2] : nil)
    }
  static let background = PixelColor(red: 10, green: 200, blue: 30)

  static func bytes(_ name: String) throws -> [UInt8] { try Fixtures.bytes("images/phone/\(name)") }

  /// Within what the format loses: nothing, or a few levels on the whole.
  private func expect(_ found: Picture, _ array: String, _ file: File) throws {
    let expected = try #require(Self.arrays).picture(array)
    try #require((found.width, found.height) == (expected.width, expected.height), "\(found.width)×\(found.height)")
    if file.isExact {
      #expect(largestDifference(found, expected) <= (file.arrayOver == nil ? 0 : 2))
    } else {
      #expect(meanDifference(found, expected) < 3, "\(meanDifference(found, expected))")
      #expect(largestDifference(found, expected) < 60, "\(largestDifference(found, expected))")
    }
  }

  @Test func everyFileIsCompared() throws {
    #expect(Self.files.map(\.name).sorted() == (try Fixtures.names(in: "images/phone")).sorted())
    for ending in ["tif", "webp", "heic", "avif", "jpg"] { #expect(Self.files.contains { $0.name.hasSuffix(ending) }) }
  }

  @Test(arguments: files)
  func aFileDecodesToItsPicture(file: File) throws {
    let bytes = try Self.bytes(file.name)
    let info = try PictureInfo(of: bytes, name: file.name)
    let decoded = try Picture.decode(bytes, name: file.name)
    try expect(decoded.picture, file.array, file)
    #expect(decoded.warnings.isEmpty, "\(decoded.warnings)")
    #expect((info.width, info.height) == (decoded.picture.width, decoded.picture.height), "the header tells the size")
    #expect(decoded.info == info)
    #expect(info.hasAlpha == (file.arrayOver != nil))
    let formats: [String: PictureFormat] = ["tif": .tiff, "webp": .webp, "heic": .heic, "avif": .avif, "jpg": .jpeg]
    #expect(info.format == formats[URL(fileURLWithPath: file.name).pathExtension])
  }

  @Test(arguments: files)
  func transparencyIsLaidOverTheBackground(file: File) throws {
    let decoded = try Picture.decode(try Self.bytes(file.name), name: file.name, alpha: .over(Self.background))
    try expect(decoded.picture, file.arrayOver ?? file.array, file)
  }

  /// Whatever is cut off: an error in one line, or a picture where what is missing is behind its last row.
  @Test(arguments: files)
  func aCutFileIsRefusedOrRead(file: File) throws {
    let bytes = try Self.bytes(file.name)
    for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 40)) {
      do throws(ImageError) {
        let decoded = try Picture.decode(Array(bytes[..<count]), name: file.name)
        #expect(count > bytes.count / 4, "\(count) of \(bytes.count) bytes gave \(decoded.picture.width)×\(decoded.picture.height)")
      } catch {
        #expect(!error.description.contains("\n"))
      }
    }
    let error = #expect(throws: ImageError.self) { try Picture.decode(Array(bytes[..<(bytes.count / 3)]), name: "a") }
    #expect(error?.isTruncated == true, "\(error.map(String.init(describing:)) ?? "")")
  }

  @Test(arguments: files)
  func sizesAreCheckedBeforeMemoryIsTaken(file: File) throws {
    var limits = PictureLimits()
    limits.pixels = 100
    let error = #expect(throws: ImageError.self) { try Picture.decode(try Self.bytes(file.name), name: "a", limits: limits) }
    guard case .tooManyPixels = error?.kind else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(arguments: ["orientation6.tif", "lossless_turned.webp", "grid.heic", "grid_turned.heic", "turned.avif", "p3_lossy.jpg"])
  func theCamerasDateIsKnown(name: String) throws {
    #expect(try PictureInfo(of: try Self.bytes(name), name: name).captureDate?.text == "2024:05:06 07:08:09")
  }

  @Test(arguments: ["rgb8.tif", "lossy.webp", "full.heic", "full.avif"])
  func theNameHasNoSay(name: String) throws {
    #expect(try Picture.decode(try Self.bytes(name), name: "photo.jpg").picture.width > 0)
  }

  @Test func damagedProfilesLeaveAPictureWithAWarning() throws {
    for name in ["p3.tif", "lossless_p3.webp", "p3.heic", "p3.avif"] {
      var bytes = try Self.bytes(name)
      let mark = try #require(bytes.indices.dropLast(4).first { bytes[$0..<$0 + 4].elementsEqual("acsp".utf8) })
      bytes[mark] = 0
      let decoded = try Picture.decode(bytes, name: name)
      #expect(decoded.warnings == ["its color profile is damaged; its colors are taken as sRGB"], "\(name)")
    }
  }

  @Test func aCamerasRawFileIsCalledThat() throws {
    // A version of DNG in the first directory; a preview with the picture in a directory of its own; Canon's mark.
    func tiff(_ entries: [(tag: Int, value: Int)]) -> [UInt8] {
      [UInt8]("II*\0".utf8) + Made.littleEndian(8, 4) + Made.littleEndian(entries.count, 2)
        + entries.flatMap { Made.littleEndian($0.tag, 2) + Made.littleEndian(4, 2) + Made.littleEndian(1, 4) + Made.littleEndian($0.value, 4) }
        + [0, 0, 0, 0]
    }
    let size = [(tag: 256, value: 16), (tag: 257, value: 16)]
    let files = [
      tiff(size + [(50706, 4)]), tiff([(254, 1)] + size + [(330, 99)]), tiff(size + [(262, 32803)]),
      [UInt8]("II*\0\u{10}\0\0\0CR\u{2}\0".utf8) + [UInt8](repeating: 0, count: 90),
    ]
    for bytes in files {
      let error = #expect(throws: ImageError.self) { try PictureInfo(of: bytes, name: "a.jpg") }
      #expect(error?.description == "a.jpg: is a camera raw image, which is not read; develop it and save it as JPEG or TIFF")
    }
  }
}
