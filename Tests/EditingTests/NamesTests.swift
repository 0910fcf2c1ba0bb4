import Editing
import Files
import Foundation
import Images
import StrictYAML
import TestSupport
import Testing

/// Names in instructions, and names of originals, however they are spelled.
@Suite(.serialized) struct NamesTests {
  private static let composed = "caf\u{E9}.png", decomposed = "cafe\u{301}.png"

  /// What was written, in order: a dictionary of strings would take two spellings for one.
  private final class ListWriter: OutputWriter {
    private(set) var files: [(path: Name, bytes: [UInt8])] = []
    func write(_ path: String, _ bytes: [UInt8]) throws { files.append((Name(path), bytes)) }
    subscript(path: String) -> [UInt8]? { files.first { $0.path == Name(path) }?.bytes }
  }

  private func run(
    _ text: String, photographs: [InputFile], others: [InputFile] = [], copiesOriginals: Bool = true
  ) throws -> (result: JobResult, writer: ListWriter) {
    var options = EditorOptions(decoder: DirectDecoder(), programVersion: "1.0", memoryLimitInBytes: 4 << 30)
    options.copiesOriginals = copiesOriginals
    let writer = ListWriter()
    let input = JobInput(photographs: photographs, others: others, sidecar: try Sidecar(Array(text.utf8), file: "job.yaml"))
    return (try Editor(model: try TinyModel.model.get(), options: options).run(input, into: writer), writer)
  }

  private func fitted(_ file: InputFile) throws -> [UInt8] {
    try run("invert: {method: encoder}", photographs: [InputFile(name: "alone.png", bytes: file.bytes)]).writer["original.png"] ?? []
  }

  /// Both spellings lie there: each name gets its own file.
  @Test func twoSpellingsOfOneLetterAreTwoPictures() throws {
    let (green, red) = (try picture(Self.composed, seed: 1), try picture(Self.decomposed, seed: 2))
    let text = "invert: {method: encoder}\nedits:\n  - interpolate: {with: \(Self.decomposed), frames: 2}\n"
    for others in [[red], [red, try picture("other.png", seed: 3)]] {
      let (result, writer) = try run(text, photographs: [green], others: others)
      #expect(try writer["original.png"] == fitted(green))
      let with = try #require(writer.files.first { $0.path.hasSuffix("/with.png") })
      #expect(try with.bytes == fitted(red))
      #expect(!result.warnings.contains { $0.contains("means") })
    }
    let both = try run("invert: {method: encoder}", photographs: [green, red])
    #expect(both.result.photographs.map(\.folder) == ["caf\u{E9}/", "cafe_/"])
    #expect(try both.writer["caf\u{E9}/original.png"] == fitted(green))
    #expect(try both.writer["cafe_/original.png"] == fitted(red))
  }

  @Test(arguments: [(composed, decomposed), ("tomato.png", "Tomato.PNG")])
  func theOnlyOtherSpellingIsUsedAndTold(_ wanted: String, _ file: String) throws {
    let text = "invert: {method: encoder}\nedits:\n  - interpolate: {with: \(wanted), frames: 2}\n"
    let other = try picture(file, seed: 2)
    let (result, writer) = try run(text, photographs: [try picture("a.png", seed: 1)], others: [other])
    #expect(try writer.files.first { $0.path.hasSuffix("/with.png") }?.bytes == fitted(other))
    #expect(result.warnings.filter { $0.contains("'\(file)' here") }.count == 1, "\(result.warnings)")
  }

  @Test func ofSeveralOtherSpellingsNoneIsUsed() throws {
    let text = "edits:\n  - interpolate: {with: tomato.png}\n"
    let others = [try picture("Tomato.png", seed: 2), try picture("TOMATO.png", seed: 3)]
    #expect {
      try run(text, photographs: [try picture("a.png", seed: 1)], others: others)
    } throws: { error in
      "\(error)" == "job.yaml:2:25: with: 'tomato.png' could mean 'TOMATO.png' or 'Tomato.png'; write the name exactly as the file's"
    }
  }

  @Test func twoSpellingsMayBeListedAndOneMayNotTwice() throws {
    let job = "images: [\(Self.composed), \(Self.decomposed)]\n"
    #expect(try Sidecar(Array(job.utf8), file: "job.yaml", kind: .job).referencedNames.count == 2)
    let twice = "images: [\(Self.composed), \(Self.composed)]\n"
    #expect(refusal { try Sidecar(Array(twice.utf8), file: "job.yaml", kind: .job) } == "job.yaml:1:9: 'café.png' is listed twice in images")
  }

  /// With everything that a job can write, no name of ours is unknown to the list that originals are kept away from.
  @Test func everyNameOfOursIsReserved() throws {
    let text = """
      invert: {steps: 2, snapshots: 1}
      paste: true
      compare: [encoder, image2stylegan, conventional, in-domain]
      edits: [reconstruct, {manipulate: {attribute: redness, frames: 1}}]
      """
    let (_, writer) = try run(text, photographs: [try picture("apple.png", seed: 1)], copiesOriginals: false)
    for file in writer.files {
      let top = try #require(file.path.description.split(separator: "/").first)
      let isEdit = top.prefix { $0.isNumber }.count == 2 && top.contains("-")
      #expect(isEdit || AnswerNames.isReserved(Name(String(top))), "\(top)")
    }
  }

  @Test(arguments: ["original.png", "Sheet.png", "RESULT.JSON", "inverted.PNG", "originals", "error.txt"])
  func anOriginalNamedLikeOneOfOursIsKeptApart(_ name: String) throws {
    let photograph = try picture(name, seed: 1)
    let (_, writer) = try run("invert: {method: encoder}", photographs: [photograph])
    #expect(writer["originals/" + name] == photograph.bytes)
    #expect(writer.files.filter { $0.bytes == photograph.bytes }.count == 1)
  }

  @Test func aPhotographsFolderIsNeverCalledLikeOneOfOurs() throws {
    let names = ["originals.jpg", "result.json.png", "error.txt.png", "apple.png", "01-reconstruct.png", "sheet.jpg", "face-2.jpg", "Face-A.jpg"]
    let photographs = try names.enumerated().map { try picture($1, seed: $0) }
    let folders = try run("invert: {method: encoder}", photographs: photographs).result.photographs.map(\.folder)
    #expect(folders == ["originals-2/", "result.json-2/", "error.txt-2/", "apple/", "01-reconstruct/", "sheet/", "face-2-2/", "Face-A/"])
    #expect(folders.allSatisfy { !AnswerNames.isReserved(Name(String($0.dropLast()))) })
  }

  @Test func aNameWithoutEndingIsDoubted() throws {
    let text = "edits:\n  - interpolate: {with: cherry}\n  - mix_style: {style: tomato.jpg}\n"
    #expect(
      try Sidecar(Array(text.utf8), file: "b.yaml").doubts
        == ["b.yaml:2:25: with: 'cherry' has no ending; a file is named with it: 'cherry.jpg'"])
    #expect(try Sidecar(Array("images: [a, b.png]".utf8), file: "job.yaml", kind: .job).doubts.count == 1)
  }

  // MARK: Space that was reserved

  @Test(arguments: [1, 30, 65, 99])
  func aFileWhoseSpaceIsReservedWithZerosIsCutShortInEveryFormat(_ percent: Int) throws {
    let jpeg = try [UInt8](Data(contentsOf: Fixtures.folder.appendingPathComponent("images/formats/420.jpg")))
    for whole in [jpeg, try picture("a.png", seed: 1).bytes] {
      let written = max(2, whole.count * percent / 100)
      let reserved = Array(whole[..<written]) + [UInt8](repeating: 0, count: max(whole.count - written, 100))
      #expect {
        try run("invert: {method: encoder}", photographs: [InputFile(name: "a.jpg", bytes: reserved)])
      } throws: { ($0 as? EditingError)?.kind == .truncated }
    }
    #expect(endsInReservedSpace([UInt8](repeating: 0, count: 1000)))
  }

  @Test func aWholeFileWithZerosBehindItIsNotCutShort() throws {
    let jpeg = try [UInt8](Data(contentsOf: Fixtures.folder.appendingPathComponent("images/formats/420.jpg")))
    for whole in [jpeg, try picture("a.png", seed: 1).bytes] {
      #expect(!endsInReservedSpace(whole))
      #expect(!endsInReservedSpace(whole + [UInt8](repeating: 0, count: 4096)))
    }
    #expect(!endsInReservedSpace(Array("GIF89a".utf8) + [UInt8](repeating: 0, count: 4096)))
  }
}
