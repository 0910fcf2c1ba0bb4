import Checkpoints
import Foundation
import TestSupport
import Testing
import WeightFiles

/// A line of `checkpoints.jsonl` or `npy.jsonl`: a file and what must come of it.
struct ReferenceFile: Decodable, Sendable, CustomTestStringConvertible {
  enum Verdict: String, Decodable { case read, refuse, either }

  /// A number; `nan`, `inf` and `-inf` are texts, and a bool counts as 0 or 1.
  struct Number: Decodable {
    let value: Double

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let flag = try? container.decode(Bool.self) {
        value = flag ? 1 : 0
      } else if let number = try? container.decode(Double.self) {
        value = number
      } else {
        value = try #require(Double(try container.decode(String.self)))
      }
    }
  }

  struct Tensor: Decodable {
    let dtype: String
    let shape: [Int]
    let values: [Number]
  }

  let file: String
  let bytes: Int
  let verdict: Verdict
  let why: String
  let tensors: [String: Tensor]?

  var testDescription: String { file }
  var path: String { Fixtures.path("checkpoints/" + file) }

  static func list(_ name: String) -> [ReferenceFile] {
    let text = (try? Fixtures.bytes("checkpoints/" + name)) ?? []
    return text.split(separator: 0x0A).compactMap { try? JSONDecoder().decode(ReferenceFile.self, from: Data($0)) }
  }
}

@Suite struct ReferenceFileTests {
  static let checkpoints = ReferenceFile.list("checkpoints.jsonl")
  static let arrays = ReferenceFile.list("npy.jsonl")

  @Test func everyLineHasItsFileAndEveryFileItsLine() throws {
    for (name, list) in [("checkpoints.jsonl", Self.checkpoints), ("npy.jsonl", Self.arrays)] {
      let lines = try Fixtures.bytes("checkpoints/" + name).split(separator: 0x0A).count
      #expect(list.count == lines)
    }
    let folder = Fixtures.path("checkpoints")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".pth") }
    #expect(Set(files) == Set(Self.checkpoints.map(\.file)))
    for line in Self.checkpoints + Self.arrays {
      #expect(try Fixtures.bytes("checkpoints/" + line.file).count == line.bytes, "\(line.file)")
    }
  }

  @Test(arguments: checkpoints) func aCheckpointIsReadOrRefused(_ line: ReferenceFile) throws {
    var found: [String: (type: ElementType, shape: [Int], values: [Double])]?
    do {
      let checkpoint = try Checkpoint(path: line.path)
      found = [:]
      for tensor in checkpoint.tensors {
        found?[tensor.name] = (tensor.type, tensor.shape, try checkpoint.numbers(tensor.name))
      }
    } catch {
      expectRefusal(error, of: line)
      found = nil
    }
    guard let found else {
      #expect(line.verdict != .read, "\(line.why)")
      return
    }
    #expect(line.verdict != .refuse, "\(line.why)")
    guard let expected = line.tensors else { return }
    #expect(Set(found.keys) == Set(expected.keys))
    for (name, tensor) in expected {
      let read = try #require(found[name])
      #expect(read.type == Self.types[tensor.dtype], "\(name)")
      #expect(read.shape == tensor.shape, "\(name)")
      // Bits are compared, so that -0 differs from 0 and NaN equals itself.
      #expect(read.values.map(\.bitPattern) == tensor.values.map { $0.value.bitPattern }, "\(name)")
    }
  }

  @Test(arguments: checkpoints.filter { $0.verdict == .read }) func floatsAreTheNumbersNarrowed(_ line: ReferenceFile) throws {
    let checkpoint = try Checkpoint(path: line.path)
    for tensor in checkpoint.tensors where tensor.type.isFloating {
      var floats: [Float] = []
      try checkpoint.forEachPiece(ofFloats: tensor.name) { floats.append(contentsOf: $0) }
      let numbers = try checkpoint.numbers(tensor.name)
      #expect(floats.map(\.bitPattern) == numbers.map { Float($0).bitPattern }, "\(tensor.name)")
    }
  }

  @Test(arguments: arrays) func aBoundaryIsReadOrRefused(_ line: ReferenceFile) throws {
    do {
      let boundary = try BoundaryFile(path: line.path)
      #expect(line.verdict != .refuse, "\(line.why)")
      let object = try #require(
        try Fixtures.bytes("checkpoints/npy.jsonl").split(separator: 0x0A)
          .compactMap { try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any] }
          .first { $0["file"] as? String == line.file })
      let value = try #require(object["value"])
      let dictionary = value as? [String: Any]
      #expect(boundary.layers == dictionary?["manipulate_layers"] as? [Int])
      #expect(nested(boundary.values, boundary.shape) == NSArray(object: dictionary?["boundary"] ?? value)[0] as? NSArray)
    } catch let error as WeightFileError {
      expectRefusal(error, of: line)
      #expect(line.verdict != .read, "\(line.why): \(error)")
    }
  }

  /// Runs last of the suite's ideas, whatever the order: an attacker's command would have left this file.
  @Test func nothingWasRun() throws {
    for line in Self.checkpoints { _ = try? Checkpoint(path: line.path) }
    for line in Self.arrays { _ = try? BoundaryFile(path: line.path) }
    let files = FileManager.default
    for folder in [files.currentDirectoryPath, Fixtures.path("checkpoints"), files.temporaryDirectory.path, Fixtures.project.path] {
      #expect(!files.fileExists(atPath: folder + "/PWNED"), "\(folder)")
    }
  }

  private static let types: [String: ElementType] = [
    "float64": .float64, "float32": .float32, "float16": .float16, "bfloat16": .bfloat16, "int64": .int64, "int32": .int32,
    "int16": .int16, "int8": .int8, "uint8": .uint8, "bool": .bool,
  ]

  private func expectRefusal(_ error: any Error, of line: ReferenceFile) {
    let text = "\(error)"
    let name = line.file.split(separator: "/").last ?? ""
    #expect(text.hasPrefix(name + ": ") && text.utf8.count < 400 && !text.contains("\n"), "\(text)")
  }

  /// Values in lists of lists, as JSON has them.
  private func nested(_ values: [Float], _ shape: [Int]) -> NSArray {
    guard let first = shape.first, shape.count > 1 else { return values.map(Double.init) as NSArray }
    let length = values.count / first
    return (0..<first).map { nested(Array(values[$0 * length..<($0 + 1) * length]), Array(shape.dropFirst())) } as NSArray
  }
}
