import Faces
import Foundation
import Images
import TestSupport
import Testing
import WeightFiles

@Suite("Paste-back")
struct PasteBackTests {
  private struct Numbers: Decodable {
    struct Paste: Decodable { let touched: Int }
    let region: [Int]
    let replace: Paste
    let keep: Paste
  }

  private func numbers(_ name: String) throws -> Numbers {
    let all = try JSONDecoder().decode(
      [String: Numbers].self, from: Data(Fixtures.bytes("align/paste/expected.json")))
    return try #require(all[name])
  }

  /// The reference's edit: a fifth warmer.
  private func warmer(_ picture: Picture) throws -> Picture {
    var pixels = picture.pixels
    for index in stride(from: 0, to: pixels.count, by: 3) {
      pixels[index] = UInt8(min((Double(pixels[index]) * 1.2 + 0.5).rounded(.down), 255))
      pixels[index + 2] = UInt8((Double(pixels[index + 2]) * 0.8 + 0.5).rounded(.down))
    }
    return try Picture(width: picture.width, height: picture.height, pixels: pixels)
  }

  private func placement(_ name: String) throws -> Placement {
    AlignmentSquare.placement(try Expected.face(name).uprightPoints)
  }

  @Test(
    "Photographs after paste-back are the reference's",
    arguments: [
      ("one", "replace", PasteBack.Mode.replace), ("one", "delta", .delta), ("one", "keep", .keep),
      ("one", "replace-box", .replace), ("one", "mask", .replace), ("rotated", "keep", .keep),
    ])
  func pictures(_ name: String, _ file: String, _ mode: PasteBack.Mode) throws {
    let photo = try photo(name), crop = try picture("align/crops/\(name)-256.png"), numbers = try numbers(name)
    let mask: FaceMask =
      switch file {
      case "replace-box": .box
      case "mask": .drawn(try picture("align/paste/mask.png"))
      default: .ellipse
      }
    let paste = try #require(PasteBack(placement(name), width: photo.width, height: photo.height, mask: mask))
    let region = paste.region
    #expect([region.x, region.y, region.x + region.width, region.y + region.height] == numbers.region)
    var result = photo
    paste.paste(try warmer(crop), unedited: crop, into: &result, mode: mode)
    let expected = try picture("align/paste/\(name)-\(file).png")
    let difference = difference(result.cropped(to: region), expected)
    #expect(difference.count <= 20 && difference.worst <= 1, "\(difference)")
    var restored = result
    restored.paste(photo.cropped(to: region), x: region.x, y: region.y)
    #expect(restored == photo, "something outside of the region changed")
    if case .ellipse = mask { #expect(abs(paste.mask.count { $0 > 0 } - numbers.keep.touched) <= 3) }
  }

  @Test("Masks are the reference's")
  func masks() throws {
    let photo = try photo("rotated"), placement = try placement("rotated")
    for (mask, file) in [(FaceMask.ellipse, "rotated-keep")] {
      let paste = try #require(PasteBack(placement, width: photo.width, height: photo.height, mask: mask))
      let expected = try Fixtures.safetensors("align/paste/\(file).safetensors").floats(named: "mask")
      #expect(maxAbsoluteDifference(paste.mask, expected) <= 1e-6)
    }
  }

  @Test("Where the mask is 0, every byte is the photograph's", arguments: ["one", "rotated", "edge", "gray", "small"])
  func untouched(_ name: String) throws {
    let photo = try photo(name)
    let paste = try #require(PasteBack(placement(name), width: photo.width, height: photo.height))
    var picture = MaskPicture(width: photo.width, height: photo.height)
    picture.add(paste)
    var result = photo
    paste.paste(
      Picture(width: 64, height: 64, color: .black), unedited: Picture(width: 64, height: 64, color: .white), into: &result)
    for index in picture.values.indices where picture.values[index] == 0 {
      #expect(result.pixels[index * 3..<index * 3 + 3] == photo.pixels[index * 3..<index * 3 + 3])
    }
    #expect(result != photo)
    #expect(picture.values.contains { $0 > 200 })
  }

  @Test("A square that was not edited leaves the photograph as it is", arguments: [PasteBack.Mode.delta, .keep])
  func unedited(_ mode: PasteBack.Mode) throws {
    let photo = try photo("rotated"), crop = try picture("align/crops/rotated-256.png")
    let paste = try #require(PasteBack(placement("rotated"), width: photo.width, height: photo.height))
    var result = photo
    paste.paste(crop, unedited: crop, into: &result, mode: mode)
    #expect(result == photo)
  }
}
