import Checkpoints
import Foundation
import TestSupport
import Testing
import WeightFiles

/// Pickles that would take much memory or time if they were followed.
@Suite struct PickleLimitTests {
  @Test(arguments: [
    ("values", [0x4E], "has a pickle with more than 131072 values at once; it is damaged"),
    ("objects", [0x5D, 0x30], "has a pickle of more than 131072 objects; it is damaged"),
    ("marks", [0x28], "has a pickle in which the stack is not as it must be (byte 131075); it is damaged"),
  ] as [(String, [UInt8], String)]) func aPickleOfTooMuchIsRefused(_ name: String, _ piece: [UInt8], _ expected: String) throws {
    let body = [UInt8]((0..<200_000).map { _ in piece }.joined())
    #expect(try refusal(body) == "x.npy: " + expected)
  }

  @Test func copiesAreCounted() throws {
    // A text of 60,000 bytes, encoded again and again through the memo.
    let text = [0x58, 0x60, 0xEA, 0, 0] + [UInt8](repeating: 0x61, count: 60_000) + [0x71, 0]
    let encode = Array("c_codecs\nencode\n".utf8) + [0x71, 1]
    let latin = [0x58, 6, 0, 0, 0] + Array("latin1".utf8) + [0x71, 2]
    let again: [UInt8] = [0x68, 1, 0x68, 0, 0x68, 2, 0x86, 0x52, 0x30]
    let body = text + encode + latin + [UInt8]((0..<1000).map { _ in again }.joined())
    #expect(try refusal(body) == "x.npy: has a pickle that copies more than 33554432 bytes; it is damaged")
  }

  private func refusal(_ body: [UInt8]) throws -> String? {
    try withTemporaryFolder { (folder) throws in
      let header = Array("{'descr': '|O', 'fortran_order': False, 'shape': (), }".utf8)
      let path = folder.appendingPathComponent("x.npy")
      try Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.count), 0] + header + [0x80, 2] + body + [0x2E]).write(to: path)
      do {
        _ = try BoundaryFile(path: path.path)
        return nil
      } catch {
        return "\(error)"
      }
    }
  }
}
