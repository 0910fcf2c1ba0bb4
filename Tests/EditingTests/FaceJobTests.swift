import Editing
import Faces
import Foundation
import Images
import ModelPacks
import StrictYAML
import TestSupport
import Testing

/// Photographs of people, with a pack of random numbers that wants aligned faces.
@Suite(.serialized) struct FaceJobTests {
  private static let model = Result {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("pack").path
      _ = try RandomPack.write(to: path, like: .tiny, name: "faces", alignment: .ffhq, seed: 7)
      return try LoadedModel(ModelPack.load(path))
    }
  }

  private static let portraits = (try? FileManager.default.contentsOfDirectory(atPath: Fixtures.path("portraits")))?
    .filter { $0.hasSuffix(".jpg") }.sorted() ?? []

  private static let edits = """
    invert: {method: encoder}
    edits:
      - reconstruct
      - manipulate: {attribute: random, frames: 2}
    """

  private func run(_ path: String, _ text: String, others: [InputFile] = []) throws -> (MemoryWriter, JobResult) {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let editor = Editor(model: try Self.model.get(), options: EditorOptions(decoder: DirectDecoder(), programVersion: "1.0"))
    let input = JobInput(
      photographs: [InputFile(name: name, bytes: try Fixtures.bytes(path))], others: others,
      sidecar: try Sidecar(Array(text.utf8), file: name + ".yaml"))
    let writer = MemoryWriter()
    return (writer, try editor.run(input, into: writer))
  }

  private func refusal(_ path: String, _ text: String) throws -> String {
    do {
      _ = try run(path, text)
      return "it was accepted"
    } catch let error as EditingError {
      return error.description
    } catch let error as YAMLError {
      return error.description
    }
  }

  private func report(_ writer: MemoryWriter, _ path: String) throws -> [String: Any] {
    let bytes = try #require(writer.files[path])
    return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
  }

  private func picture(_ writer: MemoryWriter, _ path: String) throws -> Picture {
    try Picture.decode(#require(writer.files[path]), name: path).picture
  }

  /// Every whole frame has the photograph's size, its crop beside it, and the photograph's bytes where the mask is 0.
  private func expectPasted(_ writer: MemoryWriter, _ photograph: Picture, frames: Int) throws {
    let mask = try picture(writer, "mask.png")
    #expect(mask.width == photograph.width && mask.height == photograph.height)
    let wholes = writer.files.keys.filter { $0.hasPrefix("whole/") }
    #expect(wholes.count == frames)
    for path in wholes {
      let crop = try picture(writer, String(path.dropFirst("whole/".count)))
      #expect(crop.width == 32 && crop.height == 32)
      let whole = try picture(writer, path)
      try #require(whole.width == photograph.width && whole.height == photograph.height)
      var touched = 0, changed = 0
      for index in stride(from: 0, to: mask.pixels.count, by: 3) {
        let isSame = (0..<3).allSatisfy { whole.pixels[index + $0] == photograph.pixels[index + $0] }
        if mask.pixels[index] == 0 { touched += isSame ? 0 : 1 } else { changed += isSame ? 0 : 1 }
      }
      #expect(touched == 0, "\(path): \(touched) pixels outside of the mask changed")
      // Without an edit the photograph comes back; with one the face differs.
      #expect(path.contains("reconstruct") ? changed == 0 : changed > 0, "\(path): \(changed)")
    }
  }

  @Test("Outside of the mask a pasted frame has the photograph's bytes", arguments: portraits)
  func portrait(_ name: String) throws {
    let path = "portraits/" + name
    let (writer, result) = try run(path, Self.edits)
    try expectPasted(writer, Picture.decode(Fixtures.bytes(path), name: name).picture, frames: 3)
    #expect(result.warnings.isEmpty, "\(result.warnings)")
    let report = try report(writer, "result.json")
    #expect(((report["placement"] as? [String: Any])?["quad"] as? [[Double]])?.count == 4)
    #expect((report["faces"] as? [Any])?.count == 1)
    #expect((report["settings"] as? [String: Any])?["fit"] as? String == "align")
  }

  @Test("Every face of a photograph is edited, and pasted into the same frames")
  func all() throws {
    let (writer, _) = try run("align/photos/several.png", Self.edits + "\nface: all")
    let photograph = try Picture.decode(Fixtures.bytes("align/photos/several.png"), name: "several.png").picture
    try expectPasted(writer, photograph, frames: 3)
    let whole = try picture(writer, "whole/02-manipulate-random/01.png")
    let faces = try FaceDetector.bundled().find(in: photograph).faces
    #expect(faces.count == 4)
    for (index, face) in faces.enumerated() {
      let (x, y) = (Int(face.center.x), Int(face.center.y))
      #expect((x - 4...x + 4).contains { whole[$0, y] != photograph[$0, y] }, "face \(index + 1)")
      let folder = index == 0 ? "" : "face-\(index + 1)/"
      for file in ["original.png", "inverted.png", "latent.npy", "sheet.png", "result.json", "02-manipulate-random/01.png"] {
        #expect(writer.files[folder + file] != nil, "\(folder + file)")
      }
    }
    let report = try report(writer, "face-3/result.json")
    #expect((report["face"] as? [String: Any])?["number"] as? Int == 3)
    for file in try #require(report["files"] as? [String]) { #expect(writer.files["face-3/" + file] != nil, "\(file)") }
  }

  @Test("Of several faces the largest is taken, and that is said; another one can be chosen")
  func choices() throws {
    let path = "align/photos/several.png"
    let (largest, result) = try run(path, Self.edits)
    #expect(
      result.warnings == [
        "several.png: 4 faces found, the largest was taken; choose with face: 2, face: all or face: {near: [x, y]}"
      ])
    let (asked, quiet) = try run(path, Self.edits + "\nface: largest")
    #expect(quiet.warnings.isEmpty)
    #expect(asked.files["original.png"] == largest.files["original.png"])
    let (second, _) = try run(path, Self.edits + "\nface: 2")
    let (near, _) = try run(path, Self.edits + "\nface: {near: [578, 250]}")
    #expect(second.files["original.png"] == near.files["original.png"])
    #expect(second.files["original.png"] != largest.files["original.png"])
    #expect(
      try refusal(path, "face: 5")
        == "several.png.yaml:1:7: face: there is no face 5 in several.png, 4 found; write a number from 1, the largest, to 4")
  }

  @Test("A photograph without a face is refused in one line")
  func none() throws {
    #expect(
      try refusal("align/photos/none.png", "")
        == "none.png: no face found (360×280, smallest face looked for: 20 pixels); give its five landmarks, or write fit: crop")
    let (writer, _) = try run("align/photos/none.png", "fit: crop\ninvert: {method: encoder}")
    #expect(writer.files["mask.png"] == nil && !writer.files.keys.contains { $0.hasPrefix("whole/") })
  }

  @Test("Landmarks by hand take the place of the detector's")
  func landmarks() throws {
    let path = "align/photos/one.png"
    let photograph = try Picture.decode(Fixtures.bytes(path), name: "one.png").picture
    let points = try #require(FaceDetector.bundled().find(in: photograph).faces.first).points
    let text = points.map { "[\($0.x), \($0.y)]" }.joined(separator: ", ")
    let (found, _) = try run(path, Self.edits)
    let (given, _) = try run(path, Self.edits + "\nlandmarks: [\(text)]")
    #expect(given.files["original.png"] == found.files["original.png"])
    try expectPasted(given, photograph, frames: 3)
    let exchanged = [1, 0, 2, 4, 3].map { "[\(points[$0].x), \(points[$0].y)]" }.joined(separator: ", ")
    #expect(
      try refusal(path, "landmarks: [\(exchanged)]")
        == "one.png.yaml:1:12: landmarks do not lie like a face; write left eye, right eye, nose, left and right corner of the "
        + "mouth, left as seen in an upright picture")
    #expect(
      try refusal(path, "landmarks: [[1, 1], [9000, 1], [5, 5], [1, 9], [9, 9]]")
        == "one.png.yaml:1:12: landmarks: [9000, 1] lies far outside of one.png, which has 384×400 pixels")
  }

  @Test("A photograph that is aligned already is taken as it is", arguments: ["one-256.png", "gray-256.png"])
  func aligned(_ name: String) throws {
    let path = "align/crops/" + name
    let (writer, _) = try run(path, Self.edits)
    let photograph = try Picture.decode(Fixtures.bytes(path), name: name).picture
    #expect(try picture(writer, "original.png") == photograph.fitted(to: 32, by: .crop))
    try expectPasted(writer, photograph, frames: 3)
  }

  @Test("A turned photograph comes back upright")
  func orientation() throws {
    let path = "align/photos/one_exif6.jpg"
    let (writer, _) = try run(path, Self.edits)
    let photograph = try Picture.decode(Fixtures.bytes(path), name: "one_exif6.jpg").picture
    #expect(photograph.height == 400)
    try expectPasted(writer, photograph, frames: 3)
  }

  @Test("A small face is edited, with a warning")
  func small() throws {
    let (writer, result) = try run("align/photos/small.png", Self.edits)
    #expect(
      result.warnings == [
        "small.png: the face has only 22×26 pixels in the photograph; the model works at 32×32, expect a blurred result"
      ])
    #expect(writer.files["whole/02-manipulate-random/00.png"] != nil)
  }

  @Test("Pasting can be turned off, and on for other ways to fit")
  func paste() throws {
    let path = "align/photos/one.png"
    let (off, _) = try run(path, Self.edits + "\npaste: false")
    #expect(off.files["mask.png"] == nil && !off.files.keys.contains { $0.hasPrefix("whole/") })
    let photograph = try Picture.decode(Fixtures.bytes(path), name: "one.png").picture
    for fit in ["crop", "pad", "stretch"] {
      let (on, _) = try run(path, Self.edits + "\nfit: \(fit)\npaste: true")
      try expectPasted(on, photograph, frames: 3)
    }
  }

  @Test("Other pictures of a drop are aligned too")
  func others() throws {
    let style = InputFile(name: "style.png", bytes: try Fixtures.bytes("align/photos/rotated.png"))
    let text = "invert: {method: encoder}\nedits: [mix_style: {style: style.png}]"
    let (writer, _) = try run("align/photos/one.png", text, others: [style])
    let expected = try Picture.decode(Fixtures.bytes("align/crops/rotated-256.png"), name: "rotated").picture
      .fitted(to: 32, by: .crop)
    let found = try picture(writer, "01-mix_style-style/style.png")
    let differences = zip(found.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }
    #expect(Double(differences.reduce(0, +)) / Double(differences.count) < 4)
    #expect(writer.files["whole/01-mix_style-style/00.png"] != nil)
  }

  @Test("A mask drawn on the whole photograph lies over every face's square, however that is turned")
  func masks() throws {
    let path = "align/photos/several.png"
    let photograph = try Picture.decode(Fixtures.bytes(path), name: "several.png").picture
    let (width, height) = (photograph.width, photograph.height)
    // White are the left halves of stripes as wide as a small face.
    func isWhite(_ x: Int) -> Bool { x / 12 % 2 == 0 }
    let values = (0..<width * height).map { UInt8(isWhite($0 % width) ? 255 : 0) }
    let mask = InputFile(name: "stripes.png", bytes: try grayPNGBytes(values, width: width, height: height))
    let edit = "invert: {method: encoder}\nface: all\nedits: [manipulate: {attribute: random, frames: 1"
    func changed(_ writer: MemoryWriter) throws -> (white: Int, black: Int) {
      let whole = try picture(writer, "whole/01-manipulate-random/00.png")
      var counts = (white: 0, black: 0)
      for y in 0..<height {
        for x in 0..<width where whole[x, y] != photograph[x, y] {
          if isWhite(x) { counts.white += 1 } else { counts.black += 1 }
        }
      }
      return counts
    }
    for text in [edit + ", keep: stripes.png}]", edit + "}]\nmask: stripes.png"] {
      let (writer, _) = try run(path, text, others: [mask])
      let counts = try changed(writer)
      #expect(counts.black == 0 && counts.white > 500, "\(counts)")
    }
    // In the square, too: a face's crop keeps what the mask, cut out as the face was, has in black.
    let (kept, _) = try run(path, edit + ", keep: stripes.png}]", others: [mask])
    let (free, _) = try run(path, edit + "}]")
    for folder in ["", "face-2/", "face-3/", "face-4/"] {
      let original = try picture(kept, folder + "original.png"), frame = try picture(kept, folder + "01-manipulate-random/00.png")
      let whole = try picture(free, folder + "01-manipulate-random/00.png")
      let same = stride(from: 0, to: original.pixels.count, by: 3).count { original.pixels[$0..<$0 + 3] == frame.pixels[$0..<$0 + 3] }
      #expect(same > 0 && same < original.width * original.height && frame != whole, "\(folder): \(same)")
    }
  }

  @Test("A job's memory counts the photograph that frames are put back into")
  func memory() throws {
    let file = InputFile(name: "one.png", bytes: try Fixtures.bytes("align/photos/one.png"))
    func needed(_ text: String) throws -> Int {
      let input = JobInput(photographs: [file], sidecar: try Sidecar(Array(text.utf8), file: "one.yaml"))
      return try MemoryEstimate.bytes(
        for: input, workingBytes: 1 << 30, alignment: .ffhq, limits: PictureLimits())
    }
    #expect(try needed("") == needed("paste: false") + MemoryEstimate.pastingBytes(width: 384, height: 400))
    #expect(try needed("fit: crop") == needed("paste: false"))
  }
}
