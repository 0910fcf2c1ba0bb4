import Foundation
import ModelPacks
import TestSupport
import Testing
import WeightFiles

@Suite struct LatentFileTests {
  @Test func codesComeBackToTheirPack() throws {
    try withTemporaryFolder { folder in
      let pack = try PackOnDisk(in: folder).load()
      let codes = ["encoder": (0..<256).map { Float($0) / 7 }, "inverted": [Float](repeating: -1, count: 256)]
      let path = try write(LatentFile.bytes(codes, pack: pack), in: folder)
      #expect(try LatentFile(path: path, pack: pack).codes == codes)
    }
  }

  @Test func codesOfAnotherPackAreRefusedByName() throws {
    try withTemporaryFolder { folder in
      let first = try PackOnDisk(in: folder, name: "first").load()
      let second = try PackOnDisk(in: folder, name: "second", seed: 2).load()
      let path = try write(LatentFile.bytes(["inverted": [Float](repeating: 0, count: 256)], pack: first), in: folder)
      #expect(
        message { try LatentFile(path: path, pack: second) }
          == "x.safetensors: belongs to pack 'first', not to 'second'")
      let changed = try PackOnDisk(in: folder.appendingPathComponent("new"), name: "first", seed: 3).load()
      #expect(
        message { try LatentFile(path: path, pack: changed) }
          == "x.safetensors: belongs to another version of pack first (\(first.hash.prefix(12))…, here \(changed.hash.prefix(12))…)"
      )
    }
  }

  @Test func otherShapesTypesAndValuesAreRefused() throws {
    try withTemporaryFolder { folder in
      let pack = try PackOnDisk(in: folder).load()
      let metadata = ["pack": "tiny", "pack_hash": pack.hash]
      var short = SafetensorsWriter(metadata: metadata)
      short.add("inverted", shape: [7, 32], values: [Float](repeating: 0, count: 224))
      #expect(
        try refusal(short.bytes(), folder, pack) == "x.safetensors: 'inverted' has shape [7, 32]; [8, 32] is needed")
      var infinite = SafetensorsWriter(metadata: metadata)
      infinite.add("inverted", shape: [8, 32], values: [Float](repeating: .infinity, count: 256))
      #expect(
        try refusal(infinite.bytes(), folder, pack)
          == "x.safetensors: 'inverted' has the value inf at index 0; every value must be finite")
      var nameless = SafetensorsWriter()
      nameless.add("inverted", shape: [8, 32], values: [Float](repeating: 0, count: 256))
      #expect(
        try refusal(nameless.bytes(), folder, pack)
          == "x.safetensors: does not say which pack its codes belong to; codes written by this program do")
      let header =
        #"{"__metadata__":{"pack":"tiny","pack_hash":"\#(pack.hash)"},"a":{"dtype":"U8","shape":[8,32],"data_offsets":[0,256]}}"#
      let bytes =
        [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) + [UInt8](repeating: 0, count: 256)
      #expect(try refusal(bytes, folder, pack) == "x.safetensors: 'a' is of type U8; a floating-point type is needed")
    }
  }

  private func write(_ bytes: [UInt8], in folder: URL) throws -> String {
    let path = folder.appendingPathComponent("x.safetensors")
    try Data(bytes).write(to: path)
    return path.path
  }

  private func refusal(_ bytes: [UInt8], _ folder: URL, _ pack: ModelPack) throws -> String? {
    let path = try write(bytes, in: folder)
    return message { try LatentFile(path: path, pack: pack) }
  }
}
