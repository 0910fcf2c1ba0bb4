import ModelPacks
internal import PrintableText
package import StrictYAML

/// Moves the code along an attribute's boundary (Zhu et al. 2020, section 4.3).
package struct Manipulate: Edit {
  package static let declaration = Declaration(
    "manipulate", help: "less to more of an attribute: code + t · boundary, for t from `from` to `to`",
    fields: [
      Field("attribute", .attribute, help: "one of the pack's attributes", isRequired: true),
      Field(
        "from", .number(-EditLimits.maximumDistance...EditLimits.maximumDistance), help: "t of the first frame",
        defaultText: "the attribute's range, usually -3"),
      Field(
        "to", .number(-EditLimits.maximumDistance...EditLimits.maximumDistance), help: "t of the last frame",
        defaultText: "the attribute's range, usually 3"),
      Field(
        "frames", .integer(1...EditLimits.maximumFrames), help: "pictures, both ends included; one is only the first",
        default: .integer(7)),
      Field("layers", .layers, help: "layers that move", defaultText: "the attribute's"),
    ])

  package let values: FieldValues
  package init(_ values: FieldValues) { self.values = values }

  package var subject: String? { values.text("attribute") }

  package func check(_ facts: PackFacts) throws(YAMLError) {
    let name = subject ?? ""
    guard facts.attribute(name) != nil else {
      let names = facts.attributes.map(\.name)
      let known = names.isEmpty ? "\(facts.name) has none" : "\(facts.name) has " + names.joined(separator: ", ")
      throw values.place(of: "attribute").error(
        "unknown attribute \(quoted(name)); \(known)" + Suggestion.clause(for: name, in: names))
    }
    try checkLayers("layers", facts)
  }

  package func run(in studio: Studio) throws -> EditResult {
    let name = subject ?? ""
    let attribute = studio.facts.attribute(name)
    let code = studio.subject.code
    let boundary = try studio.boundary(name)
    let from = values.number("from") ?? attribute?.range.lowerBound ?? -3
    let to = values.number("to") ?? attribute?.range.upperBound ?? 3
    let frames = values.integer("frames") ?? 7
    let codes = EditArithmetic.manipulation(
      of: code.values, along: boundary, from: from, to: to, count: frames, width: code.width,
      layers: values.layers("layers")?.indices ?? attribute?.layers)
    return EditResult(frames: zip(EditArithmetic.linspace(from, to, frames), codes).map { t, moved in
      .init(label: frameLabel(t), code: code.replacing(EditArithmetic.rounded(moved)))
    })
  }
}
