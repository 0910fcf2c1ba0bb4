package import Foundation
package import WeightFiles

/// Files beside the tests.
package enum Fixtures {
  /// `Tests/Fixtures`.
  package static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures")

  /// The project's folder.
  package static let project = folder.deletingLastPathComponent().deletingLastPathComponent()

  /// The pack that ships with the program.
  package static let fruits64 = project.appendingPathComponent("Models/fruits64")
  package static let portraits64 = project.appendingPathComponent("Models/portraits64")

  /// A file or folder below `Tests/Fixtures`: `Fixtures.path("ops/ops.safetensors")`.
  package static func path(_ relative: String) -> String {
    folder.appendingPathComponent(relative).path
  }

  /// The bytes of a file below `Tests/Fixtures`.
  package static func bytes(_ relative: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: folder.appendingPathComponent(relative)))
  }

  /// Opens a safetensors file below `Tests/Fixtures`.
  package static func safetensors(_ relative: String) throws -> SafetensorsFile {
    try SafetensorsFile(path: path(relative))
  }
}
