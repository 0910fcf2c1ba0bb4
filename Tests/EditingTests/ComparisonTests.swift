import Editing
import Foundation
import Images
import StrictYAML
import TestSupport
import Testing

/// Several methods, several photographs, codes in a photograph's place.
@Suite(.serialized) struct ComparisonTests {
  private func run(
    _ text: String, photographs: [InputFile]? = nil, others: [InputFile] = [], kind: Sidecar.Kind = .photograph
  ) throws -> MemoryWriter {
    let bytes = Array(text.utf8), writer = MemoryWriter()
    let input = JobInput(
      photographs: try photographs ?? [picture("apple.png", seed: 1)], others: others,
      sidecar: try Sidecar(bytes, file: "apple.png.yaml", kind: kind))
    try Editor(model: try TinyModel.model.get(), options: EditorOptions(decoder: DirectDecoder(), programVersion: "1.0")).run(input, into: writer)
    return writer
  }

  private static let edits = """
    edits:
      - manipulate: {attribute: redness, frames: 2}
      - interpolate: {with: tomato.png, frames: 3}
      - diffuse: {context: tomato.png, steps: 2}
    """

  @Test("Each method gives what it gives alone", arguments: ["encoder", "image2stylegan", "conventional"])
  func methods(_ method: String) throws {
    let others = [try picture("tomato.png", seed: 2)]
    let both = try run("invert: {steps: 3}\ncompare: [\(method), in-domain]\n" + Self.edits, others: others)
    let alone = try run("invert: {steps: 3, method: \(method)}\n" + Self.edits, others: others)
    let plain = try run("invert: {steps: 3}\n" + Self.edits, others: others)
    let start = "by-\(method)/"
    let compared = both.files.filter { $0.key.hasPrefix(start) }
    #expect(compared.count == 1 + 1 + 2 + 1 + 4 + 1 + 3 + 1)
    for (path, bytes) in compared {
      // The file of codes alone has the encoder's, too.
      guard !path.hasSuffix("latent.safetensors") else { continue }
      #expect(alone.files[String(path.dropFirst(start.count))] == bytes, "\(path)")
    }
    let own = both.files.keys.filter { !$0.hasPrefix("by-") && $0.hasSuffix(".npy") }
    for path in own { #expect(both.files[path] == plain.files[path], "\(path)") }
    let bytes = try #require(both.files["result.json"])
    let report = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    let entries = try #require(report["compared"] as? [[String: Any]])
    #expect(entries.compactMap { $0["method"] as? String } == [method])
    #expect((entries.first?["edits"] as? [Any])?.count == 3)
  }

  @Test("On the sheet's page the methods stand one under the other, in the order of the list")
  func order() throws {
    let files = try run(
      "invert: {steps: 2}\ncompare: [encoder, image2stylegan, in-domain]\nedits: [manipulate: {attribute: size, frames: 2}]").files
    let page = String(decoding: try #require(files["report.html"]), as: UTF8.self)
    let titles = page.matches(of: /<h2>([^<]*manipulate size)</).map { String($0.1) }
    #expect(titles == ["encoder, manipulate size", "image2stylegan, manipulate size", "in-domain, manipulate size"])
    for link in page.matches(of: /src="([^"]+)"/).map({ String($0.1) }) { #expect(files[link] != nil, "\(link)") }
  }

  @Test("Two attributes make a grid, of which the middle is neither")
  func grid() throws {
    let files = try run("invert: {method: encoder}\nedits: [manipulate: {attribute: redness, grid: size, frames: 3, rows: 5}]").files
    let frames = files.keys.filter { $0.hasPrefix("01-manipulate-redness-size/") && $0.hasSuffix(".png") }
    #expect(frames.count == 15)
    #expect(files["01-manipulate-redness-size/07.png"] == files["inverted.png"], "row 2, column 1 of 0 to 4 and 0 to 2")
    #expect(files["01-manipulate-redness-size/00.png"] != files["01-manipulate-redness-size/12.png"])
  }

  @Test("The photographs of a job and its styles make a matrix")
  func matrix() throws {
    let photographs = try ["a.png", "b.png", "matrix.png.jpg"].enumerated().map { try picture($1, seed: $0) }
    let others = [try picture("s.png", seed: 7), try picture("t.png", seed: 8)]
    let text = "images: [a.png, b.png, matrix.png.jpg]\ninvert: {method: encoder}\n"
      + "edits: [mix_style: {style: [s.png, t.png]}, reconstruct, mix_style: {style: s.png, layers: 0}]"
    let files = try run(text, photographs: photographs, others: others, kind: .job).files
    let first = try Picture.decode(#require(files["matrix.png"]), name: "matrix").picture
    let second = try Picture.decode(#require(files["matrix-2.png"]), name: "matrix-2").picture
    #expect(first.width > second.width && first.height >= second.height)
    #expect(files["matrix.png-2/inverted.png"] != nil, "a photograph's folder keeps out of the way")
    let page = String(decoding: try #require(files["report.html"]), as: UTF8.self)
    #expect(page.contains("src=\"matrix.png\"") && page.contains("src=\"matrix-2.png\""))
    let one = try run("invert: {method: encoder}\nedits: [mix_style: {style: [s.png, t.png]}]", others: others).files
    #expect(one["matrix.png"] == nil)
  }

  @Test("A saved code takes the place of the photograph's inversion")
  func use() throws {
    let first = try run("invert: {steps: 3}\nedits: [manipulate: {attribute: redness, frames: 2}]")
    let code = InputFile(name: "old.safetensors", bytes: try #require(first.files["latent.safetensors"]))
    let again = try run("use: old.safetensors\nedits: [manipulate: {attribute: redness, frames: 2}]", others: [code])
    for path in ["original.png", "encoder.png", "inverted.png", "latent.npy", "01-manipulate-redness/01.png", "01-manipulate-redness/codes.npy"] {
      #expect(again.files[path] == first.files[path], "\(path)")
    }
    let bytes = try #require(again.files["result.json"])
    let report = try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    #expect(((report["losses"] as? [String: Any])?["total"] as? [Any])?.isEmpty == true)
    #expect {
      try run("use: t.png", others: [picture("t.png", seed: 2)])
    } throws: {
      "\($0)" == "apple.png.yaml:1:6: use: 't.png' is no saved code; name a latent.safetensors or latent.npy"
    }
    let subject = InputFile(name: "apple.npy", bytes: try #require(first.files["latent.npy"]))
    #expect {
      try run("compare: [encoder]", photographs: [subject])
    } throws: {
      "\($0)" == "apple.png.yaml:1:10: compare: 'apple.npy' is a saved code, which no method finds anew; remove compare"
    }
  }
}
