import Foundation
import TestSupport
import Testing
import WeightFiles

@Suite struct SafetensorsTests {
  @Test func whatIsWrittenIsReadBack() throws {
    try withTemporaryFolder { folder in
      var writer = SafetensorsWriter(metadata: ["pack": "fruits64", "a\"\n": "é"])
      writer.add("b", shape: [2, 3], values: [1, 2, 3, 4, 5, -0.0])
      writer.add("a.weight", shape: [1], values: [.greatestFiniteMagnitude])
      writer.add("scalar", shape: [], values: [0.5])
      let file = try open(writer.bytes(), in: folder)
      #expect(file.names == ["a.weight", "b", "scalar"])
      #expect(file.metadata == ["pack": "fruits64", "a\"\n": "é"])
      #expect(try file.floats(named: "b", shape: [2, 3]) == [1, 2, 3, 4, 5, -0.0])
      #expect(try file.floats(named: "scalar", shape: []) == [0.5])
      #expect(try file.doubles(named: "b") == [1, 2, 3, 4, 5, 0])
    }
  }

  @Test func theOrderOfAddingDoesNotMatter() {
    var forward = SafetensorsWriter(metadata: ["x": "1", "y": "2"])
    var backward = SafetensorsWriter(metadata: ["y": "2", "x": "1"])
    for name in ["a", "b", "c"] { forward.add(name, shape: [1], values: [Float(name.count)]) }
    for name in ["c", "b", "a"] { backward.add(name, shape: [1], values: [Float(name.count)]) }
    #expect(forward.bytes() == backward.bytes())
  }

  @Test func theBytesAreThoseOfTheFormat() throws {
    var writer = SafetensorsWriter()
    writer.add("w", shape: [1], values: [1])
    let header = #"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  "#
    #expect(writer.bytes() == [56, 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) + [0, 0, 0x80, 0x3F])
  }

  @Test func narrowTypesAreWidenedExactly() throws {
    let halves: [UInt16] = [0x3C00, 0xC000, 0x0001, 0x8001, 0x03FF, 0x0400, 0x7BFF, 0x7C00, 0xFC00, 0x8000, 0x3555]
    let expected: [Float] = [
      1, -2, 0x1p-24, -0x1p-24, 0x1.FF8p-15, 0x1p-14, 65504, .infinity, -.infinity, -0.0, 0x1.554p-2,
    ]
    let header =
      #"{"h":{"dtype":"F16","shape":[11],"data_offsets":[0,22]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[22,26]},"#
      + #""u":{"dtype":"U8","shape":[1,2],"data_offsets":[26,28]}}"#
    let words = halves + [0x3F80, 0xC049]
    var data: [UInt8] = []
    for word in words { data += [UInt8(truncatingIfNeeded: word), UInt8(truncatingIfNeeded: word >> 8)] }
    data += [7, 255]
    try withTemporaryFolder { folder in
      let file = try open([UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) + data, in: folder)
      #expect(try file.floats(named: "h") == expected)
      #expect(try file.floats(named: "h")[9].sign == .minus)
      #expect(try file.floats(named: "b") == [1, -3.140625])
      #expect(try file.bytes(named: "u", shape: [1, 2]) == [7, 255])
      #expect(refusal { try file.integers(named: "u") } == "x.safetensors: 'u' is of type U8; I64 is needed")
    }
  }

  @Test func doublesAreReadAndNarrowed() throws {
    let header =
      #"{"d":{"dtype":"F64","shape":[2],"data_offsets":[0,16]},"i":{"dtype":"I64","shape":[],"data_offsets":[16,24]}}"#
    let data: [UInt8] = [0.1, -1e300].flatMap { (value: Double) -> [UInt8] in
      (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) }
    }
    try withTemporaryFolder { folder in
      let file = try open(
        [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) + data + [UInt8](repeating: 255, count: 8),
        in: folder)
      #expect(try file.doubles(named: "d") == [0.1, -1e300])
      #expect(try file.floats(named: "d") == [0.1, -.infinity])
      #expect(try file.integers(named: "i", shape: []) == [-1])
    }
  }

  @Test func theShippedPackOpens() throws {
    let file = try SafetensorsFile(path: Fixtures.fruits64.appendingPathComponent("generator.safetensors").path)
    #expect(file.entry("synthesis.layer3.conv.weight")?.shape == [64, 64, 3, 3])
    #expect(
      try file.floats(named: "synthesis.layer0.const", shape: [1, 64, 4, 4], allowsNonFinite: false).count == 1024)
  }

  private func open(_ bytes: [UInt8], in folder: URL) throws -> SafetensorsFile {
    let path = folder.appendingPathComponent("x.safetensors")
    try Data(bytes).write(to: path)
    return try SafetensorsFile(path: path.path)
  }
}
