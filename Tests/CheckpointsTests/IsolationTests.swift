import Foundation
import TestSupport
import Testing

/// The readers of pickles belong to two commands, which a person runs: `model import`, and `train --perceptual FILE`.
@Suite struct IsolationTests {
  @Test func onlyTwoCommandsReachTheReaders() throws {
    let sources = Fixtures.project.appendingPathComponent("Sources")
    let files = try FileManager.default.subpathsOfDirectory(atPath: sources.path).filter { $0.hasSuffix(".swift") }
    func importers(of module: String) throws -> Set<String> {
      Set(
        try files.filter { file in
          try String(contentsOf: sources.appendingPathComponent(file), encoding: .utf8).split(separator: "\n")
            .contains { $0.hasSuffix("import \(module)") && !$0.hasPrefix("//") }
        })
    }
    #expect(try importers(of: "PackImport") == ["idinvert/Commands/ModelImport.swift", "idinvert/Commands/Train.swift"])
    let readers = try importers(of: "Checkpoints")
    #expect(!readers.isEmpty && readers.allSatisfy { $0.hasPrefix("PackImport/") })
  }
}
