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

  private func open(_ bytes: [UInt8], in folder: URL) throws -> SafetensorsFile {
    let path = folder.appendingPathComponent("x.safetensors")
    try Data(bytes).write(to: path)
    return try SafetensorsFile(path: path.path)
  }
}
