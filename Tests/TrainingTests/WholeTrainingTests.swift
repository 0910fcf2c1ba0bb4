import Files
import Foundation
import Images
import Kernels
import ModelPacks
import NeuralNetworks
import Tensors
import TestSupport
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

  @Test("has a moment's patience with a lock that a program at its start still holds")
  func lock() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("model.training").path
      let holder = try Mutex(Workspace?.some(Workspace(path: path)))
      #expect { try Workspace(path: path) } throws: { "\($0)".contains("another process trains this pack; wait for it or stop it") }
      Thread.detachNewThread {
        usleep(300_000)
        holder.withLock { $0 = nil }
      }
      _ = try Workspace(path: path)
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
