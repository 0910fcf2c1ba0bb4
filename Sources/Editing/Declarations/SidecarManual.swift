package import PrintableText

extension Sidecar {
  /// `idinvert-sidecar(5)`, from the declarations that the parser reads.
  package static func manual(version: String) -> ManualPage {
    var page = ManualPage(
      "idinvert-sidecar", section: 5, version: version, purpose: "instructions for a photograph that idinvert edits")
    page.heading("description")
    page.paragraph(
      "The sidecar of apple.jpg is apple.jpg.yaml, or apple.yaml. Every key has a default, and an empty file asks for a reconstruction. "
        + "A job folder holds several photographs and one job.yaml, which lists them under images.")
    page.heading("keys")
    for row in declaration.rows { page.item(row.name, described(row.help, row.value)) }
    page.heading("edits")
    for edit in EditCatalog.declarations {
      page.subheading(edit.name)
      page.paragraph(edit.help)
      for row in edit.rows { page.item(row.name, described(row.help, row.value)) }
    }
    page.heading("example")
    page.verbatim("fit: pad\ninvert:\n  steps: 100\nedits:\n  - reconstruct\n  - manipulate: {attribute: redness, from: -3, to: 3, frames: 7}")
    page.heading("see also")
    page.paragraph("idinvert(1), idinvert.yaml(5)")
    return page
  }

  private static func described(_ help: String, _ value: String) -> String {
    value.isEmpty ? help : "\(help) (default: \(value))"
  }
}
