import Files
import Foundation
import Images
import ModelPacks
import StrictYAML
import Synchronization
import TestSupport
import Testing
import Training

@Suite("A part of a model is trained by itself", .serialized)
struct PartialTrainingTests {
  /// A folder with photographs and a finished pack.
  private func withPack(_ body: (_ photographs: URL, _ pack: URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let photographs = folder.appendingPathComponent("photographs"), pack = folder.appendingPathComponent("model")
      try SmallTraining.makePictures(in: photographs)
      try SmallTraining.finish(SmallTraining.request(photographs, pack))
      try body(photographs, pack)
    }
  }

  private func request(_ part: TrainingPart, _ folder: URL?, base: URL, to pack: URL) throws -> TrainingRequest {
    var request = TrainingRequest(folder: folder?.path, pack: pack.path, decoder: DirectDecoder())
    request.part = part
    request.base = base.path
    if part == .generator { request.from = base.path }
    let text = """
      data: {minimum: 8}
      networks: {encoder_base: 4, encoder_max: 8, perceptual_widths: [4, 4, 4, 4, 6, 6, 6, 8, 8, 8]}
      generator: {stage_images: [32], stage_batches: [8], images: 32, distance_samples: 24}
      perceptual: {images: 64, batch: 16}
      encoder: {images: 48, batch: 8, warm_up: 2}
      boundaries: {samples: 200}
      """
    request.overrides = try YAML.parse(Array(text.utf8), file: "train.yaml")
    request.checkpointSeconds = 0
    // With the seed of the pack, the same numbers would come out.
    request.seed = 7
    return request
  }

  @Test("each in a new pack, stopped on the way; what it is not made of stays byte for byte", arguments: TrainingPart.allCases)
  func intoNewPack(part: TrainingPart) throws {
    try withPack { photographs, base in
      let target = base.deletingLastPathComponent().appendingPathComponent("other")
      let folder = part == .boundaries ? nil : photographs
      try SmallTraining.finish(request(part, folder, base: base, to: target)) { $0 < 6 ? 2 : nil }
      let (before, after) = (try SmallTraining.files(base), try SmallTraining.files(target))
      let changed = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
        .filter { $0.hasSuffix(".safetensors") }
      let expected: Set<String> =
        switch part {
        case .generator:
          ["generator.safetensors", "discriminator.safetensors", "encoder.safetensors", "conventional.safetensors", "boundaries.safetensors"]
        case .perceptual: ["perceptual.safetensors"]
        case .encoder: ["encoder.safetensors", "conventional.safetensors"]
        case .boundaries: ["boundaries.safetensors"]
        }
      #expect(changed == expected)
      let pack = try ModelPack.load(target.path, verification: .full)
      #expect(pack.description.version == 2)
      // Another generator has no use for the old encoder.
      #expect((pack.description.encoder == nil) == (part == .generator))
      #expect(pack.description.attributes.isEmpty == (part == .generator))
    }
  }

  @Test("in the pack itself, once; the old one stands until the new one is whole")
  func inPlace() throws {
    try withPack { photographs, pack in
      let before = try ModelPack.load(pack.path).hash
      try FileManager.default.createDirectory(at: pack.appendingPathComponent("examples"), withIntermediateDirectories: true)
      try Data("mine".utf8).write(to: pack.appendingPathComponent("examples/note.txt"))
      let request = try request(.encoder, photographs, base: pack, to: pack)
      #expect(try TrainingRun(request, observer: SmallTraining.Observer(stopsAt: 3)).run() == .stopped)
      #expect(try ModelPack.load(pack.path).hash == before)
      #expect(try !request.isFinished())
      try SmallTraining.finish(request)
      #expect(try ModelPack.load(pack.path, verification: .full).hash != before)
      #expect(try request.isFinished())
      // The whole is there too, with its part renewed.
      #expect(try SmallTraining.request(photographs, pack).isFinished())
      #expect(try String(contentsOf: pack.appendingPathComponent("examples/note.txt"), encoding: .utf8) == "mine")
      // What is asked for from now on is another one.
      var other = request
      other.seed = 5
      #expect { try other.isFinished() } throws: { "\($0)".contains("--seed is 5; that training was begun with 7; to make it once more") }
      try FileManager.default.removeItem(at: photographs.appendingPathComponent("ball3.png"))
      #expect { try request.isFinished() } throws: { "\($0)".contains("these are other photographs than that training was begun with: ball3.png is gone") }
    }
  }

  @Test("settings of a part: its own and the card's count, the pack's stay, the others are named")
  func settingsOfPart() throws {
    try withPack { photographs, pack in
      func made(_ text: String) throws -> (lines: [String], pack: PackDescription, settings: String) {
        let target = pack.deletingLastPathComponent().appendingPathComponent("made-\(UUID().uuidString)")
        var asked = try request(.encoder, photographs, base: pack, to: target)
        asked.overrides = try YAML.parse(Array(text.utf8), file: "s.yaml")
        asked.images = 16
        let lines = try SmallTraining.finish(asked)
        return (
          lines, try ModelPack.load(target.path, verification: .full).description,
          try String(contentsOf: target.appendingPathComponent("training-encoder.yaml"), encoding: .utf8)
        )
      }
      let small = "data: {minimum: 8}\nnetworks: {encoder_base: 4, encoder_max: 8}\n"
      let found = try made(small + "card: {license: MIT, title: T}\ngenerator: {mixing: 0.1}\nencoder: {batch: 8, conventional: false}\n")
      #expect(found.pack.license == "MIT" && found.pack.title == "T")
      #expect(found.lines.contains("note: no use is made of what the settings say of generator, for that is not trained"))
      #expect(found.settings.contains("latent: 8  #") && found.settings.contains("images: 16  # photographs shown to each encoder"))
      // The other encoder fits the same generator.
      #expect(found.pack.hasConventionalEncoder)
      let plain = try made(small)
      #expect(try plain.pack.license == ModelPack.load(pack.path).description.license)
      let wider = try made("data: {minimum: 8}\nnetworks: {encoder_base: 8, encoder_max: 8}\nencoder: {conventional: false}\n")
      #expect(!wider.pack.hasConventionalEncoder)
      #expect(wider.lines.contains("left out, for it does not fit what was made: conventional.safetensors"))
      #expect { try made(small.replacing("{encoder_base", with: "{latent: 64, encoder_base")) } throws: {
        "\($0)" == "s.yaml:2:20: networks.latent is 64 in the settings; the pack's is 8, and stays; leave it out"
      }
    }
  }

  @Test("two parts of one pack are not made in place at once")
  func twoAtOnce() throws {
    try withPack { photographs, pack in
      let first = try TrainingRun(
        request(.perceptual, photographs, base: pack, to: pack), observer: SmallTraining.Observer(stopsAt: 2))
      let second = try request(.boundaries, nil, base: pack, to: pack)
      #expect { try TrainingRun(second, observer: SmallTraining.Observer()) } throws: {
        "\($0)".contains("model: another process trains this pack; wait for it or stop it")
      }
      #expect(!FileManager.default.fileExists(atPath: second.workspacePath))
      #expect(try first.run() == .stopped)
      // Into a new pack it may be made.
      let other = pack.deletingLastPathComponent().appendingPathComponent("other")
      try SmallTraining.finish(request(.boundaries, nil, base: pack, to: other))
    }
  }

  @Test("a title that changed meanwhile is kept; another pack is not replaced")
  func changedMeanwhile() throws {
    try withPack { photographs, pack in
      let description = pack.appendingPathComponent("pack.yaml")
      func change(_ line: String, to other: String) throws {
        let text = try String(contentsOf: description, encoding: .utf8)
        let pattern = try Regex("(?m)^\(line): .*$")
        try #require(text.contains(pattern))
        try Data(text.replacing(pattern, with: "\(line): \(other)").utf8).write(to: description)
      }
      let asked = try request(.perceptual, photographs, base: pack, to: pack)
      #expect(try TrainingRun(asked, observer: SmallTraining.Observer(stopsAt: 2)).run() == .stopped)
      try change("title", to: "mine")
      try SmallTraining.finish(asked)
      #expect(try ModelPack.load(pack.path, verification: .full).description.title == "mine")

      let boundaries = try request(.boundaries, nil, base: pack, to: pack)
      var run: TrainingRun? = try TrainingRun(boundaries, observer: SmallTraining.Observer())
      try change("background", to: "'#000000'")
      let text = try String(contentsOf: description, encoding: .utf8)
      #expect { try run?.run() } throws: { "\($0)".contains("model: has changed since this part was begun, and stays as it is") }
      #expect(try String(contentsOf: description, encoding: .utf8) == text)
      run = nil
      #expect { try TrainingRun(boundaries, observer: SmallTraining.Observer()) } throws: {
        "\($0)".contains("was begun with \(pack.path) as it was before it changed")
      }
    }
  }

  @Test("dying anywhere in the exchange leaves the old pack or the new one", arguments: [[], [Capability.exclusiveRename]])
  func dyingInExchange(lacking: [Capability]) throws {
    try withPack { photographs, pack in
      let request = try request(.perceptual, photographs, base: pack, to: pack)
      let before = try ModelPack.load(pack.path).hash
      var hashes: Set<String> = []
      for call in 1... {
        // Counted from when the finished draft's hash is put down.
        let count = Mutex(0)
        let injector = FaultInjector(recordsCalls: false, lacking: Set(lacking)) { _, kind, path in
          count.withLock { count in
            if count > 0 || kind == .rename && path.hasSuffix("/finished") { count += 1 }
            return count == call ? .die : .proceed
          }
        }
        FaultInjector.$current.withValue(injector) { _ = try? SmallTraining.finish(request) }
        if injector.hits == 0 { break }
        // Where both change places at once, there is a pack at any moment.
        if lacking.isEmpty { _ = try ModelPack.load(pack.path, verification: .full) }
        // The next start mends what is left, and goes on.
        let workspace = try Workspace(path: request.workspacePath)
        try workspace.recover(request.pack)
        hashes.insert(try ModelPack.load(pack.path, verification: .full).hash)
        if hashes.count > 1 { break }
      }
      #expect(hashes.contains(before) && hashes.count == 2)
    }
  }

  @Test("half precision halves the files, and what is measured fits them")
  func halfPrecision() throws {
    try withTemporaryFolder { folder in
      let photographs = folder.appendingPathComponent("photographs")
      try SmallTraining.makePictures(in: photographs)
      let (full, half) = (folder.appendingPathComponent("full"), folder.appendingPathComponent("half"))
      try SmallTraining.finish(SmallTraining.request(photographs, full))
      try SmallTraining.finish(SmallTraining.request(photographs, half, settings: "card: {precision: half}"))
      func bytes(_ pack: URL) throws -> Int {
        try ModelPack.load(pack.path, verification: .full).description.files.reduce(0) { $0 + $1.bytes }
      }
      #expect(try bytes(half) < bytes(full) * 3 / 4)
    }
  }
}
