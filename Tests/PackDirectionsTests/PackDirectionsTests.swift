import Foundation
import Images
import ModelPacks
import NeuralNetworks
import PackDirections
import TestSupport
import Testing

/// From a generator's weights to an attribute of its pack.
@Suite(.serialized) struct PackDirectionsTests {
  private func withPack(_ body: (ModelPack, URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("pack").path
      _ = try RandomPack.write(to: path, like: .tiny, name: "tiny", seed: 3)
      try Data("kept".utf8).write(to: URL(fileURLWithPath: path + "/README.md"))
      try body(ModelPack.load(path), folder)
    }
  }

  @Test("Directions are of length one, at right angles, the strongest first")
  func found() throws {
    try withPack { pack, _ in
      let layers = LayerList(indices: [0, 1], count: pack.description.layers)
      let found = try FoundDirections(pack, layers: layers, count: 4)
      #expect(found.directions.count == 4 && found.shares == found.shares.sorted(by: >))
      for (i, a) in found.directions.enumerated() {
        for (j, b) in found.directions.enumerated() {
          let dot = zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
          #expect(abs(dot - (i == j ? 1 : 0)) < 1e-5, "\(i), \(j)")
        }
      }
      let all = try FoundDirections(pack, layers: nil, count: 1000)
      #expect(all.directions.count == pack.description.wDimension)
      #expect(abs(all.shares.reduce(0, +) - 1) < 1e-9)
      #expect(all.directions[0] != found.directions[0])
    }
  }

  @Test("The sheet has a row for each direction and code")
  func sheet() throws {
    try withPack { pack, _ in
      let found = try FoundDirections(pack, layers: nil, count: 3)
      let one = try found.sheet(pack, codes: [], distance: 2) { false }
      #expect(one.rows.count == 3 && one.rows.allSatisfy { $0.cells.count == 7 })
      #expect(one.rows[0].cells[3].picture == one.rows[2].cells[3].picture, "the middle is the code itself")
      #expect(one.rows[0].cells[0].picture != one.rows[0].cells[6].picture)
      let code = [Float](repeating: 0.1, count: pack.description.layers * pack.description.wDimension)
      #expect(try found.sheet(pack, codes: [("a", code), ("b", code)], distance: 2) { false }.rows.count == 6)
      #expect(refusal { try found.sheet(pack, codes: [], distance: 2) { true } } == "interrupted")
    }
  }

  @Test("A direction becomes an attribute, in a copy or in the pack itself", arguments: [true, false])
  func addition(isCopy: Bool) throws {
    try withPack { pack, folder in
      let layers = try LayerList("1-2", count: pack.description.layers)
      let found = try FoundDirections(pack, layers: layers, count: 3)
      let file = folder.appendingPathComponent("directions.safetensors")
      try Data(found.bytes).write(to: file)
      let direction = try DirectionFile(file.path, direction: "2", for: pack.description)
      #expect(direction.values == found.directions[1] && direction.layers == layers)
      let attribute = PackAttribute(name: "gloss", title: "dull to glossy", layers: layers, range: -2...2)
      let target = folder.appendingPathComponent("copy").path
      let path = try DirectionAddition(attribute, direction).write(pack, to: isCopy ? target : nil)
      #expect(path == (isCopy ? target : pack.folder))
      let extended = try ModelPack.load(path, verification: .full)
      #expect(extended.description.attributes == pack.description.attributes + [attribute])
      #expect(extended.boundaries["gloss"]?.rows == [found.directions[1]])
      for (name, boundary) in pack.boundaries { #expect(extended.boundaries[name] == boundary) }
      #expect(try String(contentsOfFile: path + "/README.md", encoding: .utf8) == "kept")
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      #expect(left == (isCopy ? ["copy", "directions.safetensors", "pack"] : ["directions.safetensors", "pack"]))
      #expect {
        try DirectionAddition(attribute, direction).write(extended, to: folder.appendingPathComponent("third").path)
      } throws: {
        "\($0)" == "tiny has an attribute 'gloss' already; choose another --name"
      }
    }
  }

  @Test("A file with several directions, or of another generator, is refused by what it holds")
  func refusals() throws {
    try withPack { pack, folder in
      let file = folder.appendingPathComponent("directions.safetensors")
      try Data(FoundDirections(pack, layers: nil, count: 2).bytes).write(to: file)
      #expect {
        try DirectionFile(file.path, direction: nil, for: pack.description)
      } throws: {
        "\($0)" == "directions.safetensors: holds 2 directions; say which one with --direction: 01, 02"
      }
      #expect {
        try DirectionFile(file.path, direction: "7", for: pack.description)
      } throws: {
        "\($0)" == "directions.safetensors: has no direction '7'; it has 01, 02"
      }
      var other = pack.description
      other.generator.wDimension += 1
      #expect(refusal { try DirectionFile(file.path, direction: "1", for: other) } == "directions.safetensors: the direction has shape [32]; tiny needs [33], or [8, 33]")
    }
  }
}
