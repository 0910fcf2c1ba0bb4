import Evaluation
import Files
import Foundation
import Images
import ModelPacks
import TestSupport
import Testing

/// Whole evaluations of the shipped pack, with as little as gives every number.
@Suite(.serialized) struct EvaluationTests {
  private static let examples = Fixtures.fruits64.appendingPathComponent("examples").path

  private static var tiny: EvaluationSettings {
    var settings = EvaluationSettings.quick
    settings.steps = 2
    settings.resamples = 20
    settings.setResamples = 5
    settings.foreignPictures = 1
    settings.domainWeights = [0, 2]
    return settings
  }

  private func evaluate(
    _ pack: URL = Fixtures.fruits64, into folder: URL, photographs: String = examples, labeled: String? = nil,
    observer: EvaluationObserver = EvaluationObserver()
  ) throws -> [UInt8] {
    let output = try Folder(path: Name(folder.path))
    let report = try Evaluation(
      ModelPack.load(pack.path), photographs: photographs, examples: labeled, output: folder.path, folder: output,
      settings: Self.tiny, decoder: DirectDecoder(), programVersion: "test", observer: observer
    ).report()
    try report.write(into: output)
    return try [UInt8](Data(contentsOf: folder.appendingPathComponent("evaluation.json")))
  }

  @Test("Every claim has a verdict, and what the pack cannot be asked is undecided by name") func claims() throws {
    try withTemporaryFolder { folder in
      let json = try #require(JSONSerialization.jsonObject(with: Data(evaluate(into: folder))) as? [String: Any])
      let claims = try #require(json["claims"] as? [[String: Any]])
      #expect(
        claims.map { $0["claim"] as? String }
          == ["R1", "R2", "R3", "R4", "I1", "M1", "M2", "S1", "D1", "D2", "D3", "D4", "T1", "O1"])
      // Three photographs decide nothing; O1 needs none of them.
      #expect(claims.dropLast().allSatisfy { $0["verdict"] as? String == "undecided" && $0["reason"] is String })
      let r1 = try #require(claims.first)
      #expect(r1["reason"] as? String == "the pack has no conventional encoder (conventional.safetensors)")
      let r2 = claims[1]
      #expect(r2["n"] as? Int == 3 && r2["value"] is Double && r2["low"] is Double && r2["high"] is Double)
      for name in ["evaluation.txt", "evaluation.html", "pictures/reconstruction.png"] {
        #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path))
      }
    }
  }

  @Test("An interrupted evaluation goes on, with the bytes of one that was not") func resumption() throws {
    try withTemporaryFolder { folder in
      let codes = folder.appendingPathComponent("codes").path
      var left = 40
      let observer = EvaluationObserver(shouldStop: {
        left -= 1
        return left < 0
      })
      #expect { try evaluate(into: folder, observer: observer) } throws: { ($0 as? EvaluationError)?.isStop == true }
      let before = try FileManager.default.contentsOfDirectory(atPath: codes).count
      #expect(before > 0 && !FileManager.default.fileExists(atPath: folder.appendingPathComponent("evaluation.json").path))
      let first = try evaluate(into: folder)
      let after = try FileManager.default.contentsOfDirectory(atPath: codes).count
      #expect(after > before)
      #expect(try evaluate(into: folder) == first)
      #expect(try FileManager.default.contentsOfDirectory(atPath: codes).count == after)
      // A damaged file is made again.
      let victim = try #require(FileManager.default.contentsOfDirectory(atPath: codes).sorted().first)
      try Data("no code".utf8).write(to: URL(fileURLWithPath: codes + "/" + victim))
      _ = try evaluate(into: folder)
      #expect(try Data(contentsOf: URL(fileURLWithPath: codes + "/" + victim)).count > 1000)
    }
  }

  @Test("A folder without photographs is refused, and files that are none are named") func badFolder() throws {
    try withTemporaryFolder { folder in
      let photographs = folder.appendingPathComponent("photographs")
      try FileManager.default.createDirectory(at: photographs, withIntermediateDirectories: true)
      #expect(refusal { try evaluate(into: folder, photographs: photographs.path) } == "\(folder.path)/photographs: has 0 usable photographs; at least 2 are needed, and 200 for intervals worth having")
      #expect(refusal { try evaluate(into: folder, photographs: folder.path + "/nowhere") } == "\(folder.path)/nowhere: is no folder that can be read")
      for name in ["apple-red.png", "apple-green.png"] {
        try FileManager.default.copyItem(atPath: Self.examples + "/" + name, toPath: photographs.path + "/" + name)
      }
      // The same file again, and one that is no picture.
      try FileManager.default.copyItem(
        atPath: Self.examples + "/apple-red.png", toPath: photographs.path + "/again.png")
      try Data("<script>".utf8).write(to: photographs.appendingPathComponent("<b>.png"))
      let json = try #require(
        JSONSerialization.jsonObject(with: Data(evaluate(into: folder, photographs: photographs.path))) as? [String: Any])
      let list = try #require(json["photographs"] as? [String: Any])
      #expect((list["chosen"] as? [Any])?.count == 2)
      #expect((list["refused"] as? [[String: Any]])?.first?["name"] as? String == "<b>.png")
      let page = try String(contentsOf: folder.appendingPathComponent("evaluation.html"), encoding: .utf8)
      #expect(page.contains("&lt;b&gt;.png") && !page.contains("<b>.png"))
    }
  }

  @Test("Labeled photographs of another folder measure attributes; none of them is judged") func examples() throws {
    try withTemporaryFolder { folder in
      let labeled = folder.appendingPathComponent("labeled"), photographs = Fixtures.portraits64.appendingPathComponent("examples")
      try FileManager.default.createDirectory(at: labeled, withIntermediateDirectories: true)
      func evaluate() throws -> String {
        _ = try self.evaluate(Fixtures.portraits64, into: folder, photographs: photographs.path, labeled: labeled.path)
        return try String(contentsOf: folder.appendingPathComponent("evaluation.txt"), encoding: .utf8)
      }
      #expect(refusal { try evaluate() } == "\(labeled.path): has no labels.csv with a column 'file', which examples need")
      // One side is brighter than the other. Twenty a side are enough, and the photograph that is judged is not one of them.
      var table = "file,smile\nportrait-1.jpg,1\n"
      try FileManager.default.copyItem(
        at: photographs.appendingPathComponent("portrait-1.jpg"), to: labeled.appendingPathComponent("portrait-1.jpg"))
      for number in 0..<39 {
        let side = number % 2, pixels = (0..<64 * 64 * 3).map { UInt8(truncatingIfNeeded: ($0 * (number + 3)) % 100 + side * 120) }
        try Data(Picture(width: 64, height: 64, pixels: pixels).pngBytes()).write(to: labeled.appendingPathComponent("\(number).png"))
        table += "\(number).png,\(side)\n"
      }
      func write(_ table: String) throws { try Data(table.utf8).write(to: labeled.appendingPathComponent("labels.csv")) }
      try write(table)
      #expect(try evaluate().contains("nor labels for twenty photographs a side that are not judged (age, gender, glasses, smile, pose)"))
      try Data(Picture(width: 64, height: 64, pixels: [UInt8](repeating: 200, count: 64 * 64 * 3)).pngBytes())
        .write(to: labeled.appendingPathComponent("39.png"))
      try write(table + "39.png,1\n")
      #expect(try evaluate().contains("without a measure of their own, and so left out: age, gender, glasses, pose"))
    }
  }

  @Test("Thirteen figures come out of three photographs") func figures() throws {
    try withTemporaryFolder { folder in
      var settings = EvaluationSettings()
      settings.steps = 2
      settings.photographs = 24
      var numbers: [Int] = []
      try Figures(
        ModelPack.load(Fixtures.fruits64.path), photographs: Self.examples, output: folder.path,
        folder: Folder(path: Name(folder.path)), settings: settings, decoder: DirectDecoder()
      ).draw { figure in
        numbers.append(figure.number)
        let bytes = try figure.pngBytes()
        #expect(bytes.count > 5000)
      }
      #expect(numbers == Array(1...13))
    }
  }
}
