import ModelPacks
package import StrictYAML

/// Puts another picture's style vectors into the last layers (Zhu et al. 2020, section 4.3, "style mixing").
package struct MixStyle: Edit {
  /// How many of the last layers are taken when none are named.
  private static let defaultLayers = 4

  package static let declaration = Declaration(
    "mix_style", help: "this picture's content with another's style: the style's code in some layers",
    fields: [
      Field("style", .image, help: "the picture that gives the style", isRequired: true),
      Field("layers", .layers, help: "layers taken from the style", defaultText: "the last \(defaultLayers)"),
    ])

  package let values: FieldValues
  package init(_ values: FieldValues) { self.values = values }

  package var subject: String? { values.text("style").map(fileStem) }
  package var imageFields: [String] { ["style"] }

  package func check(_ facts: PackFacts) throws(YAMLError) { try checkLayers("layers", facts) }

  package func run(in studio: Studio) throws -> EditResult {
    let content = studio.subject.code
    let style = try studio.inverted(values.text("style") ?? "")
    let layers = values.layers("layers")?.indices ?? Array(max(0, content.layers - Self.defaultLayers)..<content.layers)
    let mixed = EditArithmetic.mix(
      style: style.code.values, content: content.values, width: content.width, layers: layers)
    return EditResult(
      frames: [.init(label: "mixed", code: content.replacing(mixed))],
      ingredients: [.init(name: "style", label: "style: \(fileStem(style.name))", pixels: style.pixels)])
  }
}
