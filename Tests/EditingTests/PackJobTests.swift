import Editing
import Files
import Foundation
import Images
import Inversion
import ModelPacks
import TestSupport
import Testing

/// A whole job on the pack that ships with the program, written to disk.
@Suite(.serialized) struct PackJobTests {
  private func file(_ name: String) throws -> InputFile {
    let url = Fixtures.fruits64.appendingPathComponent("examples/\(name)")
    return InputFile(name: name, bytes: [UInt8](try Data(contentsOf: url)))
  }

  @Test func aPhotographIsInvertedAndEdited() throws {
    let pack = try ModelPack.load(Fixtures.fruits64.path)
    let editor = Editor(model: try LoadedModel(pack), options: EditorOptions(decoder: DirectDecoder(), programVersion: "1.0"))
    let text = """
      invert: {steps: 30}
      edits:
        - reconstruct
        - manipulate: {attribute: redness, frames: 5}
        - interpolate: {with: apple-green.png, frames: 5}
        - mix_style: {style: apple-green.png}
        - diffuse: {context: apple-green.png, steps: 20, snapshots: 2}
      """
    let input = JobInput(
      photographs: [try file("apple-red.png")], others: [try file("apple-green.png")],
      sidecar: try Sidecar(Array(text.utf8), file: "apple-red.png.yaml"))
    try withTemporaryFolder { folder in
      let result = try editor.run(input, into: FolderWriter(Folder(path: Name(folder.path))))
      for path in result.files { #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent(path).path)) }
      if let keep = ProcessInfo.processInfo.environment["IDINVERT_KEEP_JOB"] {
        try FileManager.default.copyItem(atPath: folder.path, toPath: keep)
      }
      let run = result.photographs[0].inversion
      let (first, last) = (try #require(run.losses.first), try #require(run.keptLosses))
      #expect(last.total < first.total * 0.7, "the inversion is nearer than the encoder alone")
      let latent = try LatentFile(path: folder.appendingPathComponent("latent.safetensors").path, pack: pack)
      #expect(latent.codes.keys.sorted() == ["encoder", "inverted"])
      // Redness is what its name says: the last frame is redder, against green, than the first.
      func redness(_ name: String) throws -> Int {
        let url = folder.appendingPathComponent("02-manipulate-redness/\(name)")
        let pixels = try Picture.decode([UInt8](Data(contentsOf: url)), name: name).picture.pixels
        return stride(from: 0, to: pixels.count, by: 3).reduce(0) { $0 + Int(pixels[$1]) - Int(pixels[$1 + 1]) }
      }
      #expect(try redness("00.png") < redness("04.png"))
    }
  }
}
