/// Synthesizes the inverted code.
package struct Reconstruct: Edit {
  package static let declaration = Declaration(
    "reconstruct", help: "the inverted code's picture, unedited")

  package let values: FieldValues
  package init(_ values: FieldValues) { self.values = values }

  package func run(in editing: EditContext) throws -> EditResult {
    EditResult(frames: [.init(label: "reconstruction", code: editing.subject.code)])
  }
}
