extension EditCatalog {
  /// The README's table of edits, in Markdown.
  package static var markdown: String {
    let rows = declarations.flatMap { declaration -> [String] in
      guard !declaration.fields.isEmpty else { return ["| `\(declaration.name)` | \(declaration.help) | | |"] }
      return declaration.fields.enumerated().map { index, field in
        let head = index == 0 ? "`\(declaration.name)` | \(declaration.help)" : " | "
        return "| \(head) | `\(field.name)`: \(field.help) | \(field.shownDefault) |"
      }
    }
    return (["| edit | what it does | field | default |", "|---|---|---|---|"] + rows).joined(separator: "\n") + "\n"
  }

  /// The same for a terminal.
  package static var help: String {
    declarations.map { declaration in
      let fields = declaration.fields.map { field in
        "    \(field.name)\(String(repeating: " ", count: max(1, 15 - field.name.count)))\(field.help)"
          + (field.shownDefault.isEmpty ? "" : " (\(field.shownDefault))")
      }
      return (["  \(declaration.name): \(declaration.help)"] + fields).joined(separator: "\n")
    }.joined(separator: "\n") + "\n"
  }
}

extension Declaration {
  /// A table of these fields, in Markdown.
  package var markdown: String {
    "| key | what | default |\n|---|---|---|\n"
      + rows.map { "| `\($0.name)` | \($0.help) | \($0.value) |\n" }.joined()
  }

  /// Fields, and those of groups inside as `group.field`.
  var rows: [(name: String, help: String, value: String)] { rows(prefix: "") }

  private func rows(prefix: String) -> [(name: String, help: String, value: String)] {
    fields.flatMap { field -> [(name: String, help: String, value: String)] in
      if case .section(let inner) = field.kind { return inner.rows(prefix: prefix + field.name + ".") }
      return [(name: prefix + field.name, help: field.help, value: field.shownDefault)]
    }
  }
}
