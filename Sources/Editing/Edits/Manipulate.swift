import ModelPacks
internal import PrintableText
package import StrictYAML

/// Moves the code along an attribute's boundary (Zhu et al. 2020, section 4.3), or along several at once.
package struct Manipulate: Edit {
  package static let declaration = Declaration(
    "manipulate", help: "vary an attribute: code + t · boundary, with t going from `from` to `to`",
    fields: [
      Field(
        "attribute", .attribute, help: "an attribute of the pack, or several with their amounts: {smile: 2, age: -1}",
        isRequired: true),
      Field(
        "from", .number(-EditLimits.maximumDistance...EditLimits.maximumDistance), help: "t of the first frame",
        defaultText: "the attribute's range, usually -3; 0 with several"),
      Field(
        "to", .number(-EditLimits.maximumDistance...EditLimits.maximumDistance), help: "t of the last frame",
        defaultText: "the attribute's range, usually 3; 1 with several"),
      Field(
        "frames", .integer(1...EditLimits.maximumFrames), help: "number of frames, endpoints included; 1 gives only the first",
        default: .integer(7)),
      Field("layers", .layers, help: "layers to change", defaultText: "the attribute's"),
      Field(
        "conditional", .attributes, help: "attributes to hold fixed: their directions are projected out",
        defaultText: "none"),
    ])

  package let values: FieldValues
  package init(_ values: FieldValues) { self.values = values }

  /// One attribute counts once for each t; several have amounts, all of which are reached at t = 1.
  private var amounts: [Amount] {
    values.amounts("attribute") ?? values.text("attribute").map { [Amount(attribute: $0, amount: 1)] } ?? []
  }
  private var isSeveral: Bool { values.amounts("attribute") != nil }

  package var subject: String? { amounts.map(\.attribute).joined(separator: "-") }

  package func check(_ facts: ModelInfo) throws(YAMLError) {
    for amount in amounts { try checkName(amount.attribute, in: "attribute", facts) }
    for name in values.names("conditional") {
      try checkName(name, in: "conditional", facts)
      guard !amounts.contains(where: { $0.attribute == name }) else {
        throw values.place(of: "conditional").error("\(quoted(name)) is to change and to stay; take it out of one of the two")
      }
    }
    try checkLayers("layers", facts)
  }

  private func checkName(_ name: String, in field: String, _ facts: ModelInfo) throws(YAMLError) {
    guard facts.attribute(name) == nil else { return }
    let names = facts.attributes.map(\.name)
    let known = names.isEmpty ? "\(facts.name) has none" : "\(facts.name) has " + names.joined(separator: ", ")
    throw values.place(of: field).error(
      "unknown attribute \(quoted(name)); \(known)" + Suggestion.clause(for: name, in: names))
  }

  package func run(in studio: EditContext) throws -> EditResult {
    let code = studio.subject.code
    let range = isSeveral ? 0...1 : amounts.first.flatMap { studio.facts.attribute($0.attribute)?.range } ?? -3...3
    let from = values.number("from") ?? range.lowerBound
    let to = values.number("to") ?? range.upperBound
    let frames = values.integer("frames") ?? 7
    let fixed = try values.names("conditional").map { try studio.boundary($0).map(Double.init) }
    var parts: [(direction: [Double], amount: Double, layers: [Int]?)] = []
    for amount in amounts {
      let boundary = try studio.boundary(amount.attribute).map(Double.init)
      let direction = fixed.isEmpty ? boundary : EditArithmetic.conditional(boundary, on: fixed, width: code.width)
      let layers = values.layers("layers")?.indices ?? studio.facts.attribute(amount.attribute)?.layers
      parts.append((direction, amount.amount, layers))
    }
    let direction = EditArithmetic.combination(of: parts, width: code.width)
    guard direction.contains(where: { $0 != 0 }) || fixed.isEmpty else {
      throw EditingError(
        .refuse, "manipulate: nothing of \(subject ?? "") is left without \(values.names("conditional").joined(separator: ", "))")
    }
    let codes = EditArithmetic.manipulation(
      of: code.values, along: direction, from: from, to: to, count: frames, width: code.width)
    return EditResult(
      frames: zip(EditArithmetic.linspace(from, to, frames), codes).map { t, moved in
        .init(label: frameLabel(t), code: code.replacing(EditArithmetic.rounded(moved)))
      },
      warnings: warnings(from, to, studio.facts))
  }

  /// Beyond an attribute's range pictures fall apart: said, not refused.
  private func warnings(_ from: Double, _ to: Double, _ facts: ModelInfo) -> [String] {
    amounts.compactMap { amount in
      guard let range = facts.attribute(amount.attribute)?.range else { return nil }
      let ends = [from * amount.amount, to * amount.amount]
      guard let far = ends.first(where: { !range.contains($0) }) else { return nil }
      return "\(amount.attribute) goes to \(shortNumber(far)); its useful range is \(shortNumber(range.lowerBound)) to "
        + "\(shortNumber(range.upperBound)), beyond it pictures fall apart"
    }
  }
}
