import Decoding
import Foundation
import Images
import TestSupport
import Testing

/// Decoding in a process of its own: the same pictures, and whatever a decoder does there costs one line.
@Suite(.serialized) struct DecoderProcessTests {
  /// Built with the tests, beside them.
  static let hostile = place(of: "HostileDecoder")

  static func place(of program: String) -> String {
    let folders = [URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path,
      Fixtures.project.appendingPathComponent(".build/release").path, Fixtures.project.appendingPathComponent(".build/debug").path]
    return folders.map { $0 + "/" + program }.first { FileManager.default.isExecutableFile(atPath: $0) } ?? program
  }

  static func decoder(seconds: Int = 60, processorSeconds: Int = 60) -> DecoderProcess {
    DecoderProcess(program: hostile) { budget in
      var changed = budget
      changed.seconds = seconds
      changed.processorSeconds = processorSeconds
      return changed
    }
  }

  /// A picture with a line behind it that the hostile decoder obeys.
  private func file(_ wish: String) throws -> [UInt8] {
    try Fixtures.bytes("images/formats/rgb8.png") + [0x0A] + [UInt8](wish.utf8)
  }

  private func decode(
    _ bytes: [UInt8], _ decoder: DecoderProcess = Self.decoder(), alpha: AlphaHandling = .drop
  ) throws(ImageError) -> DecodedPicture {
    try decoder.decode(bytes, name: "apple.png", alpha: alpha, limits: PictureLimits())
  }

  private func refusal(_ wish: String, _ decoder: DecoderProcess = Self.decoder()) throws -> String {
    let bytes = try file(wish)
    let clock = ContinuousClock()
    let start = clock.now
    let error = #expect(throws: ImageError.self) { try decode(bytes, decoder) }
    #expect(clock.now - start < .seconds(20))
    #expect(error?.isTruncated == false)
    #expect(error?.mayPass == false)
    return error?.description ?? ""
  }

  static let formats = ["formats/rgb8.png", "formats/rgba16.png", "formats/progressive.jpg", "formats/cmyk_adobe.jpg",
    "formats/orientation6.jpg", "phone/p3_16.tif", "phone/rgb8_zlib.tif", "phone/jpeg_lossy.tif", "phone/fax.tif", "phone/lossy_alpha.webp",
    "phone/lossless_p3.webp", "phone/alpha.heic", "phone/deep_p3.heic", "phone/grid_turned.heic", "phone/cut_turned.heic",
    "phone/alpha.avif", "phone/p3.avif", "phone/p3_lossy.jpg"] + large
  /// Of several pieces.
  static let large = ["align/photos/several.png", "align/photos/gray.png", "align/photos/one_exif6.jpg", "align/formats/wide.jpg",
    "portraits/usb_0070_whole.jpg"].map { "../" + $0 }

  @Test(arguments: formats, [AlphaHandling.drop, .keep, .over(PixelColor(red: 1, green: 200, blue: 30))])
  func thePictureIsTheSameAsWithoutAProcess(path: String, alpha: AlphaHandling) throws {
    let bytes = try Fixtures.bytes("images/" + path)
    let expected = try Picture.decode(bytes, name: path, alpha: alpha)
    #expect(try decode(bytes, alpha: alpha) == expected)
  }

  @Test(arguments: ["odd/cat_rgba.png", "formats/rgba16.png", "formats/palette4_trns_interlaced.png", "phone/lossy_alpha.webp", "phone/alpha.heic", "phone/rgba8.tif"])
  func whatIsKeptIsWhatTheOthersShow(path: String) throws {
    let bytes = try Fixtures.bytes("images/" + path)
    let kept = try decode(bytes, alpha: .keep)
    let alpha = try #require(kept.alpha)
    #expect(alpha.contains { $0 < 255 })
    for color in [PixelColor.black, .white, PixelColor(red: 1, green: 200, blue: 30)] {
      #expect(try kept.flattened(over: color) == Picture.decode(bytes, name: path, alpha: .over(color)).picture)
    }
  }

  @Test func warningsComeAlong() throws {
    let bytes = try Fixtures.bytes("images/formats/rgb8.png").dropLast(12)
    let decoded = try decode(Array(bytes))
    #expect(decoded.warnings == (try Picture.decode(Array(bytes), name: "apple.png").warnings))
    #expect(decoded.warnings.count == 1)
  }

  @Test(arguments: ["formats/rgb8.png", "formats/420.jpg", "phone/lossy.webp", "phone/full.heic", "phone/full.avif", "phone/rgb8_lzw.tif"] + large)
  func refusalsAreTheSameAsWithoutAProcess(path: String) throws {
    let whole = try Fixtures.bytes("images/" + path)
    var damaged = whole
    for index in stride(from: whole.count / 2, to: whole.count, by: 3) { damaged[index] = 0x5A }
    for bytes in [Array(whole[..<(whole.count / 2)]), Array(whole[..<(whole.count - 20)]), damaged] {
      func outcome(_ decoder: any PictureDecoding) -> Result<DecodedPicture, ImageError> {
        do throws(ImageError) {
          return .success(try decoder.decode(bytes, name: "a", alpha: .drop, limits: PictureLimits()))
        } catch {
          return .failure(error)
        }
      }
      #expect(outcome(Self.decoder()) == outcome(DirectDecoder()))
    }
  }

  @Test func aDecoderThatCrashesFailsItsPicture() throws {
    let text = try refusal("crash")
    #expect(text.hasPrefix("apple.png: the decoder crashed on it (signal 11), or wanted more than "), "\(text)")
    #expect(try refusal("leave") == "apple.png: the decoder gave up on it (status 7); save it again, as PNG or JPEG")
  }

  /// Whose tiles are the grid itself: libheif takes it apart until its stack is full.
  @Test func aLibraryThatOverflowsItsStackFailsOnePicture() throws {
    let bytes = try Fixtures.bytes("fuzz/apart/grid-of-itself.heic")
    let text = TestSupport.refusal {
      try Self.decoder().decode(bytes, name: "IMG_0001.HEIC", alpha: .drop, limits: PictureLimits())
    }
    #expect(text.hasPrefix("IMG_0001.HEIC: the decoder crashed on it (signal 11), or wanted more than "), "\(text)")
    #expect(text.hasSuffix(" MiB of memory; save it again, as PNG or JPEG"), "\(text)")
  }

  @Test func aDecoderThatHangsIsEnded() throws {
    let late = try refusal("hang", Self.decoder(seconds: 1))
    #expect(late == "apple.png: the decoder did not end within 1 s; save it again, as PNG or JPEG")
    let busy = try refusal("hang", Self.decoder(processorSeconds: 1))
    #expect(busy == "apple.png: the decoder needed more than 1 s of processor time; save it again, as PNG or JPEG")
    let stopped = try refusal("stop", Self.decoder(seconds: 1))
    #expect(stopped == "apple.png: the decoder did not end within 1 s; save it again, as PNG or JPEG")
  }

  @Test func aDecoderThatTakesTooMuchMemoryIsEnded() throws {
    let text = try refusal("allocate")
    #expect(text.hasSuffix(" MiB of memory; save it again, as PNG or JPEG"), "\(text)")
  }

  @Test func aDecoderThatWritesTooMuchGivesNothing() throws {
    #expect(try refusal("write") == "apple.png: the decoder wrote more than its picture; save it again, as PNG or JPEG")
    #expect(try refusal("pieces") == "apple.png: the decoder wrote more than its picture; save it again, as PNG or JPEG")
    #expect(try refusal("huge") == "apple.png: the decoder wrote more than its picture; save it again, as PNG or JPEG")
    #expect(try refusal("size") == "apple.png: the decoder answered with a picture of another size; save it again, as PNG or JPEG")
    #expect(try refusal("grow") == "apple.png: the decoder gave up on it (status 9); save it again, as PNG or JPEG")
  }

  @Test func anAnswerThatIsNoneIsNotBelieved() throws {
    #expect(try refusal("few") == "apple.png: the decoder answered with a picture of another size; save it again, as PNG or JPEG")
    for wish in ["silence", "noise", "break"] {
      #expect(try refusal(wish) == "apple.png: the decoder ended without an answer; save it again, as PNG or JPEG", "\(wish)")
    }
    let error = #expect(throws: ImageError.self) { try decode(file("change its mind")) }
    #expect(error?.isTruncated == true)
    let lie = try refusal("lie")
    #expect(lie.utf8.count < 4000 && lie.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, "\(lie)")
  }

  @Test func aDecoderFindsEveryDoorLocked() throws {
    #expect(try refusal("look") == "apple.png: is damaged (every door is locked); export it again")
  }

  @Test func whereThereIsNoDecoderAnotherTryMayHelp() throws {
    let bytes = try file("")
    let error = #expect(throws: ImageError.self) {
      try DecoderProcess(program: "/nowhere/idinvert").decode(bytes, name: "apple.png", alpha: .drop, limits: PictureLimits())
    }
    #expect(error?.mayPass == true)
    #expect(error?.description == "apple.png: cannot be decoded now (posix_spawn: No such file or directory)")
  }

  @Test func manyAtOnceLeaveNothingBehind() async throws {
    let bytes = try Fixtures.bytes("images/formats/420.jpg")
    let expected = try Picture.decode(bytes, name: "a")
    func descriptors() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count }
    let before = try descriptors()
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<24 {
        group.addTask { try Self.decoder().decode(bytes, name: "a", alpha: .drop, limits: PictureLimits()) == expected }
      }
      for try await isSame in group { #expect(isSame) }
    }
    #expect(try descriptors() <= before + 2)
  }

  @Test func answersOfEveryKindAreReadBackOrRefused() {
    for outcome in DecoderAnswer.Outcome.allCases {
      let answer = DecoderAnswer(outcome, width: 3, height: 4, texts: ["one", "two"])
      #expect(DecoderAnswer(answer.bytes) == answer)
    }
    let bytes = DecoderAnswer(.picture, width: 1, height: 1, texts: ["x"]).bytes
    for index in bytes.indices {
      for value: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] {
        var changed = bytes
        changed[index] = value
        if let answer = DecoderAnswer(changed) { #expect(answer.texts.count <= 6) }
      }
    }
    for count in 0..<bytes.count where DecoderAnswer(Array(bytes[..<count])) != nil { Issue.record("\(count) bytes are an answer") }
  }
}
