/// One key of a sidecar: what may stand there and what it means. The parser, the JSON Schema, the tables and the error
/// messages are all made from this; code reads what was given through a `Key`.
package struct Field: Sendable {
  package indirect enum Kind: Sendable {
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    case boolean
    case choice([String])
    /// Several of these, each once.
    case choices([String])
    /// So many whole numbers at most, each once.
    case integers(ClosedRange<Int>, maximum: Int)
    /// A layer list: `6-9`.
    case layers
    /// `[x, y, width, height]` in pixels of the model's picture.
    case box
    /// Another picture of the same drop, by plain name.
    case image
    /// A saved code of the same drop, by plain name.
    case code
    case images
    /// One picture, or a list of up to so many.
    case imageOrImages(maximum: Int)
    /// One of the pack's attributes, or several with the amount of each: `{smile: 2, age: -1}`.
    case attribute
    /// Some of the pack's attributes.
    case attributes
    /// `#rrggbb`.
    case color
    /// A pack's name.
    case model
    /// `largest`, `all`, a number, or `{near: [x, y]}`.
    case face
    /// So many places in the photograph, `[[x, y], …]`.
    case points(Int)
    case section(Declaration)
    case edits
  }

  package let name: String
  package let kind: Kind
  /// One line.
  package let help: String
  package let isRequired: Bool
  package let defaultValue: FieldValue?
  /// The default in words, where it depends on the pack or the picture.
  package let defaultText: String?
  /// What an operator may limit it by, beside its own range.
  package let limit: JobLimits.Name?

  /// The default as tables show it.
  package var shownDefault: String {
    if isRequired { return "required" }
    return defaultText ?? defaultValue?.shown ?? ""
  }
}

/// A group of keys with a name: an edit, or a part of the sidecar.
package struct Declaration: Sendable {
  package let name: String
  /// One line.
  package let help: String
  package let fields: [Field]

  init(_ name: String, help: String, _ keys: [any DeclaredKey] = []) {
    self.name = name
    self.help = help
    fields = keys.map(\.field)
  }

  package func field(_ name: String) -> Field? { fields.first { $0.name == name } }
}
