import Foundation
import ModelPacks
import NeuralNetworks
import Tensors
import TestSupport
import Testing

@Suite struct RandomPackTests {
  @Test func aRandomPackIsAWholePack() throws {
    try withTemporaryFolder { folder in
      let pack = try PackOnDisk(in: folder).load(.full)
      #expect(pack.description.layers == 8)
      #expect(pack.boundaries["random"]?.rows.count == 8)
      let generator = try pack.makeGenerator()
      let encoder = try pack.makeEncoder()
      let features = try pack.makePerceptualNetwork()
      let picture = try generator.synthesize(generator.averageCode)
      let code = try encoder.encode(picture)
      for (name, tensor) in [("picture", picture), ("code", code), ("features", try features.features(picture))] {
        let values = tensor.values
        let meanSquare = values.reduce(0) { $0 + Double($1 * $1) } / Double(values.count)
        #expect(meanSquare.isFinite, "\(name)")
        let limit = name == "features" ? 1e4 : 100.0
        #expect(meanSquare > 1e-3 && meanSquare < limit, "mean square of the \(name) is \(meanSquare)")
      }
    }
  }

  @Test func theSameSeedGivesTheSameBytes() throws {
    try withTemporaryFolder { folder in
      let first = try RandomPack.write(to: folder.path + "/a", like: .tiny, name: "a", seed: 7)
      let second = try RandomPack.write(to: folder.path + "/b", like: .tiny, name: "b", seed: 7)
      let third = try RandomPack.write(to: folder.path + "/c", like: .tiny, name: "c", seed: 8)
      #expect(first.files == second.files)
      #expect(first.files.map(\.sha256) != third.files.map(\.sha256))
      #expect(first.files.map(\.bytes) == third.files.map(\.bytes))
    }
  }

  @Test func nothingIsOverwritten() throws {
    try withTemporaryFolder { folder in
      #expect(
        message { try RandomPack.write(to: folder.path, like: .tiny, name: "a", seed: 1) }
          == "\(folder.path): exists already; choose another folder or remove it")
      #expect(
        message { try RandomPack.write(to: folder.path + "/x", like: .tiny, name: "A/b", seed: 1) }
          == "'A/b' is no name for a pack; use lowercase letters, digits, '-' and '_'")
    }
  }
}
