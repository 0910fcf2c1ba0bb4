import Editing
import Foundation
import Images
import Inversion
import StrictYAML
import Tensors
import TestSupport
import Testing
import WeightFiles

@Suite(.serialized) struct EditorTests {
  private static let allEdits = """
    invert: {steps: 4, snapshots: 2}
    edits:
      - reconstruct
      - manipulate: {attribute: redness, frames: 3}
      - interpolate: {with: tomato.png, frames: 4}
      - mix_style: {style: cherry.png}
      - diffuse: {context: tomato.png, steps: 3}
    """

  func editor(store: MemoryStore? = nil, limit: Int = 4 << 30) throws -> Editor {
    let options = EditorOptions(decoder: DirectDecoder(), programVersion: "1.0", memoryLimitInBytes: limit)
    return Editor(model: try TinyModel.model.get(), options: options, store: store)
  }

  func input(_ text: String, photographs: [InputFile]? = nil, others: [InputFile]? = nil) throws -> JobInput {
    let bytes = Array(text.utf8)
    return JobInput(
      photographs: try photographs ?? [picture("apple.png", seed: 1)],
      others: try others ?? [picture("tomato.png", seed: 2), picture("cherry.png", seed: 3)],
      sidecar: try Sidecar(bytes, file: "apple.png.yaml"),
      sidecarFile: InputFile(name: "apple.png.yaml", bytes: bytes))
  }

  func report(_ files: [String: [UInt8]], _ path: String = "result.json") throws -> [String: Any] {
    let bytes = try #require(files[path])
    return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
  }

  @Test("The conventional method gives its own encoder's code, beside the domain-guided one's") func conventional() throws {
    func codes(_ method: String) throws -> (encoder: [Float], inverted: [Float]) {
      let writer = MemoryWriter()
      _ = try editor().run(input("invert: {method: \(method)}", others: []), into: writer)
      return try withTemporaryFolder { folder in
        let path = folder.appendingPathComponent("latent.safetensors")
        try Data(#require(writer.files["latent.safetensors"])).write(to: path)
        let file = try SafetensorsFile(path: path.path)
        return (try file.floats(named: "encoder"), try file.floats(named: "inverted"))
      }
    }
    let guided = try codes("encoder"), conventional = try codes("conventional")
    #expect(guided.encoder == guided.inverted)
    #expect(conventional.encoder == guided.encoder)
    #expect(conventional.inverted != guided.inverted)
  }

  @Test("Every method reports the mean squared difference of E(x) and E(G(E(x)))", arguments: InversionMethod.allCases)
  func domainDistance(_ method: InversionMethod) throws {
    let writer = MemoryWriter(), model = try TinyModel.model.get().model
    _ = try editor().run(input("invert: {method: \(method.rawValue), steps: 2}", others: []), into: writer)
    let reported = try #require(report(writer.files)["domain_distance"] as? [String: Any])
    let original = try Picture.decode(try #require(writer.files["original.png"]), name: "original.png").picture
    let code = try model.encode(ImageTensors.tensor(original))
    let again = try model.encode(model.synthesize(code)).values
    let differences = zip(code.values, again).map { Double($0 - $1) * Double($0 - $1) }
    let expected = differences.reduce(0, +) / Double(differences.count)
    #expect(abs(try #require(reported["value"] as? Double) - expected) < 1e-4 * expected)
  }

  @Test func aJobWithAllEditsLeavesWhatTheDesignPromises() throws {
    let writer = MemoryWriter()
    let observer = RecordingObserver()
    let result = try editor().run(input(Self.allEdits), into: writer, observer: observer)
    let expected = [
      "original.png", "encoder.png", "inverted.png", "latent.safetensors", "latent.npy", "snapshots/step-0002.png",
      "snapshots/step-0004.png", "01-reconstruct/00.png", "01-reconstruct/codes.npy", "02-manipulate-redness/00.png",
      "02-manipulate-redness/01.png", "02-manipulate-redness/02.png", "02-manipulate-redness/codes.npy",
      "03-interpolate-tomato/with.png", "03-interpolate-tomato/00.png", "03-interpolate-tomato/01.png",
      "03-interpolate-tomato/02.png", "03-interpolate-tomato/03.png", "03-interpolate-tomato/codes.npy",
      "04-mix_style-cherry/style.png", "04-mix_style-cherry/00.png", "04-mix_style-cherry/codes.npy",
      "05-diffuse-tomato/context.png", "05-diffuse-tomato/stitched.png", "05-diffuse-tomato/00.png",
      "05-diffuse-tomato/codes.npy", "sheet.png", "report.html", "result.json", "apple.png", "apple.png.yaml", "tomato.png", "cherry.png",
    ]
    #expect(Set(writer.files.keys) == Set(expected))
    #expect(Set(result.files) == Set(expected))
    #expect(writer.files["01-reconstruct/00.png"] == writer.files["inverted.png"], "picture and saved code belong together")
    #expect(writer.files["03-interpolate-tomato/00.png"] == writer.files["inverted.png"])
    #expect(writer.files["snapshots/step-0004.png"] == writer.files["inverted.png"])
    for file in writer.files where file.key.hasSuffix(".png") && !["apple.png", "tomato.png", "cherry.png"].contains(file.key) {
      #expect(throws: Never.self) { try Picture.decode(file.value, name: file.key) }
    }
    #expect(observer.lines.contains("apple.png inverting 4/4"))
    #expect(observer.lines.contains("apple.png editing(\"diffuse tomato\") 3/3"))
  }

  @Test func theReportTellsEverything() throws {
    let writer = MemoryWriter()
    let input = try input(Self.allEdits)
    try editor().run(input, into: writer)
    let report = try report(writer.files)
    let losses = try #require(report["losses"] as? [String: [Double]])
    #expect(losses.keys.sorted() == ["domain", "perceptual", "pixel", "total"])
    #expect(losses.values.allSatisfy { $0.count == 4 })
    let pack = try #require(report["pack"] as? [String: String])
    #expect(pack["name"] == "toys" && pack["hash"] == "abc")
    let inputs = try #require(report["inputs"] as? [[String: Any]])
    #expect(inputs.compactMap { $0["name"] as? String } == ["apple.png", "tomato.png", "cherry.png", "apple.png.yaml"])
    #expect(inputs[0]["sha256"] as? String == input.photographs[0].sha256)
    let kept = try #require(report["kept"] as? [String: Any])
    #expect(kept["updates"] as? Int == 4 && kept["losses"] is [String: Double])
    #expect((report["edits"] as? [[String: Any]])?.count == 5)
    #expect(Set(try #require(report["files"] as? [String])).isSubset(of: Set(writer.files.keys)))
    let settings = try #require(report["settings"] as? [String: Any])
    #expect((settings["invert"] as? [String: Any])?["steps"] as? Int == 4)
    let warnings = try #require(report["warnings"] as? [String])
    #expect(warnings.contains { $0.contains("outside of what toys was trained on") })
  }

  @Test func theSameJobGivesTheSameBytes() throws {
    let (first, second) = (MemoryWriter(), MemoryWriter())
    try editor().run(input(Self.allEdits), into: first)
    try editor().run(input(Self.allEdits), into: second)
    #expect(first.files.keys.sorted() == second.files.keys.sorted())
    for (path, bytes) in first.files where path != "result.json" { #expect(bytes == second.files[path], "\(path)") }
    #expect(try timeless(first.files) == timeless(second.files))
  }

  /// The report's lines without those that tell of time.
  private func timeless(_ files: [String: [UInt8]]) throws -> [String] {
    let text = String(decoding: try #require(files["result.json"]), as: UTF8.self)
    let head = try #require(text.range(of: "  \"timings\": {"))
    let tail = try #require(text[head.upperBound...].range(of: "}"))
    return (text[..<head.lowerBound] + text[tail.upperBound...]).split(separator: "\n").map(String.init)
      .filter { !$0.hasPrefix("  \"started\"") }
  }

  @Test func latentFilesHoldTheSavedCode() throws {
    let writer = MemoryWriter()
    try editor().run(input("invert: {steps: 2}"), into: writer)
    try withTemporaryFolder { folder in
      for name in ["latent.safetensors", "latent.npy"] {
        try Data(try #require(writer.files[name])).write(to: folder.appendingPathComponent(name))
      }
      let file = try SafetensorsFile(path: folder.appendingPathComponent("latent.safetensors").path)
      #expect(file.metadata == ["pack": "toys", "pack_hash": "abc"])
      let inverted = try file.floats(named: "inverted", shape: [8, 48])
      let npy = try NumPyFile(path: folder.appendingPathComponent("latent.npy").path)
      #expect(npy.shape == [1, 8, 48] && npy.floats == inverted)
      let work = MemoryWriter()
      try editor().run(input("invert: {method: encoder}"), into: work)
      #expect(work.files["encoder.png"] == work.files["inverted.png"])
      #expect(work.files["encoder.png"] == writer.files["encoder.png"])
    }
  }

  @Test func aStoppedJobContinuesFromItsLastState() throws {
    let whole = MemoryWriter()
    try editor().run(input(Self.allEdits), into: whole)
    for phase in [JobProgress.Phase.inverting, .editing("diffuse tomato")] {
      let observer = RecordingObserver(stopsAt: (phase, 2))
      #expect(throws: EditingError.self) { try editor().run(input(Self.allEdits), into: MemoryWriter(), observer: observer) }
      let state = try #require(observer.lastState)
      let resumed = MemoryWriter()
      let second = RecordingObserver(checkpoint: state)
      try editor().run(input(Self.allEdits), into: resumed, observer: second)
      for (path, bytes) in whole.files where path != "result.json" { #expect(resumed.files[path] == bytes, "\(path)") }
      #expect(try timeless(resumed.files) == timeless(whole.files))
      let steps = second.lines.count { $0.contains("\(phase)") && !$0.hasSuffix("/0") }
      let all = RecordingObserver()
      try editor().run(input(Self.allEdits), into: MemoryWriter(), observer: all)
      #expect(steps == all.lines.count { $0.contains("\(phase)") && !$0.hasSuffix("/0") } - 2, "the first steps are not made again")
    }
  }

  @Test func aStateThatDoesNotFitIsIgnored() throws {
    let writer = MemoryWriter()
    try editor().run(input("invert: {steps: 2}"), into: writer, observer: RecordingObserver(checkpoint: [1, 2, 3]))
    #expect(writer.files["result.json"] != nil)
  }

  @Test func aStoredInversionIsUsedAgain() throws {
    let store = MemoryStore()
    let (first, second) = (MemoryWriter(), MemoryWriter())
    try editor(store: store).run(input("invert: {steps: 3}"), into: first)
    #expect(store.count == 1)
    let observer = RecordingObserver()
    try editor(store: store).run(input("invert: {steps: 3}"), into: second, observer: observer)
    #expect(!observer.lines.contains { $0.hasSuffix("1/3") })
    #expect(second.files["inverted.png"] == first.files["inverted.png"])
    #expect(try timeless(second.files) == timeless(first.files))
    try editor(store: store).run(input("invert: {steps: 2}"), into: MemoryWriter())
    #expect(store.count == 2, "other settings are another inversion")
  }

  @Test func severalPhotographsHaveAFolderEach() throws {
    let writer = MemoryWriter()
    let photographs = [try picture("a b.png", seed: 1), try picture("A B.PNG", seed: 2)]
    let result = try editor().run(
      input("invert: {method: encoder}", photographs: photographs, others: []), into: writer)
    #expect(result.photographs.map(\.folder) == ["a_b/", "A_B-2/"])
    for folder in ["a_b/", "A_B-2/"] {
      let report = try report(writer.files, folder + "result.json")
      for file in try #require(report["files"] as? [String]) { #expect(writer.files[folder + file] != nil, "\(file)") }
    }
    let overview = try report(writer.files)
    #expect((overview["photographs"] as? [[String: String]])?.map { $0["folder"] } == ["a_b/", "A_B-2/"])
    #expect(writer.files["a b.png"] != nil)
  }

  @Test(arguments: ["inverted.png", "Sheet.PNG", "result.json.png"])
  func anOriginalNeverReplacesAResult(_ name: String) throws {
    let writer = MemoryWriter()
    let photograph = try picture(name, seed: 1)
    try editor().run(input("invert: {method: encoder}", photographs: [photograph], others: []), into: writer)
    let path = name == "result.json.png" ? name : "originals/" + name
    #expect(writer.files[path] == photograph.bytes)
  }

  @Test func aPictureThatIsNoneIsRefusedByName() throws {
    let text = InputFile(name: "apple.png", bytes: Array("hello".utf8))
    do {
      try editor().run(input("", photographs: [text], others: []), into: MemoryWriter())
      Issue.record("it was accepted")
    } catch let error as EditingError {
      #expect(error.kind == .refuse && error.description.hasPrefix("apple.png: "))
    }
    let cut = InputFile(name: "apple.png", bytes: Array(try picture("a", seed: 1).bytes.prefix(60)))
    do {
      try editor().run(input("", photographs: [cut], others: []), into: MemoryWriter())
      Issue.record("it was accepted")
    } catch let error as EditingError {
      #expect(error.kind == .truncated)
    }
  }

  @Test func aJobOverTheMemoryLimitIsRefusedBeforeItBegins() throws {
    let observer = RecordingObserver()
    #expect(refusal {
      try editor(limit: 1000).run(input(""), into: MemoryWriter(), observer: observer)
    } == "the job needs about 0 MiB; 0 MiB are allowed (limits.memory); use smaller pictures or a smaller model")
    #expect(observer.lines.isEmpty)
  }

  @Test func aMissingPictureIsFoundBeforeAnythingIsComputed() throws {
    let observer = RecordingObserver()
    #expect(refusal {
      try editor().run(input("edits: [interpolate: {with: pear.png}]"), into: MemoryWriter(), observer: observer)
    } == "apple.png.yaml:1:29: with: 'pear.png' was not dropped together with this file")
    #expect(observer.lines.isEmpty)
  }

  @Test(arguments: [
    ("apple", "apple"), ("../x", "_x"), (".hidden", "hidden"), ("", "_"), ("Käse 1", "Käse_1"), ("a\u{202E}b", "a_b"), ("...", "_"),
  ])
  func piecesOfPathsAreHarmless(_ text: String, _ expected: String) {
    #expect(pathComponent(text) == expected)
  }
}
