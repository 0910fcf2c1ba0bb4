import Foundation
import Images
import TestSupport
import Testing
import Training

@Suite("A folder of photographs is prepared")
struct PreparationTests {
  @Test("bad, tiny, doubled, gray, huge and one-colored files are refused with a reason, the rest is taken")
  func mixedFolder() throws {
    try withTemporaryFolder { folder in
      try SmallTraining.makePictures(in: folder.appendingPathComponent("inner/deep"), count: 40)
      func file(_ name: String) -> URL { folder.appendingPathComponent(name) }
      try Data("no picture".utf8).write(to: file("notes.txt"))
      let ball = try Data(contentsOf: file("inner/deep/ball3.png"))
      try ball.prefix(300).write(to: file("cut.png"))
      try ball.write(to: file("again.png"))
      try Data("file,kind\nall/ball5.png,x\ninner/deep/ball9.png,y\n".utf8).write(to: file("labels.csv"))
      try FileManager.default.createDirectory(at: file("all"), withIntermediateDirectories: true)
      for index in [5, 9] { try FileManager.default.copyItem(at: file("inner/deep/ball\(index).png"), to: file("all/ball\(index).png")) }
      try SmallTraining.write(Picture(width: 5, height: 300, color: .black), to: file("tiny.png"))
      try SmallTraining.write(Picture(width: 50, height: 50, color: .white), to: file("white.png"))
      // A header that says 60000 × 60000.
      var huge = try Data(Picture(width: 9, height: 9, color: .black).pngBytes())
      huge.replaceSubrange(16..<24, with: [0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60])
      try huge.write(to: file("huge.png"))
      var gray = Picture(width: 40, height: 40, color: .white)
      for y in 0..<20 { for x in 0..<40 { gray[x, y] = .black } }
      try SmallTraining.write(gray, to: file("gray.png"))
      try FileManager.default.createSymbolicLink(at: file("link.png"), withDestinationURL: file("gray.png"))

      var settings = TrainingSettings()
      settings.data.resolution = 16
      let prepared = try Preparation.prepare(PhotographList(folder: folder.path), settings, decoder: DirectDecoder())
      let reasons = Dictionary(uniqueKeysWithValues: prepared.refused.map { ($0.name, $0.reason) })
      #expect(prepared.count == 41 && prepared.grayCount == 1, "\(prepared.count)")
      #expect(reasons["notes.txt"]?.contains("no picture that is read") == true)
      #expect(reasons["cut.png"]?.contains("ends too early") == true)
      #expect(reasons["inner/deep/ball3.png"] == "is the same picture as again.png")
      #expect(reasons["tiny.png"]?.contains("5×300") == true)
      #expect(reasons["white.png"] == "has one color only")
      #expect(reasons["huge.png"]?.contains("limit") == true)
      // Of two the one with labels is kept.
      #expect(reasons["inner/deep/ball5.png"] == "is the same picture as all/ball5.png")
      #expect(reasons["all/ball9.png"] == "is the same picture as inner/deep/ball9.png")
      #expect(prepared.photographs.contains { $0.name == "inner/deep/ball9.png" && $0.labels["kind"] == "y" })
      #expect(reasons["link.png"] == "is a link, and links are not followed; put the photograph itself there")
      #expect(reasons.count == 9, "\(reasons)")
    }
  }

  @Test("files that vanish while it reads are refused, and the others are taken")
  func vanishing() throws {
    try withTemporaryFolder { folder in
      try SmallTraining.makePictures(in: folder, count: 40)
      let list = try PhotographList(folder: folder.path)
      for index in 0..<5 { try FileManager.default.removeItem(at: folder.appendingPathComponent("ball\(index).png")) }
      var settings = TrainingSettings()
      settings.data.resolution = 16
      let prepared = try Preparation.prepare(list, settings, decoder: DirectDecoder())
      #expect(prepared.count == 35)
      #expect(prepared.refused.count == 5 && prepared.refused.allSatisfy { $0.reason.contains("does not exist") })
    }
  }

  @Test("packs and trainings that lie among the photographs are left out")
  func ownFolders() throws {
    try withTemporaryFolder { folder in
      try SmallTraining.makePictures(in: folder, count: 20)
      try Data("hidden".utf8).write(to: folder.appendingPathComponent(".DS_Store"))
      let entries = try PhotographList(folder: folder.path).entries
      let request = try SmallTraining.request(folder, folder.appendingPathComponent("model"))
      #expect(try TrainingRun(request, observer: SmallTraining.Observer(stopsAt: 8)).run() == .stopped)
      #expect(try PhotographList(folder: folder.path).entries == entries)
      let lines = try SmallTraining.finish(request)
      #expect(try PhotographList(folder: folder.path).entries == entries)
      #expect(lines.allSatisfy { !$0.contains("prepared") })
      let again = try PhotographList(folder: folder.path)
      let prepared = try Preparation.prepare(again, smallSettings, decoder: DirectDecoder())
      let said = PreparationReport(prepared, again).lines
      #expect(said.contains("  model: is a pack") && said.contains("  model.training: is what a training needs to go on"))
      #expect(said.contains("passed over, for their names begin with a point: 1"))
    }
  }

  private var smallSettings: TrainingSettings {
    var settings = TrainingSettings()
    (settings.data.resolution, settings.data.minimum) = (16, 8)
    return settings
  }

  @Test("what labels.csv does not say is told before anything is trained")
  func labelReport() throws {
    try withTemporaryFolder { folder in
      try SmallTraining.makePictures(in: folder, count: 110)
      let rows = (0..<108).map { "ball\($0).png,\($0 % 2 == 0 ? "day" : "night"),\($0 < 3 ? "hat" : "none"),\($0 == 4 ? "1e999" : "\($0)")" }
      let text = (["file,light,hat,size"] + rows + ["elsewhere.png,day,none,3"]).joined(separator: "\n")
      try Data(text.utf8).write(to: folder.appendingPathComponent("labels.csv"))
      let list = try PhotographList(folder: folder.path)
      var settings = smallSettings
      settings.data.heldOut = 0
      let prepared = try Preparation.prepare(list, settings, decoder: DirectDecoder())
      let lines = PreparationReport(prepared, list).lines
      #expect(lines.contains("warning: labels.csv: of 109 names, those of no photograph: 1, such as elsewhere.png"))
      #expect(lines.contains("photographs without a line in labels.csv: 2"))
      #expect(lines.contains("warning: labels.csv: what is no number is left out of size: 1, such as '1e999'"))
      #expect(
        lines.filter { $0.contains("no attribute") } == [
          "warning: labels.csv: no attribute comes of 'hat': 50 photographs are needed for each of two answers, or 100 with numbers; of those to learn from, 108 have it, at most 105 the same answer"
        ], "\(lines)")
    }
  }

  @Test("labels that are none of the photographs', and what stands in them twice, are refused")
  func wrongLabels() throws {
    try withTemporaryFolder { folder in
      try SmallTraining.makePictures(in: folder, count: 3)
      func refusal(_ text: String) -> String {
        do {
          try Data(text.utf8).write(to: folder.appendingPathComponent("labels.csv"))
          _ = try PhotographList(folder: folder.path)
        } catch { return "\(error)" }
        return "nothing"
      }
      #expect(refusal("file,age\n").contains("nothing"))
      #expect(refusal("file,age\nphotographs/ball1.png,3\n").contains("labels.csv: none of its 1 names is that of a file, the first is photographs/ball1.png"))
      #expect(refusal("file,age,age\nball1.png,3,4\n").contains("labels.csv:1: has two columns 'age'; name each once"))
      #expect(refusal("file,age\nball1.png,3\nball1.png,4\n").contains("labels.csv:3: 'ball1.png' stands in line 2 already"))
    }
  }

  @Test("too few photographs are refused in one line with the first reason")
  func tooFew() throws {
    try withTemporaryFolder { folder in
      try SmallTraining.makePictures(in: folder, count: 4)
      try Data("no picture".utf8).write(to: folder.appendingPathComponent("a.txt"))
      #expect {
        _ = try Preparation.prepare(PhotographList(folder: folder.path), TrainingSettings(), decoder: DirectDecoder())
      } throws: { error in
        "\(error)".contains("has 4 usable photographs") && "\(error)".contains("a.txt")
      }
    }
  }

  @Test("people are kept apart as a whole")
  func people() throws {
    try withTemporaryFolder { folder in
      try SmallTraining.makePictures(in: folder, count: 60)
      let rows = (0..<60).map { "ball\($0).png,\($0 / 3),\"a, \"\"b\"\"\"" }
      try Data(("file,person,note\r\n" + rows.joined(separator: "\r\n") + "\r\n").utf8)
        .write(to: folder.appendingPathComponent("labels.csv"))
      var settings = TrainingSettings()
      settings.data.resolution = 16
      let prepared = try Preparation.prepare(PhotographList(folder: folder.path), settings, decoder: DirectDecoder())
      func people(_ items: [Int]) -> Set<String> { Set(items.compactMap { prepared.photographs[$0].labels["person"] }) }
      #expect(prepared.heldOut.count == 6 && prepared.training.count == 54)
      #expect(people(prepared.heldOut).isDisjoint(with: people(prepared.training)))
      #expect(prepared.photographs[0].labels["note"] == "a, \"b\"")
    }
  }

  @Test("labels without a column 'file', or with a line of another length, are refused with the line")
  func badLabels() {
    for (text, place) in [
      ("name,x\na,b\n", ":1: has no column 'file'"), ("file,x\na,b\nc\n", ":3: has 1 columns"),
      ("file,x\na,b\nc,\"d\ne,f\n", ":3: has a quotation mark that is not closed"),
    ] {
      #expect { _ = try LabelTable(Array(text.utf8), name: "labels.csv") } throws: { "\($0)".contains("labels.csv\(place)") }
    }
  }

  @Test("semicolons and tabs separate columns where the first line has them", arguments: [",", ";", "\t"])
  func separators(separator: String) throws {
    let lines = [["x", "file", "note"], ["1", "a.png", "\"a\(separator) b\""], ["2", "b;,.png", ""]]
    let text = lines.map { fields in
      fields.map { $0.contains(separator) && !$0.hasPrefix("\"") ? "\"\($0)\"" : $0 }.joined(separator: separator)
    }.joined(separator: "\r\n")
    let table = try LabelTable(Array(("\u{FEFF}" + text).utf8), name: "labels.csv")
    #expect(table.columns == ["x", "note"])
    #expect(table.rows == ["a.png": ["x": "1", "note": "a\(separator) b"], "b;,.png": ["x": "2"]])
  }
}
