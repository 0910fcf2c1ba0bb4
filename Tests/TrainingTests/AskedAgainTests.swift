import Files
import Foundation
import Images
import StrictYAML
import TestSupport
import Testing
import Training

@Suite("What is asked for is done or refused, never passed over", .serialized)
struct AskedAgainTests {
  private func withPhotographs(_ body: (_ photographs: URL, _ pack: URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let photographs = folder.appendingPathComponent("photographs")
      try SmallTraining.makePictures(in: photographs)
      try body(photographs, folder.appendingPathComponent("model"))
    }
  }

  private func refusal(_ request: TrainingRequest) -> String {
    do { _ = try TrainingRun(request, observer: SmallTraining.Observer()) } catch { return "\(error)" }
    return "nothing"
  }

  @Test("a training that goes on refuses other settings, hours and labels")
  func goingOn() throws {
    try withPhotographs { photographs, pack in
      let rows = (0..<64).map { "ball\($0).png,\($0 % 5)" }
      let labels = photographs.appendingPathComponent("labels.csv")
      try Data((["file,number"] + rows).joined(separator: "\n").utf8).write(to: labels)
      let asked = try SmallTraining.request(photographs, pack)
      #expect(try TrainingRun(asked, observer: SmallTraining.Observer(stopsAt: 8)).run() == .stopped)
      let other = try SmallTraining.request(photographs, pack, settings: "card: {title: other}")
      #expect(refusal(other).contains("card.title is \"other\" in the settings; that training was begun with \"\""))
      #expect(refusal(other).hasSuffix("ask for the same again, or remove that folder to begin anew"))
      var hours = asked
      hours.hours = 2
      #expect(refusal(hours).contains("--hours is 2; that training was begun with a number of images"))
      // Settings that are left out are those it was begun with.
      var without = asked
      without.overrides = nil
      #expect(refusal(without) == "nothing")
      try Data((["file,number"] + rows.dropLast() + ["ball63.png,77"]).joined(separator: "\n").utf8).write(to: labels)
      #expect(refusal(asked).contains("its labels.csv says something else of ball63.png: number"))
      try FileManager.default.removeItem(at: labels)
      #expect(refusal(asked).contains("its labels.csv is gone"))
    }
  }

  @Test("options and settings that contradict each other are refused, and nothing is left of it")
  func contradictions() throws {
    try withPhotographs { photographs, pack in
      var request = try SmallTraining.request(photographs, pack)
      request.resolution = 32
      #expect(refusal(request) == "train.yaml:2:20: --resolution is 32, and the settings come to 16; leave one of them out")
      request.resolution = 16
      request.images = 500
      #expect(refusal(request) == "train.yaml:3:85: --images is 500, and the settings come to 112; leave one of them out")
      request.images = nil
      request.hours = 1
      #expect(refusal(request) == "train.yaml:5:19: --hours decides encoder.images, which stands in the settings too; leave one of them out")
      for (text, finding) in [
        ("part: encoder", "train.yaml:7:7: part is encoder in the settings, and is written by the command, for which it is all; leave it out of the settings"),
        ("base: abc", "train.yaml:7:7: base is \"abc\" in the settings, and is written by --pack, for which it is \"\"; leave it out of the settings"),
      ] {
        #expect(refusal(try SmallTraining.request(photographs, pack, settings: text)) == finding)
      }
      var wrong = try SmallTraining.request(photographs, pack)
      wrong.overrides = try YAML.parse(Array("generator: {images: 100, stage_images: [3, 4, 5]}".utf8), file: "s.yaml")
      #expect(refusal(wrong) == "s.yaml:1:40: generator.stage_images adds up to 12, and generator.images is 100; leave one of them out")
      for (text, finding) in [
        ("data: {resolution: 17}", "s.yaml:1:20: data.resolution is 17; it must be a power of two"),
        ("card: {license: ''}", "s.yaml:1:17: card.license must be one line of 1 to 500 printable characters; found ''"),
      ] {
        wrong.overrides = try YAML.parse(Array(text.utf8), file: "s.yaml")
        #expect(refusal(wrong).hasPrefix(finding), "\(refusal(wrong))")
      }
      wrong.images = 640
      wrong.overrides = try YAML.parse(Array("{data: {resolution: 8}, generator: {stage_images: [100]}}".utf8), file: "s.yaml")
      #expect(refusal(wrong) == "s.yaml:1:51: --images is 640, and the settings come to 100; leave one of them out")
      wrong.images = nil
      wrong.overrides = try YAML.parse(Array("data: {background: red}".utf8), file: "s.yaml")
      #expect(refusal(wrong) == "s.yaml:1:20: data.background is 'red'; write a color as #ffffff")
      #expect(try FileManager.default.contentsOfDirectory(atPath: pack.deletingLastPathComponent().path) == ["photographs"])
    }
  }

  @Test("a pack that is there is the one that is asked for, or is refused")
  func finishedPack() throws {
    try withPhotographs { photographs, pack in
      let asked = try SmallTraining.request(photographs, pack)
      #expect(try !asked.isFinished())
      try SmallTraining.finish(asked)
      #expect(try asked.isFinished())
      func finding(_ change: (inout TrainingRequest) throws -> Void) -> String {
        var request = asked
        do {
          try change(&request)
          return try request.isFinished() ? "finished" : "not finished"
        } catch { return "\(error)" }
      }
      let place = pack.path + ": is there already, and "
      #expect(asked.knowsPhotographs)
      #expect(finding { $0.images = 500 } == place + "--images is 500; that training was begun with 112; choose another -o, or remove it")
      #expect(finding { $0.seed = 2 }.contains("--seed is 2; that training was begun with 1"))
      #expect(finding { $0.from = pack.path }.contains("that training began without --from"))
      #expect(finding { $0.perceptual = try GivenPerceptual(pack: pack.path) }.contains("that training began without --perceptual"))
      #expect(finding { $0.part = .encoder; $0.base = pack.path + "/." }.contains("was not made by this command (it has no training-encoder.yaml)"))
      try FileManager.default.removeItem(at: photographs.appendingPathComponent("ball5.png"))
      #expect(finding { _ in }.contains("these are other photographs than that training was begun with: ball5.png is gone"))
      let settings = URL(fileURLWithPath: asked.workspacePath).appendingPathComponent("settings.yaml")
      let known = try Data(contentsOf: settings)
      try Data("x".utf8).write(to: settings)
      #expect(finding { _ in } == "finished" && !asked.knowsPhotographs)
      #expect(refusal(asked).hasSuffix("put it back as it was, or remove \(asked.workspacePath) to begin anew"))
      try FileManager.default.removeItem(at: settings)
      #expect(finding { _ in } == "finished" && !asked.knowsPhotographs)
      #expect(refusal(asked).contains("has checkpoints, but not both settings.yaml and photographs.data"))
      try known.write(to: settings)
      // Without the folder of the training, the pack alone tells.
      try FileManager.default.removeItem(atPath: asked.workspacePath)
      #expect(finding { _ in } == "finished")
      #expect(finding { $0.images = 500 }.contains("--images is 500"))
      let weights = pack.appendingPathComponent("encoder.safetensors"), whole = try Data(contentsOf: weights)
      try whole.prefix(1000).write(to: weights)
      #expect(finding { _ in }.contains("is there already, and is damaged (encoder.safetensors: "))
      try whole.write(to: weights)
      try FileManager.default.removeItem(at: pack.appendingPathComponent("training.yaml"))
      #expect(finding { _ in }.contains("was not made by this command (it has no training.yaml)"))
    }
  }

  @Test("what a training began with must be given again to go on")
  func sources() throws {
    try withPhotographs { photographs, pack in
      try SmallTraining.finish(SmallTraining.request(photographs, pack))
      let other = pack.deletingLastPathComponent().appendingPathComponent("other")
      var asked = try SmallTraining.request(photographs, other)
      (asked.from, asked.overrides) = (pack.path, try YAML.parse(Array("data: {minimum: 8}".utf8), file: "s.yaml"))
      (asked.resolution, asked.images) = (16, 64)
      #expect(try TrainingRun(asked, observer: SmallTraining.Observer(stopsAt: 2)).run() == .stopped)
      var without = asked
      without.from = nil
      #expect(refusal(without).contains("that training began with --from another pack; give it again"))
      #expect(refusal(asked) == "nothing")
    }
  }

  @Test("a stop while photographs are prepared leaves nothing")
  func stopInPreparation() throws {
    try withPhotographs { photographs, pack in
      let observer = SmallTraining.Observer()
      observer.shouldEnd = true
      let request = try SmallTraining.request(photographs, pack)
      #expect(throws: TrainingRun.Stopped.self) { try TrainingRun(request, observer: observer) }
      #expect(!FileManager.default.fileExists(atPath: request.workspacePath))
    }
  }
}
