import Foundation
import TestSupport
import Testing
import WeightFiles

/// Each file breaks one rule only.
@Suite struct HostileSafetensorsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let header: String
    let dataBytes: Int
    let expected: String
    var testDescription: String { expected }
  }

  static let good = #"{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#

  @Test(arguments: [
    Case(header: #"{"a":\#(good),"a":\#(good)}"#, dataBytes: 8, expected: "'a' occurs twice in the header"),
    Case(
      header: #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, dataBytes: 12,
      expected: "4 bytes between the header and 'a' belong to no tensor"),
    Case(
      header: #"{"a":\#(good),"b":{"dtype":"F32","shape":[2],"data_offsets":[12,20]}}"#, dataBytes: 20,
      expected: "4 bytes between 'a' and 'b' belong to no tensor"),
    Case(
      header: #"{"a":\#(good),"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, dataBytes: 12,
      expected: "'b' overlaps 'a'"),
    Case(header: #"{"a":\#(good),"b":\#(good)}"#, dataBytes: 8, expected: "'b' overlaps 'a'"),
    Case(
      header: #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, dataBytes: 8,
      expected: "'a' has reversed offsets [8, 0]"),
    Case(
      header: #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#, dataBytes: 8,
      expected: "'a' has reversed offsets [-8, 0]"),
    Case(
      header:
        #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}"#,
      dataBytes: 6, expected: "'b' begins at byte 2, which is no multiple of 4"),
    Case(
      header: #"{"a":\#(good)}"#, dataBytes: 7,
      expected: "'a' ends at byte 8 of the data, which have 7 bytes; the file is cut"),
    Case(header: #"{"a":\#(good)}"#, dataBytes: 12, expected: "4 bytes after the last tensor belong to no tensor"),
    Case(header: "{}", dataBytes: 4, expected: "4 bytes after the last tensor belong to no tensor"),
    Case(
      header: #"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#, dataBytes: 0,
      expected: "'a' has shape [0]; every dimension must be at least 1"),
    Case(
      header: #"{"a":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}"#, dataBytes: 8,
      expected: "'a' has shape [-1, -2]; every dimension must be at least 1"),
    Case(
      header: #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}"#, dataBytes: 8,
      expected: "'a' has shape [4294967296, 4294967296], which is more than memory can hold"),
    Case(
      header: #"{"a":{"dtype":"F32","shape":[2305843009213693952,2],"data_offsets":[0,8]}}"#, dataBytes: 8,
      expected: "'a' has shape [2305843009213693952, 2], which is more than memory can hold"),
    Case(
      header: #"{"a":{"dtype":"F32","shape":[18446744073709551618],"data_offsets":[0,8]}}"#, dataBytes: 8,
      expected: "the header has a number out of range near byte 49"),
    Case(
      header: #"{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,8]}}"#, dataBytes: 8,
      expected: "'a' has 9 dimensions; at most 8 are accepted"),
    Case(
      header: #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, dataBytes: 8,
      expected: "'a' has 8 bytes; shape [3] of F32 needs 12"),
    Case(
      header: #"{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}"#, dataBytes: 8,
      expected:
        "'a' has the unknown type 'F8_E4M3'; known are F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL"),
    Case(
      header: #"{"a":{"dtype":"F32","shape":[2]}}"#, dataBytes: 8,
      expected: "'a' needs 'dtype', 'shape' and 'data_offsets' of two numbers"),
    Case(
      header: #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4,8]}}"#, dataBytes: 8,
      expected: "'a' needs 'dtype', 'shape' and 'data_offsets' of two numbers"),
    Case(
      header: #"{"a":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}}"#, dataBytes: 8,
      expected: "'a' has 'shape' twice"),
    Case(
      header: #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"code":1}}"#, dataBytes: 8,
      expected: "'a' has the unknown property 'code'"),
    Case(
      header: #"{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}"#, dataBytes: 8,
      expected: "the header has something other than ']' at byte 30"),
    Case(
      header: #"{"a":{"dtype":"F32","shape":[[2]],"data_offsets":[0,8]}}"#, dataBytes: 8,
      expected: "the header has something other than a whole number at byte 29"),
    Case(
      header: #"{"__metadata__":{"a":"1","a":"2"}}"#, dataBytes: 0,
      expected: "'a' occurs twice in the header's metadata"),
    Case(
      header: #"{"__metadata__":{"a":1}}"#, dataBytes: 0,
      expected: "the header has something other than '\"' at byte 21"),
    Case(header: #"{"a":\#(good)}}"#, dataBytes: 8, expected: "the header goes on after its last '}'"),
    Case(header: #"{"a":\#(good)"#, dataBytes: 8, expected: "the header ends before its last '}'"),
    Case(header: #"{"a"#, dataBytes: 8, expected: "the header ends within a text"),
    Case(header: #"{"\ud800":1}"#, dataBytes: 8, expected: "the header has half of a surrogate pair near byte 8"),
    Case(header: "[1]", dataBytes: 8, expected: "the header does not begin with '{'; this is not a safetensors file"),
    Case(
      header: String(repeating: "{\"a\":", count: 10_000), dataBytes: 8,
      expected: "'a' has the unknown property 'a'"),
    Case(
      header: #"{"\u001b[31m\u202e":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, dataBytes: 8,
      expected: #"'\u{1B}[31m\u{202E}' has 8 bytes; shape [3] of F32 needs 12"#),
  ])
  func aBrokenHeaderIsRefused(_ hostile: Case) throws {
    let header = Array(hostile.header.utf8)
    let message = try refusal(length(header.count) + header + [UInt8](repeating: 0, count: hostile.dataBytes))
    #expect(message == "x.safetensors: " + hostile.expected)
  }

  @Test(
    arguments: [
      ([], "has 0 bytes; this is not a safetensors file"),
      ([1, 2, 3, 4, 5, 6, 7], "has 7 bytes; this is not a safetensors file"),
      ([0, 0, 0, 0, 0, 0, 0, 0], "the header's length is 0; this is not a safetensors file"),
      (
        [0, 0, 0, 0, 0, 0, 0, 0x80, 0x7B],
        "the header's length is 9223372036854775808, the file's 9; the file is cut or not a safetensors file"
      ),
      (
        [255, 255, 255, 255, 255, 255, 255, 255, 0x7B],
        "the header's length is 18446744073709551615, the file's 9; the file is cut or not a safetensors file"
      ),
      (
        [3, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D],
        "the header's length is 3, the file's 10; the file is cut or not a safetensors file"
      ),
      ([3, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0xFF, 0x7D], "the header is not valid UTF-8"),
    ] as [([UInt8], String)])
  func aWrongLengthIsRefused(bytes: [UInt8], expected: String) throws {
    #expect(try refusal(bytes) == "x.safetensors: " + expected)
  }

  /// How files begin that PyTorch saves, or that pretend to be such. There is no unpickler that could be made to run code.
  private static let pickle: [UInt8] = [0x80, 0x02] + Array("cos\nsystem\nX".utf8) + [4, 0, 0, 0] + Array("trueR.".utf8)
  private static let zip: [UInt8] = Array("PK".utf8) + [3, 4, 20, 0, 0, 0] + Array("archive/data.pkl".utf8)
  private static let old: [UInt8] = [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]
  private static let tar: [UInt8] = Array("data.pkl".utf8) + [UInt8](repeating: 0, count: 504)
  private static let sevenZip: [UInt8] = [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4] + [UInt8](repeating: 0, count: 24)

  @Test(arguments: [Self.pickle, Self.zip, Self.old, Self.tar, Self.sevenZip])
  func whatPyTorchSavesIsNoWeightFile(bytes: [UInt8]) throws {
    let message = try refusal(bytes)
    #expect(message?.hasSuffix("; the file is cut or not a safetensors file") == true, "\(message ?? "accepted")")
  }

  @Test func aHugeHeaderIsRefusedBeforeItIsRead() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("x.safetensors").path
      // Sparse: a terabyte that takes no room.
      #expect(FileManager.default.createFile(atPath: path, contents: Data(length(1 << 39))))
      let handle = try #require(FileHandle(forWritingAtPath: path))
      try handle.truncate(atOffset: 1 << 40)
      try handle.close()
      let message = refusal(path: path)
      #expect(message == "x.safetensors: the header's length is 549755813888; at most 16777216 are accepted")
    }
  }

  @Test func aFileCutAfterOpeningIsAnErrorAndNoSignal() throws {
    try withTemporaryFolder { folder in
      var writer = SafetensorsWriter()
      writer.add("a", shape: [4096], values: [Float](repeating: 1, count: 4096))
      let path = folder.appendingPathComponent("x.safetensors").path
      try Data(writer.bytes()).write(to: URL(fileURLWithPath: path))
      let file = try SafetensorsFile(path: path)
      let handle = try #require(FileHandle(forWritingAtPath: path))
      try handle.truncate(atOffset: 4096)
      try handle.close()
      #expect(
        throws: WeightFileError(file: "x.safetensors", message: "became shorter while it was read; copy it again")
      ) {
        try file.floats(named: "a")
      }
    }
  }

  @Test func everyTruncationOfAGoodFileIsRefused() throws {
    try withTemporaryFolder { folder in
      var writer = SafetensorsWriter(metadata: ["k": "v"])
      writer.add("a", shape: [3], values: [1, 2, 3])
      let bytes = writer.bytes()
      let path = folder.appendingPathComponent("x.safetensors").path
      for count in 0..<bytes.count {
        try Data(bytes.prefix(count)).write(to: URL(fileURLWithPath: path))
        #expect(throws: WeightFileError.self, "\(count) bytes") { try SafetensorsFile(path: path) }
      }
    }
  }

  @Test func aFlippedBitOfAHeaderIsRefusedOrHarmless() throws {
    try withTemporaryFolder { folder in
      var writer = SafetensorsWriter(metadata: ["k": "v"])
      writer.add("a", shape: [3], values: [1, 2, 3])
      let bytes = writer.bytes()
      let path = folder.appendingPathComponent("x.safetensors").path
      var refused = 0
      for index in 0..<bytes.count - 12 {
        var flipped = bytes
        flipped[index] ^= 1 << (index % 8)
        try Data(flipped).write(to: URL(fileURLWithPath: path))
        do {
          let file = try SafetensorsFile(path: path)
          #expect(file.entries.map(\.byteRange.count) == [12])
        } catch {
          refused += 1
        }
      }
      #expect(refused > 50)
    }
  }

  @Test func whatIsNoRegularFileIsNotOpened() throws {
    try withTemporaryFolder { folder in
      let pipe = folder.appendingPathComponent("pipe.safetensors").path
      #expect(mkfifo(pipe, 0o600) == 0)
      let refusals = [pipe, folder.path, folder.path + "/none"].map { refusal(path: $0) }
      #expect(refusals[0] == "pipe.safetensors: it is not a regular file; only regular files are read")
      #expect(refusals[1] == folder.lastPathComponent + ": it is not a regular file; only regular files are read")
      #expect(refusals[2] == "none: cannot be opened: it does not exist")
    }
  }

  @Test func missingShapeTypeAndFiniteAreChecked() throws {
    try withTemporaryFolder { folder in
      var writer = SafetensorsWriter()
      var values = [Float](repeating: 0, count: 10_000)
      values[9_999] = .nan
      writer.add("a", shape: [10_000], values: values)
      writer.add("b", shape: [2], values: [0, -.infinity])
      let path = folder.appendingPathComponent("x.safetensors").path
      try Data(writer.bytes()).write(to: URL(fileURLWithPath: path))
      let file = try SafetensorsFile(path: path)
      let refusals: [(expected: String, read: () throws -> Any)] = [
        ("'c' is missing", { try file.floats(named: "c") }),
        ("'b' has shape [2]; [1, 2] is needed", { try file.floats(named: "b", shape: [1, 2]) }),
        ("'b' is of type F32; U8 is needed", { try file.bytes(named: "b") }),
        (
          "'a' has the value nan at index 9999; every value must be finite",
          { try file.floats(named: "a", allowsNonFinite: false) }
        ),
        (
          "'b' has the value -inf at index 1; every value must be finite",
          { try file.floats(named: "b", allowsNonFinite: false) }
        ),
      ]
      for refusal in refusals { #expect(message(refusal.read) == "x.safetensors: " + refusal.expected) }
      #expect(try file.floats(named: "b")[1] == -.infinity)
    }
  }

  private func length(_ count: Int) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) } }

  private func refusal(_ bytes: [UInt8]) throws -> String? {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("x.safetensors").path
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      return refusal(path: path)
    }
  }

  private func refusal(path: String) -> String? { message { try SafetensorsFile(path: path) } }

  private func message<Value>(_ body: () throws -> Value) -> String? {
    do {
      _ = try body()
      return nil
    } catch {
      return "\(error)"
    }
  }
}
