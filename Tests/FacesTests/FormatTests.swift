import Faces
import Images
import TestSupport
import Testing

@Suite("Formats of a photograph")
struct FormatTests {
  @Test("The face is that of the PNG, whatever the format", arguments: ["one.heic", "wide.heic", "one.avif", "one.webp", "one.tif", "wide.jpg"])
  func sameFace(_ name: String) throws {
    let plain = try photo("one"), other = try picture("align/formats/" + name)
    #expect((other.width, other.height) == (plain.width, plain.height))
    let expected = try detector.find(in: plain).faces, found = try detector.find(in: other).faces
    #expect(found.count == expected.count)
    let first = try #require(expected.first), second = try #require(found.first)
    // Within a fiftieth of the square.
    for (corner, there) in zip(second.placement.corners, first.placement.corners) {
      #expect((corner - there).length < first.placement.side / 50, "\((corner - there).length) of \(first.placement.side)")
    }
    // Colors too, also where they are stored in another space.
    let pixels = try [plain, other].map { try #require(AlignedCrop($0, first.placement, side: 64)).picture.pixels }
    let differences = zip(pixels[0], pixels[1]).map { abs(Int($0) - Int($1)) }
    #expect(Double(differences.reduce(0, +)) / Double(differences.count) < 3)
  }
}
