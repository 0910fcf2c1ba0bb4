import Editing
import Foundation
import TestSupport
import Testing

/// What people and editors see of the declarations, compared with committed files.
/// `IDINVERT_UPDATE_SNAPSHOTS=1` writes those that differ anew; the run that writes still fails.
@Suite struct SnapshotTests {
  private static let updates = ProcessInfo.processInfo.environment["IDINVERT_UPDATE_SNAPSHOTS"] != nil

  private func compare(_ text: String, _ name: String) throws {
    let committed = String(decoding: try Fixtures.bytes("edit/\(name)"), as: UTF8.self)
    #expect(text == committed, "edit/\(name)")
    if text != committed, Self.updates { try Data(text.utf8).write(to: URL(fileURLWithPath: Fixtures.path("edit/\(name)"))) }
  }

  @Test func theSchemaIsTheCommittedOne() throws {
    let text = String(decoding: Sidecar.schema.bytes, as: UTF8.self)
    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
    try compare(text, "schema.json")
  }

  @Test func theTablesAreTheCommittedOnes() throws {
    try compare(EditCatalog.markdown, "edits.md")
    try compare(Sidecar.declaration.markdown, "sidecar.md")
    try compare(EditCatalog.help, "edits.txt")
  }

  @Test func theReadmeHasTheTables() throws {
    let file = Fixtures.project.appendingPathComponent("README.md")
    var text = try String(contentsOf: file, encoding: .utf8)
    let tables = [("edits", EditCatalog.markdown), ("sidecar", Sidecar.declaration.markdown)]
    for (name, table) in tables {
      #expect(text.contains("<!-- \(name) -->\n\(table)<!-- end of \(name) -->"), "the table of \(name)")
    }
    if Self.updates {
      for (name, table) in tables {
        let start = try #require(text.range(of: "<!-- \(name) -->\n")).upperBound
        let end = try #require(text.range(of: "<!-- end of \(name) -->")).lowerBound
        text.replaceSubrange(start..<end, with: table)
      }
      try Data(text.utf8).write(to: file)
    }
  }

  @Test func everyFieldHasHelpAndEitherADefaultOrAReasonForNone() {
    for declaration in EditCatalog.declarations {
      #expect(!declaration.help.isEmpty)
      for field in declaration.fields {
        #expect(!field.help.isEmpty && !field.help.contains("\n"))
        #expect(!field.shownDefault.isEmpty, "\(declaration.name).\(field.name)")
      }
    }
    #expect(Set(EditCatalog.declarations.map(\.name)).count == EditCatalog.types.count)
  }
}
