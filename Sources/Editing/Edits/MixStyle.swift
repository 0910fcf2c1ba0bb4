package import ModelPacks
package import StrictYAML

/// Puts another picture's style vectors into the last layers (Zhu et al. 2020, section 4.3, "style mixing").
package struct MixStyle: Edit {
  /// How many of the last layers are taken when none are named.
  private static let defaultLayers = 4

  private enum Keys {
    static let style = Key(
      required: "style", .imageOrImages(maximum: EditLimits.maximumPartners),
      help: "the style picture, or a list: one frame each; several photographs of a job give a matrix, matrix.png")
    static let layers = Key("layers", .layers, help: "layers that take the style", defaultText: "the last \(defaultLayers)")
  }

  package static let declaration = Declaration(
    "mix_style", help: "this picture's content in another's style: some layers take the style's code",
    [Keys.style, Keys.layers, SharedKeys.keep])

  package let values: FieldValues
  private let names: [String]
  /// nil for the last ones.
  package let layers: LayerList?
  package let keptMask: String?

  package init(_ values: FieldValues) {
    self.values = values
    names = values[Keys.style]
    layers = values[Keys.layers]
    keptMask = values[SharedKeys.keep]
  }

  package var subject: String? { names.map(fileStem).joined(separator: "-") }
  package var partners: (key: any DeclaredKey, names: [String])? { (Keys.style, names) }
  package var frameCount: Int { names.count }

  package func check(_ facts: ModelInfo) throws(YAMLError) { try check(layers, Keys.layers, facts) }

  package func run(in editing: EditContext) throws -> EditResult {
    let content = editing.subject.code
    let styles = try names.map(editing.inverted)
    let layers = layers?.indices ?? Array(max(0, content.layers - Self.defaultLayers)..<content.layers)
    var result = EditResult(frames: [])
    for (index, style) in styles.enumerated() {
      let mixed = EditArithmetic.mix(
        style: style.code.values, content: content.values, width: content.width, layers: layers)
      let stem = fileStem(style.name)
      let isOne = names.count == 1
      result.frames.append(.init(label: isOne ? "mixed" : stem, code: content.replacing(mixed)))
      result.ingredients.append(
        .init(name: isOne ? "style" : "style-\(index + 1)", label: "style: \(stem)", pixels: style.pixels))
    }
    // Styles above, mixes below them: a row of the matrix.
    if names.count > 1 {
      result.rows = [
        .init(label: "styles", cells: [.empty] + names.indices.map { .ingredient($0) }),
        .init(label: "mixed", cells: [.photograph] + names.indices.map { .frame($0) }),
      ]
    }
    return result
  }
}
