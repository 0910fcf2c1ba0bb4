import Foundation
import Images
import TestSupport

extension Fixtures {
  static func names(in path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: Self.path(path)).sorted()
  }
}

extension Made {
  /// A PNG with chunks before its pixels.
  static func png(_ picture: Picture, _ chunks: [UInt8]...) throws -> [UInt8] {
    png(try picture.pngBytes(), chunks.flatMap(\.self))
  }
}

/// The few types of safetensors that these fixtures have, for trusted files.
struct FixtureTensors {
  private struct Entry: Decodable {
    let dtype: String
    let shape: [Int]
    let data_offsets: [Int]
  }

  struct Missing: Error {
    let name: String
  }

  private let entries: [String: Entry]
  private let data: ArraySlice<UInt8>

  init(_ path: String) throws {
    let bytes = try Fixtures.bytes(path)
    let length = bytes[0..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    entries = try JSONDecoder().decode([String: Entry].self, from: Data(bytes[8..<8 + length]))
    data = bytes[(8 + length)...]
  }

  var names: [String] { entries.keys.sorted() }

  func shape(_ name: String) throws -> [Int] { try entry(name).shape }

  func bytes(_ name: String) throws -> [UInt8] {
    let entry = try entry(name)
    return [UInt8](data[(data.startIndex + entry.data_offsets[0])..<(data.startIndex + entry.data_offsets[1])])
  }

  func floats(_ name: String) throws -> [Float] {
    let bytes = try bytes(name)
    return stride(from: 0, to: bytes.count, by: 4).map { index in
      Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[index + $1]) << (8 * UInt32($1)) })
    }
  }

  /// A tensor `[height, width, 3]` of bytes.
  func picture(_ name: String) throws -> Picture {
    let shape = try shape(name)
    return try Picture(width: shape[1], height: shape[0], pixels: bytes(name))
  }

  private func entry(_ name: String) throws -> Entry {
    guard let entry = entries[name] else { throw Missing(name: name) }
    return entry
  }
}

/// The largest difference between two pictures' bytes; 256 where the sizes differ.
func largestDifference(_ first: Picture, _ second: Picture) -> Int {
  guard first.width == second.width, first.height == second.height else { return 256 }
  return zip(first.pixels, second.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
}

func meanDifference(_ first: Picture, _ second: Picture) -> Double {
  let sum = zip(first.pixels, second.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
  return Double(sum) / Double(max(first.pixels.count, 1))
}
