import Foundation
import ModelPacks
import PackImport
import TestSupport
import Testing
import WeightFiles

@Suite struct BoundaryImportTests {
  private static let folder = Fixtures.path("checkpoints/released-boundaries") + "/"

  @Test(arguments: [
    ("stylegan_ffhq256", ["age": "0-5", "expression": "2-5", "eyeglasses": "0-2", "gender": "2-4", "pose": "0-2"]),
    (
      "stylegan_bedroom256",
      ["cloth": "0-13", "cluttered_space": "0-13", "indoor_lighting": "0-13", "scary": "0-13", "soothing": "0-13", "wood": "0-13"]
    ),
    ("stylegan_tower256", ["clouds": "0-13", "sunny": "0-13", "vegetation": "0-13"]),
  ]) func theReleasedBoundariesComeWithTheirLayers(_ set: String, _ layers: [String: String]) throws {
    try withTemporaryFolder { (folder) throws in
      let generator = try SmallNetworks.write(
        SmallNetworks.tensors(TensorPlan(SmallNetworks.released)), to: folder.appendingPathComponent("g.safetensors"))
      var request = ImportRequest(generator: generator, name: "wide", license: "MIT")
      request.boundaries = layers.keys.sorted().map { Self.folder + set + "/\($0).npy" }
      _ = try PackImport.write(request, to: folder.path + "/wide")
      let pack = try ModelPack.load(folder.path + "/wide", verification: .full)
      #expect(pack.description.generator == SmallNetworks.released)
      #expect(pack.description.attributes.map(\.name) == layers.keys.sorted())
      for (name, list) in layers {
        #expect(pack.description.attribute(name)?.layers.description == list)
        let rows = try #require(pack.boundaries[name]).rows
        #expect(rows.count == 14 && rows.allSatisfy { $0.count == 512 })
        for row in rows { #expect(abs(row.reduce(0) { $0 + $1 * $1 } - 1) < 1e-4) }
      }
      #expect(pack.description.sources.count == 1 + layers.count)
    }
  }

  @Test func plainArraysOfEveryShapeAreTaken() throws {
    try withTemporaryFolder { (folder) throws in
      let values = (0..<6).map(Float.init)
      let all = (0..<36).map(Float.init)
      let shapes: [(String, [Int], [Float])] = [
        ("flat", [6], values), ("row", [1, 6], values), ("rows", [6, 6], all), ("batch", [1, 6, 6], all),
      ]
      var request = try tinyRequest(folder)
      for (name, shape, values) in shapes {
        let url = folder.appendingPathComponent(name + ".npy")
        try Data(NumPyFile.bytes(shape: shape, values: values)).write(to: url)
        request.boundaries.append(url.path)
      }
      _ = try PackImport.write(request, to: folder.path + "/tiny")
      let pack = try ModelPack.load(folder.path + "/tiny", verification: .full)
      for (name, _, values) in shapes {
        let rows = try #require(pack.boundaries[name]).rows
        #expect(rows.flatMap { $0 } == values && (rows.count == 1 || rows.count == 6))
      }
      #expect(pack.description.attributes.map(\.name) == shapes.map(\.0))
    }
  }

  @Test func boundariesOfAnotherGeneratorAreRefused() throws {
    try withTemporaryFolder { (folder) throws in
      var request = Reference.request()
      request.boundaries = [Self.folder + "stylegan_ffhq256/age.npy"]
      #expect(
        message { try PackImport.write(request, to: folder.path + "/x") }
          == "age.npy: is a boundary of another generator: its shape is [1, 14, 512], the generator's codes are 8 layers of 48; "
          + "give the boundaries that were made with this generator")
      request.boundaries = [Fixtures.path("checkpoints/npy/HARMLESS-exploit_object.npy")]
      let refusal = try #require(message { try PackImport.write(request, to: folder.path + "/x") })
      #expect(refusal.hasSuffix("which no checkpoint needs; nothing of it was run"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }

  @Test func namesAndEntriesThatDoNotFitAreRefused() throws {
    try withTemporaryFolder { (folder) throws in
      let plain = NumPyFile.bytes(shape: [6], values: [1, 0, 0, 0, 0, 0])
      func refusal(_ names: [String], _ attributes: [String], _ bytes: [UInt8]) throws -> String? {
        var request = try tinyRequest(folder)
        for name in names {
          let url = folder.appendingPathComponent(name)
          try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
          try Data(bytes).write(to: url)
          request.boundaries.append(url.path)
        }
        request.attributes = attributes
        return message { try PackImport.write(request, to: folder.path + "/x") }
      }
      let zeros = NumPyFile.bytes(shape: [6], values: [0, 0, 0, 0, 0, 0])
      let cases: [(names: [String], attributes: [String], bytes: [UInt8], expected: String)] = [
        (
          ["Big Smile.npy"], [], plain,
          "Big Smile.npy: would name an attribute 'Big Smile'; rename it to lowercase letters, digits, '-' and '_'"
        ),
        (
          ["a/age.npy", "b/age.npy"], [], plain,
          "age.npy: gives the attribute 'age' a second time; rename one of the files"
        ),
        (
          ["age.npy"], ["agee: {layers: 0-3}"], plain,
          "--attribute:1:1: no boundary is named 'agee'; did you mean 'age'?"
        ),
        (
          ["age.npy"], ["age: {layers: 0-6}"], plain,
          "--attribute:1:15: layers must be layers from 0 to 5; found '0-6'"
        ),
        (["age.npy"], [], zeros, "age.npy: has a value that is not finite, or only zeros; it points nowhere"),
      ]
      for (names, attributes, bytes, expected) in cases {
        let text = try refusal(names, attributes, bytes)
        #expect(text == expected)
      }
    }
  }

  private func tinyRequest(_ folder: URL) throws -> ImportRequest {
    let generator = try SmallNetworks.write(
      SmallNetworks.tensors(TensorPlan(SmallNetworks.tiny)), to: folder.appendingPathComponent("g.safetensors"))
    return ImportRequest(generator: generator, name: "tiny", license: "MIT")
  }
}
