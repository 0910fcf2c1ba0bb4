import Files
import Foundation
import Images
import Kernels
import ModelPacks
import NeuralNetworks
import Tensors
import TestSupport
import StrictYAML
import Synchronization
import Testing
import Training

@Suite("A whole training", .serialized)
struct WholeTrainingTests {
  @Test("makes the same pack without a stop, stopped again and again, and at one, two and four threads")
  func sameBytes() throws {
    try withTemporaryFolder { folder in
      let photographs = folder.appendingPathComponent("photographs")
      try SmallTraining.makePictures(in: photographs)
      let whole = folder.appendingPathComponent("whole/model")
      try FileManager.default.createDirectory(at: whole.deletingLastPathComponent(), withIntermediateDirectories: true)
      let lines = try SmallTraining.finish(SmallTraining.request(photographs, whole))
      let expected = try SmallTraining.files(whole)
      #expect(expected.count >= 9, "\(expected.keys.sorted())")
      #expect(lines.contains { $0.hasPrefix("64 photographs") })
      // A pack is loaded and used as any other.
      let pack = try ModelPack.load(whole.path, verification: .full)
      let code = try pack.makeEncoder().encode(Tensor(repeating: 0.1, [1, 3, 16, 16]))
      #expect(try pack.makeGenerator().synthesize(code).shape == [1, 3, 16, 16])
      #expect(pack.description.domainDistance != nil)

      defer { Workers.use(threads: Processors.defaultThreadCount()) }
      for (variant, threads) in [("stopped", 2), ("one", 1), ("four", 4)] {
        Workers.use(threads: threads)
        let again = folder.appendingPathComponent("\(variant)/model")
        try FileManager.default.createDirectory(at: again.deletingLastPathComponent(), withIntermediateDirectories: true)
        let random = RandomNumbers(seed: 5)
        try SmallTraining.finish(SmallTraining.request(photographs, again)) { attempt in
          // After one to seven steps each time, so that every stage is stopped several times.
          variant == "stopped" && attempt < 30 ? 2 + random.integer(below: 7, .order, attempt, 0) : nil
        }
        let found = try SmallTraining.files(again)
        #expect(found == expected, "\(variant): \(found.filter { expected[$0.key] != $0.value }.keys.sorted())")
      }
    }
  }

  @Test("writes nothing more once another process has it, and that one goes on with the same bytes")
  func takenOver() throws {
    try withTemporaryFolder { folder in
      let photographs = folder.appendingPathComponent("photographs")
      try SmallTraining.makePictures(in: photographs)
      let whole = folder.appendingPathComponent("whole/model"), taken = folder.appendingPathComponent("taken/model")
      for place in [whole, taken] {
        try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
      }
      try SmallTraining.finish(SmallTraining.request(photographs, whole))
      // Photographs and settings, then checkpoints, then the pack: it is taken over before any of these is written.
      var ends = 0
      for writes in 0..<200 {
        var request = try SmallTraining.request(photographs, taken)
        let left = Mutex(writes % 5)
        request.mayWrite = { () throws(TrainingError) in
          let isOurs = left.withLock { count in
            count -= 1
            return count >= 0
          }
          guard isOurs else { throw TrainingError("another has it") }
        }
        let before = try? SmallTraining.files(URL(fileURLWithPath: request.workspacePath))
        do {
          guard try TrainingRun(request, observer: SmallTraining.Observer()).run() == .finished else { continue }
          break
        } catch let error as TrainingError {
          #expect(error.description.contains("another has it"))
          ends += 1
        }
        guard writes % 5 == 0, let before else { continue }
        let after = try SmallTraining.files(URL(fileURLWithPath: request.workspacePath))
        #expect(after.filter { $0.key.hasSuffix(".safetensors") && !$0.key.hasPrefix(".") } == before.filter { $0.key.hasSuffix(".safetensors") && !$0.key.hasPrefix(".") })
      }
      #expect(ends > 10)
      #expect(try SmallTraining.files(taken) == SmallTraining.files(whole))
    }
  }

  @Test("goes on with the same bytes after dying at any system call of a checkpoint")
  func dying() throws {
    try withTemporaryFolder { folder in
      let photographs = folder.appendingPathComponent("photographs")
      try SmallTraining.makePictures(in: photographs)
      let whole = folder.appendingPathComponent("whole/model")
      try FileManager.default.createDirectory(at: whole.deletingLastPathComponent(), withIntermediateDirectories: true)
      let counter = FaultInjector(recordsCalls: false) { _, _, _ in .proceed }
      try FaultInjector.$current.withValue(counter) { _ = try SmallTraining.finish(SmallTraining.request(photographs, whole)) }
      let expected = try SmallTraining.files(whole)
      let killed = folder.appendingPathComponent("killed/model"), random = RandomNumbers(seed: 11)
      try FileManager.default.createDirectory(at: killed.deletingLastPathComponent(), withIntermediateDirectories: true)
      var deaths = 0
      for attempt in 0..<50 {
        let at = 1 + random.integer(below: max(2, counter.count / 4), .order, attempt, 0)
        let injector = FaultInjector(recordsCalls: false) { number, _, _ in number == at ? .die : .proceed }
        let isDone = FaultInjector.$current.withValue(injector) {
          // What is said by a process that is dead does not count.
          (try? SmallTraining.finish(SmallTraining.request(photographs, killed))) != nil && injector.hits == 0
        }
        deaths += injector.hits > 0 ? 1 : 0
        if isDone { break }
      }
      #expect(deaths > 5)
      if !FileManager.default.fileExists(atPath: killed.path) {
        try SmallTraining.finish(SmallTraining.request(photographs, killed))
      }
      #expect(try SmallTraining.files(killed) == expected)
    }
  }

  @Test("goes on without a checkpoint when the disk is full, and says so")
  func fullDisk() throws {
    try withTemporaryFolder { folder in
      let photographs = folder.appendingPathComponent("photographs"), pack = folder.appendingPathComponent("model")
      try SmallTraining.makePictures(in: photographs)
      let request = try SmallTraining.request(photographs, pack)
      // The third checkpoint of the generator finds no room.
      let injector = FaultInjector(recordsCalls: false) { _, call, path in
        call == .write && path.contains("generator-000000000024") ? .fail(28) : .proceed
      }
      let lines = try FaultInjector.$current.withValue(injector) { try SmallTraining.finish(request) }
      #expect(lines.contains { $0.contains("no checkpoint could be written") && $0.contains("no space left") })
      #expect(injector.hits > 0)
      #expect(FileManager.default.fileExists(atPath: pack.appendingPathComponent("pack.yaml").path))
    }
  }

  @Test("takes the checkpoint before one that is damaged, and says which")
  func damagedCheckpoint() throws {
    try withTemporaryFolder { folder in
      let photographs = folder.appendingPathComponent("photographs"), pack = folder.appendingPathComponent("model")
      try SmallTraining.makePictures(in: photographs)
      let request = try SmallTraining.request(photographs, pack)
      // The perceptual network takes four questions and one more to end; then the generator.
      #expect(try TrainingRun(request, observer: SmallTraining.Observer(stopsAt: 12)).run() == .stopped)
      let work = folder.appendingPathComponent("model.training")
      let names = try FileManager.default.contentsOfDirectory(atPath: work.path)
        .filter { $0.hasPrefix("generator-0") }.sorted()
      #expect(names.count == 2)
      let newest = work.appendingPathComponent(try #require(names.last))
      var bytes = try Data(contentsOf: newest)
      bytes[bytes.count - 9] ^= 1
      try bytes.write(to: newest)
      let observer = SmallTraining.Observer(stopsAt: 3)
      _ = try TrainingRun(request, observer: observer).run()
      #expect(observer.lines.contains { $0.contains(names[1]) && $0.contains("the one before is taken") })
    }
  }

  @Test("refuses another folder, another size and changed settings, naming what differs")
  func others() throws {
    try withTemporaryFolder { folder in
      let photographs = folder.appendingPathComponent("photographs"), pack = folder.appendingPathComponent("model")
      try SmallTraining.makePictures(in: photographs)
      var request = try SmallTraining.request(photographs, pack)
      #expect(try TrainingRun(request, observer: SmallTraining.Observer(stopsAt: 8)).run() == .stopped)
      func refusal() -> String {
        do { _ = try TrainingRun(request, observer: SmallTraining.Observer()).run() } catch { return "\(error)" }
        return "nothing"
      }
      request.images = 77
      #expect(refusal().contains("--images is 77") && refusal().contains("begun with 112"))
      request.images = nil
      let extra = photographs.appendingPathComponent("ball77.png")
      try SmallTraining.write(Picture(width: 20, height: 20, color: .black), to: extra)
      #expect(refusal().contains("ball77.png is new"))
      try FileManager.default.removeItem(at: extra)
      try FileManager.default.removeItem(at: photographs.appendingPathComponent("ball7.png"))
      #expect(refusal().contains("ball7.png is gone"))
    }
  }
}

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
      #expect(reasons.count == 6, "\(reasons)")
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
    for (text, place) in [("name,x\na,b\n", ":1:"), ("file,x\na,b\nc\n", ":3:")] {
      #expect { _ = try LabelTable(Array(text.utf8), name: "labels.csv") } throws: { "\($0)".contains("labels.csv\(place)") }
    }
  }
}

@Suite("Settings of a training")
struct TrainingSettingsTests {
  @Test("read back as they were written, with every value changed")
  func roundTrip() throws {
    var settings = TrainingSettings.recommended(resolution: 128, photographs: 2000)
    settings.card.title = "A \"title\": with signs"
    settings.seed = 77
    var again = TrainingSettings()
    let found = try again.apply(try YAML.parse(Array(settings.yaml.utf8), file: "settings.yaml"))
    #expect(again == settings)
    #expect(found.count == settingsCatalog.count)
  }

  @Test("a wrong key is refused with a suggestion, a wrong value with its range")
  func wrong() throws {
    for (text, part) in [
      ("generator: {image: 5}", "did you mean 'images'"), ("encoder: {batch: 1}", "batch"), ("sead: 3", "did you mean 'seed'"),
    ] {
      #expect {
        var settings = TrainingSettings()
        try settings.apply(try YAML.parse(Array(text.utf8), file: "train.yaml"))
      } throws: { "\($0)".contains("train.yaml:1:") && "\($0)".contains(part) }
    }
  }

  @Test("spread images over stages so that all are shown")
  func spread() {
    for resolution in [16, 32, 64, 128, 256] {
      var settings = TrainingSettings.recommended(resolution: resolution, photographs: 500)
      for images in [100, 12_345, 1_000_000] {
        settings.setImages(images)
        #expect(settings.generator.stageImages.reduce(0, +) == images)
        #expect((try? settings.check()) != nil, "\(resolution)")
      }
    }
  }
}
