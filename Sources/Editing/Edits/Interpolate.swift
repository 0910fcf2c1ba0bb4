/// Goes in a straight line from one inverted code to another.
package struct Interpolate: Edit {
  package static let declaration = Declaration(
    "interpolate", help: "a straight line from this picture's code to another's, both ends included",
    fields: [
      Field("with", .image, help: "the picture at the other end", isRequired: true),
      Field(
        "frames", .integer(1...EditLimits.maximumFrames), help: "pictures, both ends included; one is only this picture",
        default: .integer(7)),
    ])

  package let values: FieldValues
  package init(_ values: FieldValues) { self.values = values }

  package var subject: String? { values.text("with").map(fileStem) }
  package var imageFields: [String] { ["with"] }

  package func run(in studio: Studio) throws -> EditResult {
    let code = studio.subject.code
    let other = try studio.inverted(values.text("with") ?? "")
    let frames = values.integer("frames") ?? 7
    let codes = EditArithmetic.interpolation(from: code.values, to: other.code.values, count: frames)
    return EditResult(
      frames: zip(EditArithmetic.linspace(0, 1, frames), codes).map { l, between in
        .init(label: frameLabel(l), code: code.replacing(EditArithmetic.rounded(between)))
      },
      ingredients: [.init(name: "with", label: fileStem(other.name), pixels: other.pixels)])
  }
}
