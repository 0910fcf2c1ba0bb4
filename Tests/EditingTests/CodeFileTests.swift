import Editing
import Foundation
import Images
import TestSupport
import Testing
import WeightFiles

/// Codes that were saved are as good as the pictures that they came from.
@Suite(.serialized) struct CodeFileTests {
  private func run(_ text: String, _ photographs: [InputFile], _ others: [InputFile] = []) throws -> [String: [UInt8]] {
    let writer = MemoryWriter()
    let input = JobInput(
      photographs: photographs, others: others, sidecar: try Sidecar(Array(text.utf8), file: "a.yaml"))
    _ = try Editor(model: try TinyModel.model.get(), options: EditorOptions(decoder: DirectDecoder(), programVersion: "1.0")).run(input, into: writer)
    return writer.files
  }

  private func refusal(_ file: InputFile) -> String? {
    do {
      _ = try run("", [file])
      return nil
    } catch {
      return "\(error)"
    }
  }

  private static let edits = "edits: [reconstruct, manipulate: {attribute: redness, frames: 3}]\n"

  /// `[1, layers, w]` in float64, as the released scripts save it.
  private func released(_ numbers: [Float], shape: [Int] = [1, 8, 48]) -> [UInt8] {
    let tuple = shape.map(String.init).joined(separator: ", ")
    var header = Array("{'descr': '<f8', 'fortran_order': False, 'shape': (\(tuple)), }".utf8)
    while !(11 + header.count).isMultiple(of: 64) { header.append(0x20) }
    header.append(0x0A)
    let data = numbers.flatMap { number in withUnsafeBytes(of: Double(number).bitPattern.littleEndian, Array.init) }
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.count & 255), UInt8(header.count >> 8)] + header + data
  }

  @Test func aSavedCodeIsEditedToTheSameBytes() throws {
    let first = try run("invert: {steps: 2}\n" + Self.edits, [picture("apple.png", seed: 1)])
    let npy = try #require(first["latent.npy"]), safetensors = try #require(first["latent.safetensors"])
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("codes-\(UUID().uuidString).npy")
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(npy).write(to: folder)
    let double = released(try NumPyFile(path: folder.path).floats)
    let flat = NumPyFile.bytes(shape: [8, 48], values: try NumPyFile(path: folder.path).floats)
    for (name, bytes) in [("latent.npy", npy), ("x.npy", double), ("y.npy", flat), ("latent.safetensors", safetensors)] {
      let again = try run(Self.edits, [InputFile(name: name, bytes: bytes)])
      for path in ["inverted.png", "01-reconstruct/00.png", "02-manipulate-redness/02.png", "02-manipulate-redness/codes.npy"] {
        #expect(again[path] == first[path], "\(name): \(path)")
      }
      #expect(again["original.png"] == nil)
      #expect((again["encoder.png"] != nil) == name.hasSuffix("safetensors"))
      #expect(again["latent.npy"] == npy)
      #expect(again[name == "latent.npy" || name == "latent.safetensors" ? "originals/" + name : name] == bytes)
    }
  }

  @Test func aSavedCodeTakesPartInEdits() throws {
    let settings = "invert: {steps: 2}\n"
    let tomato = try picture("tomato.png", seed: 2)
    let code = InputFile(name: "tomato.npy", bytes: try #require(try run(settings, [tomato])["latent.npy"]))
    func text(_ name: String) -> String {
      settings + "edits: [interpolate: {with: \(name), frames: 3}, mix_style: {style: \(name)}]\n"
    }
    let apple = try picture("apple.png", seed: 1)
    let byPicture = try run(text("tomato.png"), [apple], [tomato])
    let byCode = try run(text("tomato.npy"), [apple], [code])
    for path in ["01-interpolate-tomato/01.png", "01-interpolate-tomato/02.png", "02-mix_style-tomato/00.png"] {
      #expect(byCode[path] != nil && byCode[path] == byPicture[path], "\(path)")
    }
    let diffused = try run("edits: [diffuse: {context: tomato.npy, steps: 1}]\n", [apple], [code])
    #expect(diffused["01-diffuse-tomato/context.png"] != nil)
    let subject = try run("edits: [diffuse: {context: apple.png, steps: 1}]\n", [code], [apple])
    #expect(subject["01-diffuse-apple/stitched.png"] != nil)
  }

  @Test func whatIsNoCodeOfThisPackIsRefusedByName() throws {
    func npy(_ shape: [Int], _ value: Float = 0) -> InputFile {
      InputFile(name: "a.npy", bytes: NumPyFile.bytes(shape: shape, values: [Float](repeating: value, count: shape.reduce(1, *))))
    }
    #expect(refusal(npy([1, 10, 96])) == "a.npy: has shape [1, 10, 96], which is no code of toys; its codes have [1, 8, 48]")
    #expect(refusal(npy([3, 8, 48])) == "a.npy: holds 3 codes; save the one that is meant in a file of its own")
    #expect(refusal(npy([48])) == "a.npy: has shape [48], which is no code of toys; its codes have [1, 8, 48]")
    #expect(refusal(npy([1, 8, 48], .nan))?.hasPrefix("a.npy: has the value nan at index 0") == true)
    #expect(refusal(InputFile(name: "a.npy", bytes: Array(npy([8, 48]).bytes.dropLast())))?.hasPrefix("a.npy: has ") == true)
    var other = SafetensorsWriter(metadata: ["pack": "fruits64", "pack_hash": "0123456789abcdef"])
    other.add("inverted", shape: [8, 48], values: [Float](repeating: 0, count: 384))
    #expect(refusal(InputFile(name: "b.safetensors", bytes: other.bytes())) == "b.safetensors: belongs to pack 'fruits64', not to 'toys'")
    var nameless = SafetensorsWriter()
    nameless.add("inverted", shape: [8, 48], values: [Float](repeating: 0, count: 384))
    #expect(
      refusal(InputFile(name: "b.safetensors", bytes: nameless.bytes()))
        == "b.safetensors: does not say which pack its codes belong to; codes written by this program do")
  }

  /// The pack's own default counts as much as what a sidecar says.
  @Test func thePacksStepsAreHeldAgainstTheLimitToo() throws {
    let options = EditorOptions(decoder: DirectDecoder(), programVersion: "1.0", limits: JobLimits(steps: 20))
    let editor = Editor(model: try TinyModel.model.get(), options: options)
    func refusal(_ text: String) -> String? {
      do {
        try editor.check(
          JobInput(photographs: [picture("apple.png", seed: 1)], sidecar: try Sidecar(Array(text.utf8), file: "a.yaml")))
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(refusal("") == "a.yaml:1:1: toys makes 30 steps where none are given; limits.steps allows 20; write invert: {steps: 20} or fewer")
    #expect(refusal("invert: {steps: 21}")?.hasPrefix("a.yaml:1:17: steps is 21; limits.steps allows 20") == true)
    #expect(refusal("invert: {steps: 20}") == nil && refusal("invert: {method: encoder}") == nil)
  }
}
