import Checkpoints
import Foundation
import TestSupport
import Testing
import WeightFiles

/// The fourteen boundaries that were released with the paper's code, and real networks in the older format.
@Suite struct ReleasedFileTests {
  struct Facts: Decodable {
    struct Boundary: Decodable {
      let shape: [Int]
      let first: [Double]
      let last: [Double]
      let at: [String: Double]
      let sum: Double
      let sumOfAbsolutes: Double

      enum CodingKeys: String, CodingKey {
        case shape, first, last, at
        case sum = "sum_f64"
        case sumOfAbsolutes = "sum_abs_f64"
      }
    }

    struct Metadata: Decodable {
      let layers: [Int]
      enum CodingKeys: String, CodingKey { case layers = "manipulate_layers" }
    }

    let bytes: Int
    let sha256: String
    let boundary: Boundary
    let metadata: Metadata

    enum CodingKeys: String, CodingKey {
      case bytes, sha256, boundary
      case metadata = "meta_data"
    }
  }

  static let facts: [String: Facts] = {
    let bytes = (try? Fixtures.bytes("checkpoints/released-boundaries/decoded.json")) ?? []
    return (try? JSONDecoder().decode([String: Facts].self, from: Data(bytes))) ?? [:]
  }()

  @Test func thereAreFourteen() {
    #expect(Self.facts.count == 14)
  }

  @Test(arguments: facts.keys.sorted()) func aReleasedBoundaryIsReadAsNumpyReadsIt(_ name: String) throws {
    let facts = try #require(Self.facts[name])
    let file = try BoundaryFile(path: Fixtures.path("checkpoints/released-boundaries/" + name))
    #expect(file.sizeInBytes == facts.bytes && file.sha256 == facts.sha256)
    #expect(file.layers == facts.metadata.layers)
    #expect(file.shape == facts.boundary.shape)
    let values = file.values.map(Double.init)
    #expect(Array(values.prefix(6)) == facts.boundary.first)
    #expect(Array(values.suffix(3)) == facts.boundary.last)
    for (place, value) in facts.boundary.at {
      let index = place.split(separator: ",").compactMap { Int($0) }
      #expect(values[(index[0] * file.shape[1] + index[1]) * file.shape[2] + index[2]] == value)
    }
    #expect(abs(values.reduce(0, +) - facts.boundary.sum) < 1e-9)
    #expect(abs(values.reduce(0) { $0 + abs($1) } - facts.boundary.sumOfAbsolutes) < 1e-9)
  }

  @Test(arguments: [("generator_legacy", "generator"), ("encoder_wscale_legacy", "encoder_wscale")])
  func aNetworkInTheOlderFormatHasTheNumbersOfTheConvertedOne(_ name: String, _ converted: String) throws {
    let checkpoint = try Checkpoint(path: Fixtures.path("checkpoints/networks/\(name).pth"))
    #expect(checkpoint.format == .torchStream && checkpoint.others.isEmpty)
    let expected = try Fixtures.safetensors("tiny32/\(converted).safetensors")
    #expect(Set(checkpoint.tensors.filter(\.type.isFloating).map(\.name)) == Set(expected.names))
    // The older file has other numbers there, which every loader ignores.
    for entry in expected.entries where entry.name != "truncation.truncation" {
      #expect(checkpoint.tensor(entry.name)?.shape == entry.shape)
      var values: [Float] = []
      try checkpoint.forEachPiece(ofFloats: entry.name) { values.append(contentsOf: $0) }
      #expect(values == (try expected.floats(named: entry.name)), "\(entry.name)")
    }
  }

  /// The length of the header comes first, and its bytes may be those of a pickle, a zip archive, a web page or gzip.
  @Test(arguments: [0x80, 0x280, 0x4B50, 0x3C, 0x8B1F]) func aSafetensorsFileIsOneWhateverItsLengthLooksLike(_ length: Int) throws {
    try withTemporaryFolder { (folder) throws in
      let path = folder.appendingPathComponent("x.safetensors")
      let json = #"{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
      let header = Array(json.utf8) + [UInt8](repeating: 0x20, count: length - json.utf8.count)
      let count = (0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) }
      try Data(count + header + [0, 0, 0x80, 0x3F]).write(to: path)
      let checkpoint = try Checkpoint(path: path.path)
      #expect(checkpoint.format == .safetensors)
      #expect(try checkpoint.numbers("x") == [1])
    }
  }

  @Test func safetensorsAreReadTheSameWay() throws {
    let path = Fixtures.path("tiny32/encoder_bn.safetensors")
    let checkpoint = try Checkpoint(path: path)
    let file = try SafetensorsFile(path: path)
    #expect(checkpoint.format == .safetensors && checkpoint.tensors.map(\.name) == file.names)
    let name = try #require(file.names.first)
    var values: [Float] = []
    try checkpoint.forEachPiece(ofFloats: name) { values.append(contentsOf: $0) }
    #expect(values == (try file.floats(named: name)))
    #expect(try checkpoint.numbers(name) == values.map(Double.init))
  }
}
