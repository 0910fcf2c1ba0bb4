import Editing
import Foundation
import Images
import StrictYAML
import Synchronization
import TestSupport
import Testing

/// Masks that a person drops beside the photograph.
@Suite(.serialized) struct MaskTests {
  private static let side = 32

  private func run(
    _ text: String, photograph: InputFile? = nil, others: [InputFile], decoder: any PictureDecoding = DirectDecoder()
  ) throws -> (writer: MemoryWriter, result: JobResult) {
    let bytes = Array(text.utf8), writer = MemoryWriter()
    let input = JobInput(
      photographs: [try photograph ?? picture("apple.png", seed: 1)], others: others,
      sidecar: try Sidecar(bytes, file: "apple.png.yaml"), sidecarFile: InputFile(name: "apple.png.yaml", bytes: bytes))
    let editor = Editor(model: try TinyModel.model.get(), options: EditorOptions(decoder: decoder, programVersion: "1.0"))
    return (writer, try editor.run(input, into: writer))
  }

  private func refusal(_ text: String, photograph: InputFile? = nil, others: [InputFile]) -> String {
    do {
      _ = try run(text, photograph: photograph, others: others)
      return "it was accepted"
    } catch {
      return "\(error)"
    }
  }

  /// A gray picture of a size; the closure says where it is white.
  private func mask(
    _ name: String = "mask.png", width: Int = 40, height: Int = 48, _ isWhite: (_ x: Int, _ y: Int) -> Bool
  ) throws -> InputFile {
    let values = (0..<width * height).map { UInt8(isWhite($0 % width, $0 / width) ? 255 : 0) }
    return InputFile(name: name, bytes: try grayPNGBytes(values, width: width, height: height))
  }

  private func decoded(_ writer: MemoryWriter, _ path: String) throws -> Picture {
    try Picture.decode(#require(writer.files[path], "\(path)"), name: path).picture
  }

  /// Pixels of two pictures that differ, inside of a region and outside.
  private func differences(_ a: Picture, _ b: Picture, inside: (_ x: Int, _ y: Int) -> Bool) -> (inside: Int, outside: Int) {
    var counts = (inside: 0, outside: 0)
    for y in 0..<a.height {
      for x in 0..<a.width where a[x, y] != b[x, y] {
        if inside(x, y) { counts.inside += 1 } else { counts.outside += 1 }
      }
    }
    return counts
  }

  @Test("Outside of a mask that is kept every frame is the photograph, in the square and in the whole")
  func keep() throws {
    let text = """
      invert: {method: encoder}
      paste: true
      edits:
        - manipulate: {attribute: redness, frames: 2, keep: mask.png}
        - interpolate: {with: tomato.png, frames: 2, keep: mask.png}
        - mix_style: {style: tomato.png, layers: 0-7, keep: mask.png}
      """
    let others = [try mask { x, _ in x < 16 }, try picture("tomato.png", seed: 2)]
    let (writer, _) = try run(text, others: others)
    let photograph = try Picture.decode(picture("apple.png", seed: 1).bytes, name: "apple").picture
    let original = try decoded(writer, "original.png")
    let frames = writer.files.keys.filter { !$0.hasPrefix("whole/") && $0.contains("/0") && $0.hasSuffix(".png") }
    #expect(frames.count == 5)
    for path in frames {
      // The photograph's columns 4 to 36 are the square's; a mask's edge is as wide as the filter that reduces it.
      let square = differences(original, try decoded(writer, path)) { x, _ in x < 16 }
      #expect(square.outside == 0, "\(path)")
      let whole = differences(photograph, try decoded(writer, "whole/" + path)) { x, _ in x < 16 }
      #expect(whole.outside == 0, "\(path)")
      if !path.contains("interpolate") || path.hasSuffix("01.png") { #expect(square.inside > 20 && whole.inside > 20, "\(path)") }
    }
  }

  @Test("A mask takes the oval's place and is pasted where it is white", arguments: [(40, 48), (32, 32)])
  func paste(_ width: Int, _ height: Int) throws {
    let mask = try mask(width: width, height: height) { _, y in y * 2 < height }
    let (writer, _) = try run(
      "invert: {method: encoder}\nmask: mask.png\nedits: [manipulate: {attribute: redness, frames: 1}]", others: [mask])
    let photograph = try Picture.decode(picture("apple.png", seed: 1).bytes, name: "apple").picture
    let whole = try decoded(writer, "whole/01-manipulate-redness/00.png")
    let counts = differences(photograph, whole) { _, y in y <= 24 }
    #expect(counts.outside == 0 && counts.inside > 100)
    // Its corners are outside of the oval, and inside of this mask but for the square's edge.
    let written = try decoded(writer, "mask.png")
    #expect(written[9, 9].red > 200 && written[9, 40].red == 0)
    #expect(writer.files["originals/mask.png"] == mask.bytes)
  }

  @Test("Pixels that do not count have no part in an optimization that no encoder starts")
  func hidden() throws {
    let photograph = try Picture.decode(picture("a.png", seed: 1, width: 32, height: 32).bytes, name: "a").picture
    var changed = photograph
    changed.paste(Picture(width: 8, height: 10, color: .black), x: 5, y: 6)
    let hand = try mask("hand.png", width: 32, height: 32) { x, y in (5..<13).contains(x) && (6..<16).contains(y) }
    func codes(_ picture: Picture, _ mask: String, _ method: String) throws -> [UInt8] {
      let text = "invert: {method: \(method), steps: 3\(mask)}\noutput: {sheet: false, report: false}"
      let file = InputFile(name: "a.png", bytes: try picture.pngBytes())
      return try #require(run(text, photograph: file, others: mask.isEmpty ? [] : [hand]).writer.files["latent.npy"])
    }
    let hidden = ", mask: hand.png"
    #expect(try codes(photograph, hidden, "image2stylegan") == codes(changed, hidden, "image2stylegan"))
    #expect(try codes(photograph, "", "image2stylegan") != codes(changed, "", "image2stylegan"))
    #expect(try codes(photograph, hidden, "image2stylegan") != codes(photograph, "", "image2stylegan"))
    #expect(try codes(photograph, hidden, "encoder") != codes(photograph, "", "encoder"))
  }

  @Test("A diffusion's mask that is white in a box gives the box's codes")
  func diffusion() throws {
    let photograph = try picture("a.png", seed: 1, width: 32, height: 32)
    let context = try picture("b.png", seed: 2, width: 32, height: 32)
    let mask = try mask(width: 32, height: 32) { x, y in (4..<20).contains(x) && (6..<16).contains(y) }
    func result(_ piece: String, _ others: [InputFile]) throws -> MemoryWriter {
      try run("edits: [diffuse: {context: b.png, steps: 2, \(piece)}]\ninvert: {method: encoder}", photograph: photograph, others: others).writer
    }
    let box = try result("box: [4, 6, 16, 10]", [context]), drawn = try result("mask: mask.png", [context, mask])
    #expect(box.files["01-diffuse-b/codes.npy"] == drawn.files["01-diffuse-b/codes.npy"])
    #expect(box.files["01-diffuse-b/stitched.png"] == drawn.files["01-diffuse-b/stitched.png"])
  }

  @Test("Several contexts and sizes give a picture each, stitched above diffused")
  func sizes() throws {
    let others = [try picture("b.png", seed: 2), try picture("c.png", seed: 3)]
    let (writer, _) = try run(
      "edits: [diffuse: {context: [b.png, c.png], sizes: [8, 12, 32], steps: 1}]\ninvert: {method: encoder}", others: others)
    let files = Set(writer.files.keys.filter { $0.hasPrefix("01-diffuse-b-c/") })
    #expect(files.count == 2 + 6 + 6 + 1)
    let bytes = try #require(writer.files["result.json"])
    let report = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    let edit = try #require((report["edits"] as? [[String: Any]])?.first)
    let labels = ["b, size 8", "b, size 12", "b, size 32", "c, size 8", "c, size 12", "c, size 32"]
    #expect((edit["frames"] as? [[String: Any]])?.compactMap { $0["label"] as? String } == labels)
    #expect((edit["runs"] as? [[String: Any]])?.compactMap { $0["label"] as? String } == labels)
    // The largest box is the whole picture: what is stitched is the subject.
    #expect(writer.files["01-diffuse-b-c/stitched-3.png"] == writer.files["original.png"])
  }

  @Test("A mask of another size, a code and text are refused with the place and the sizes")
  func refusals() throws {
    let small = try mask(width: 20, height: 24) { _, _ in true }
    let sizes = "has 20×24 pixels; a mask has the size of its photograph, 40×48 (apple.png), or the model's, 32×32; it is not scaled"
    #expect(refusal("mask: mask.png", others: [small]) == "apple.png.yaml:1:7: mask: 'mask.png' \(sizes)")
    #expect(
      refusal("invert:\n  mask: mask.png", others: [small]) == "apple.png.yaml:2:9: invert.mask: 'mask.png' \(sizes)")
    #expect(
      refusal("edits: [manipulate: {attribute: size, keep: mask.png}]", others: [small])
        == "apple.png.yaml:1:45: keep: 'mask.png' \(sizes)")
    let code = InputFile(name: "mask.png", bytes: Array("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) }) + [1, 0])
    #expect(refusal("mask: mask.png", others: [code]).contains("mask.png"))
    let text = InputFile(name: "mask.png", bytes: Array("no picture at all".utf8))
    #expect(refusal("mask: mask.png", others: [text]).hasPrefix("mask.png: is no picture that is read"))
    #expect(
      refusal("mask: other.png", others: [small])
        == "apple.png.yaml:1:7: mask: 'other.png' was not dropped together with this file")
    let black = try mask { _, _ in false }, white = try mask { _, _ in true }
    #expect(
      refusal("mask: mask.png", others: [black])
        == "mask.png: the mask is black all over apple.png as the model sees it, so nothing would be done")
    #expect(
      refusal("invert: {mask: mask.png}", others: [white])
        == "mask.png: the mask is white all over apple.png as the model sees it, so no pixel would count")
  }

  @Test("Every mask belongs to the names that are claimed with a photograph")
  func names() throws {
    let text = """
      mask: a.png
      invert: {mask: b.png}
      edits: [manipulate: {attribute: size, keep: c.png}, diffuse: {context: d.jpg, mask: e.png}, mix_style: {style: d.jpg, keep: a.png}]
      """
    #expect(try Sidecar(Array(text.utf8), file: "s.yaml").referencedNames == ["a.png", "b.png", "c.png", "d.jpg", "e.png"])
    #expect(try Sidecar(Array("use: old.npy\nmask: m".utf8), file: "s.yaml").referencedNames == ["old.npy", "m"])
    #expect(
      try Sidecar(Array("mask: m".utf8), file: "s.yaml").doubts
        == ["s.yaml:1:7: mask: 'm' has no ending; a file is named with it: 'm.png'"])
  }

  @Test("A transparent photograph keeps its transparency and the colors under it")
  func alpha() throws {
    let photograph = InputFile(name: "cat.png", bytes: try Fixtures.bytes("images/odd/cat_rgba.png"))
    let (writer, _) = try run(
      "paste: true\ninvert: {method: encoder}\nedits: [reconstruct]", photograph: photograph, others: [])
    let whole = try #require(writer.files["whole/01-reconstruct/00.png"])
    #expect(try PictureInfo(of: whole, name: "whole").hasAlpha)
    let decoder = CountingDecoder()
    _ = try run(
      "paste: true\ninvert: {method: encoder}\nedits: [reconstruct]", photograph: photograph, others: [], decoder: decoder)
    #expect(decoder.count.withLock { $0 } == 1, "for its colors, its transparency, and what the model sees")
    for alpha in [AlphaHandling.drop, .over(.black), .over(.white)] {
      let (before, after) = try (
        Picture.decode(photograph.bytes, name: "cat", alpha: alpha).picture, Picture.decode(whole, name: "whole", alpha: alpha).picture)
      #expect(before == after, "nothing was edited")
    }
  }
}

/// Counts what is decoded.
private final class CountingDecoder: PictureDecoding {
  let count = Mutex(0)

  func decode(
    _ bytes: [UInt8], name: String, alpha: AlphaHandling, limits: PictureLimits
  ) throws(ImageError) -> DecodedPicture {
    count.withLock { $0 += 1 }
    return try DirectDecoder().decode(bytes, name: name, alpha: alpha, limits: limits)
  }
}
