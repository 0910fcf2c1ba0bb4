import Foundation
import TestSupport
import Testing
import WeightFiles

@Suite struct NumPyTests {
  private static let counting: [UInt8] = [0, 1, 2, 3, 4, 5].flatMap { little(Float($0).bitPattern, 4) }

  @Test func whatIsWrittenIsReadBackAndAlignedAsNumpyDoes() throws {
    let bytes = NumPyFile.bytes(shape: [1, 2, 3], values: [0, 1, 2, 3, 4, -5.5])
    #expect(bytes.count == 128 + 24)
    #expect(bytes[127] == 0x0A)
    #expect(
      String(decoding: bytes[10..<127], as: UTF8.self).hasPrefix(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2, 3), }  "))
    let file = try read(bytes)
    #expect(file.shape == [1, 2, 3])
    #expect(file.values == .floats([0, 1, 2, 3, 4, -5.5]))
    #expect(try read(NumPyFile.bytes(shape: [2], values: [1, 2])).shape == [2])
    #expect(try read(NumPyFile.bytes(shape: [], values: [3])).floats == [3])
  }

  @Test(arguments: [1, 2, 3] as [UInt8]) func allThreeVersionsAreRead(version: UInt8) throws {
    let file = try read(
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", Self.counting, version: version))
    #expect(file.shape == [2, 3])
    #expect(file.values == .floats([0, 1, 2, 3, 4, 5]))
  }

  @Test func fortranOrderBecomesCOrder() throws {
    let file = try read(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", Self.counting))
    #expect(file.values == .floats([0, 2, 4, 1, 3, 5]))
    let cube = try read(npy("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 1, 3)}", [0, 1, 2, 3, 4, 5]))
    #expect(cube.values == .bytes([0, 2, 4, 1, 3, 5]))
  }

  @Test func everyNumberTypeIsReadInBothByteOrders() throws {
    let bits = (1.5).bitPattern
    #expect(
      try read(npy("{'descr': '>f4', 'fortran_order': False, 'shape': (1,)}", [0x40, 0x20, 0, 0])).values
        == .floats([2.5]))
    #expect(
      try read(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", Self.little(bits, 8))).values
        == .doubles([1.5]))
    #expect(
      try read(npy("{'descr': '>f8', 'fortran_order': False, 'shape': ()}", Self.little(bits, 8).reversed())).floats
        == [1.5])
    #expect(
      try read(
        npy("{'descr': '<i8', 'fortran_order': False, 'shape': (1,)}", [254] + [UInt8](repeating: 255, count: 7))
      ).values == .integers([-2]))
    #expect(
      try read(npy("{'descr': '<f2', 'fortran_order': False, 'shape': (1L,)}", [0, 0x3C])).values == .floats([1]))
    #expect(try read(npy("{\"shape\": (1,), \"descr\": \"|u1\", \"fortran_order\": False}", [9])).floats == [9])
  }

  @Test(arguments: [
    (
      "{'descr': '|O', 'fortran_order': False, 'shape': (), }",
      "holds Python objects ('|O'), which are read by 'idinvert model import' only; save it as a float32 array"
    ),
    (
      "{'descr': '<c8', 'fortran_order': False, 'shape': (3,), }",
      "has the element type '<c8'; f2, f4, f8, u1 and i8 are read; save it as float32"
    ),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (7,), }", "has 24 bytes of data; shape [7] needs 28"),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (0,), }",
      "has shape [0]; at most 8 dimensions of at least 1 are accepted"
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (-6,), }",
      "has shape [-6]; at most 8 dimensions of at least 1 are accepted"
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
      "has shape [4294967296, 4294967296], which is more than memory can hold"
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
      "has a dimension out of range in its header"
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (6,), 'x': 1}",
      "the header is not a plain numpy header near byte 60; save the array again with numpy.save"
    ),
    (
      "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (6,)}",
      "the header is not a plain numpy header near byte 25; save the array again with numpy.save"
    ),
    (
      "{'descr': '<f4', 'fortran_order': False}",
      "the header is not a plain numpy header near byte 40; save the array again with numpy.save"
    ),
    ("__import__('os')", "the header is not a plain numpy header near byte 0; save the array again with numpy.save"),
    (
      "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (6,)}",
      "the header is not a plain numpy header near byte 10; save the array again with numpy.save"
    ),
    (
      "{'descr': '<f4', 'fortran_order': 0, 'shape': (6,)}",
      "the header is not a plain numpy header near byte 34; save the array again with numpy.save"
    ),
    ("", "the header is not a plain numpy header near byte 0; save the array again with numpy.save"),
    ("{'descr': '", "the header is not a plain numpy header near byte 10; save the array again with numpy.save"),
  ])
  func otherHeadersAreRefused(header: String, expected: String) {
    #expect(message(npy(header, Self.counting)) == "x.npy: " + expected)
  }

  @Test func aHeaderBombIsRefused() {
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (6,), }" + String(repeating: " ", count: 70_000)
    #expect(
      message(npy(header, Self.counting, version: 2))
        == "x.npy: has a header of 70057 bytes; at most 65536 are accepted")
    let lie = Array(npy("{}", [], version: 2).prefix(8)) + [255, 255, 255, 255]
    #expect(message(lie) == "x.npy: has a header of 4294967295 bytes; at most 65536 are accepted")
    #expect(message(Array(npy("{}", []).prefix(8)) + [255, 255, 0, 0]) == "x.npy: ends within its header")
    #expect(message(npy("{}", [], version: 9)) == "x.npy: is of format version 9.0; 1.0, 2.0 and 3.0 are read")
    #expect(message(Array("PK\u{3}\u{4}-a-zip-file".utf8)) == "x.npy: does not begin as a .npy file does")
    #expect(message([0x93]) == "x.npy: has 1 bytes; this is not a .npy file")
  }

  private func npy(_ header: String, _ data: [UInt8], version: UInt8 = 1) -> [UInt8] {
    let length = Self.little(UInt32(header.utf8.count), version == 1 ? 2 : 4)
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + Array(header.utf8) + data
  }

  private static func little(_ value: some FixedWidthInteger, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  private func read(_ bytes: [UInt8]) throws -> NumPyFile {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("x.npy")
      try Data(bytes).write(to: path)
      return try NumPyFile(path: path.path)
    }
  }

  private func message(_ bytes: [UInt8]) -> String {
    do {
      return "accepted: \(try read(bytes).shape)"
    } catch {
      return "\(error)"
    }
  }
}
