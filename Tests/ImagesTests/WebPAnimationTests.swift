import Images
import TestSupport
import Testing

/// Frames that move there and back.
@Suite struct WebPAnimationTests {
  private func picture(_ shade: UInt8) -> Picture { Picture(width: 24, height: 16, color: PixelColor(red: shade, green: 80, blue: 20)) }

  /// The chunks of a RIFF file: name and content.
  private func chunks(_ bytes: [UInt8]) -> [(name: String, content: [UInt8])] {
    var chunks: [(String, [UInt8])] = []
    var place = 12
    while place + 8 <= bytes.count {
      let name = String(decoding: bytes[place..<place + 4], as: UTF8.self)
      let size = bytes[place + 4..<place + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
      guard place + 8 + size <= bytes.count else { break }
      chunks.append((name, Array(bytes[place + 8..<place + 8 + size])))
      place += 8 + size + size % 2
    }
    return chunks
  }

  private func number(_ bytes: some Sequence<UInt8>) -> Int { bytes.reversed().reduce(0) { $0 << 8 | Int($1) } }

  @Test("Frames go there and back, for ever, the ends a little longer")
  func frames() throws {
    var animation = WebPAnimation()
    for shade in [0, 80, 160, 240] as [UInt8] { try animation.add(picture(shade)) }
    let file = chunks(try animation.bytes())
    let frames = file.filter { $0.name == "ANMF" }.map(\.content)
    #expect(frames.count == 6)
    #expect(frames[1].dropFirst(16) == frames[5].dropFirst(16) && frames[2].dropFirst(16) == frames[4].dropFirst(16))
    #expect(frames[0].dropFirst(16) != frames[3].dropFirst(16))
    let times = frames.map { number($0[12..<15]) }
    #expect(times[0] == 3 * times[1] && times[3] == times[0] && Set([times[1], times[2], times[4], times[5]]).count == 1)
    for frame in frames { #expect(number(frame[6..<9]) == 23 && number(frame[9..<12]) == 15) }
    let header = try #require(file.first { $0.name == "ANIM" }).content
    #expect(number(header[4..<6]) == 0, "shown for ever")
  }

  @Test("Some of the frames, and the same bytes again")
  func chosen() throws {
    var animation = WebPAnimation()
    for shade in [0, 80, 160] as [UInt8] { try animation.add(picture(shade)) }
    #expect(animation.count == 3)
    #expect(chunks(try animation.bytes(of: [0, 2])).count { $0.name == "ANMF" } == 2)
    #expect(try animation.bytes() == animation.bytes())
  }

  @Test("The camera's date goes along")
  func date() throws {
    let photograph = try Picture.decode(Fixtures.bytes("images/phone/p3_lossy.jpg"), name: "a").info
    let date = try #require(photograph.captureDate)
    var animation = WebPAnimation(captureDate: date), plain = WebPAnimation()
    for shade in [0, 80] as [UInt8] {
      try animation.add(picture(shade))
      try plain.add(picture(shade))
    }
    #expect(try PictureInfo(of: animation.bytes(), name: "a").captureDate == date)
    #expect(try PictureInfo(of: plain.bytes(), name: "a").captureDate == nil)
    #expect(chunks(try animation.bytes()).count { $0.name == "ANMF" } == 2)
  }

  @Test("Transparency is kept, and a picture that is too large is refused")
  func alpha() throws {
    var animation = WebPAnimation()
    let alpha = (0..<24 * 16).map { UInt8($0 % 256) }
    try animation.add(picture(9), alpha: alpha)
    try animation.add(picture(90), alpha: alpha)
    let head = try #require(chunks(try animation.bytes()).first { $0.name == "VP8X" }).content
    #expect(head[0] & 0x12 == 0x12, "animated, with an alpha channel")
    var large = WebPAnimation()
    #expect(refusal { try large.add(Picture(width: 16384, height: 1, color: .white)) } == "animation: 16384×1 pixels are more than a WebP can hold")
  }

  @Test("A picture with an alpha channel is read back with it")
  func png() throws {
    let alpha = (0..<24 * 16).map { UInt8($0 % 256) }
    let bytes = try picture(77).pngBytes(alpha: alpha)
    #expect(try PictureInfo(of: bytes, name: "a").hasAlpha)
    #expect(try Picture.decode(bytes, name: "a", alpha: .drop).picture == picture(77))
    let black = try Picture.decode(bytes, name: "a", alpha: .over(.black)).picture
    let white = try Picture.decode(bytes, name: "a", alpha: .over(.white)).picture
    #expect(alpha.indices.allSatisfy { 255 - (white.pixels[$0 * 3] - black.pixels[$0 * 3]) == alpha[$0] })
    #expect(refusal { try picture(1).pngBytes(alpha: [1, 2, 3]) } == "picture: 3 bytes are no alpha channel of 24×16 pixels")
  }
}
