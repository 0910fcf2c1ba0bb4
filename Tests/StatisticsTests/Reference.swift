import Foundation
import Statistics
import TestSupport
import Testing
import WeightFiles

/// `Fixtures/training/metrics.*`.
enum Reference {
  static func file() throws -> SafetensorsFile { try Fixtures.safetensors("training/metrics.safetensors") }

  static func numbers(_ name: String) throws -> [String: Any] {
    try #require(all()[name] as? [String: Any])
  }

  static func number(_ name: String) throws -> Double { try #require(all()[name] as? Double) }

  static func matrix(_ name: String) throws -> Matrix {
    let file = try file()
    let shape = try #require(file.entry(name)).shape
    let values = try file.doubles(named: name)
    return Matrix(rows: stride(from: 0, to: values.count, by: shape[1]).map { Array(values[$0..<$0 + shape[1]]) })
  }

  private static func all() throws -> [String: Any] {
    try #require(
      JSONSerialization.jsonObject(with: Data(Fixtures.bytes("training/metrics.json"))) as? [String: Any])
  }
}
