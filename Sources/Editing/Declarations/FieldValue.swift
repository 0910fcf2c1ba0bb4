package import Images
package import Inversion
package import ModelPacks
package import StrictYAML

/// What was read for a field.
package indirect enum FieldValue: Sendable {
  case integer(Int)
  case number(Double)
  case boolean(Bool)
  /// A choice, an attribute, a color, a model or a picture's name.
  case text(String)
  case texts([String])
  /// Attributes, in the order they were written.
  case amounts([Amount])
  case integers([Int])
  case layers(LayerList)
  case box(Box)
  case face(FaceChoice)
  case points([Point])
  case section(FieldValues)
  case edits([EditRequest])

  /// As it would be written.
  package var shown: String {
    switch self {
    case .integer(let value): String(value)
    case .number(let value): shortNumber(value)
    case .boolean(let value): value ? "true" : "false"
    case .text(let value): value
    case .texts(let values): "[" + values.joined(separator: ", ") + "]"
    // A mapping has no order; that of the file is for names of folders only.
    case .amounts(let amounts):
      "{" + amounts.map { "\($0.attribute): \(shortNumber($0.amount))" }.sorted().joined(separator: ", ") + "}"
    case .integers(let values): "[" + values.map(String.init).joined(separator: ", ") + "]"
    case .layers(let value): value.description
    case .box(let value): value.description
    case .face(let value): value.shown
    case .points(let values): "[" + values.map(\.shown).joined(separator: ", ") + "]"
    case .section(let values): values.description
    case .edits(let edits): "[" + edits.map(\.description).joined(separator: ", ") + "]"
    }
  }
}

/// How much of an attribute.
package struct Amount: Hashable, Sendable {
  package let attribute: String
  package let amount: Double

  package init(attribute: String, amount: Double) {
    self.attribute = attribute
    self.amount = amount
  }
}

/// An edit as the sidecar asks for it.
package struct EditRequest: Sendable, CustomStringConvertible {
  package let name: String
  package let values: FieldValues
  package let place: YAMLPlace

  package var description: String {
    values.isEmpty ? name : "\(name): \(values.description)"
  }
}

/// The fields that were given of a declaration; for the others it has the defaults.
package struct FieldValues: Sendable, CustomStringConvertible {
  package let declaration: Declaration
  package let place: YAMLPlace
  private var given: [String: (value: FieldValue, place: YAMLPlace)] = [:]

  package init(_ declaration: Declaration, at place: YAMLPlace) {
    self.declaration = declaration
    self.place = place
  }

  package var isEmpty: Bool { given.isEmpty }

  package mutating func set(_ name: String, _ value: FieldValue, at place: YAMLPlace) {
    precondition(declaration.field(name) != nil, "\(declaration.name) has no field \(name)")
    given[name] = (value, place)
  }

  package func isGiven(_ name: String) -> Bool { given[name] != nil }

  /// Where a field's value stands, or else the whole group.
  package func place(of name: String) -> YAMLPlace { given[name]?.place ?? place }

  /// What was given, or the default.
  package subscript(_ name: String) -> FieldValue? {
    given[name]?.value ?? declaration.field(name)?.defaultValue
  }

  /// In the order of the declaration, as it would be written on one line.
  package var description: String {
    let parts = declaration.fields.compactMap { field in
      given[field.name].map { "\(field.name): \($0.value.shown)" }
    }
    return "{" + parts.joined(separator: ", ") + "}"
  }

  /// These values, and from `defaults` what is not given here; groups inside are merged the same way.
  package func merged(over defaults: FieldValues) -> FieldValues {
    var result = defaults
    for (name, entry) in given {
      if case .section(let mine) = entry.value, case .section(let theirs)? = defaults.given[name]?.value {
        result.given[name] = (.section(mine.merged(over: theirs)), entry.place)
      } else {
        result.given[name] = entry
      }
    }
    return result
  }
}

extension FieldValues {
  package func integer(_ name: String) -> Int? { if case .integer(let value)? = self[name] { value } else { nil } }
  package func number(_ name: String) -> Double? { if case .number(let value)? = self[name] { value } else { nil } }
  package func boolean(_ name: String) -> Bool? { if case .boolean(let value)? = self[name] { value } else { nil } }
  package func text(_ name: String) -> String? { if case .text(let value)? = self[name] { value } else { nil } }
  package func integers(_ name: String) -> [Int]? { if case .integers(let values)? = self[name] { values } else { nil } }
  package func texts(_ name: String) -> [String]? { if case .texts(let value)? = self[name] { value } else { nil } }
  package func amounts(_ name: String) -> [Amount]? { if case .amounts(let value)? = self[name] { value } else { nil } }
  package func layers(_ name: String) -> LayerList? { if case .layers(let value)? = self[name] { value } else { nil } }
  package func box(_ name: String) -> Box? { if case .box(let value)? = self[name] { value } else { nil } }
  package func face(_ name: String) -> FaceChoice? { if case .face(let value)? = self[name] { value } else { nil } }
  package func points(_ name: String) -> [Point]? { if case .points(let values)? = self[name] { values } else { nil } }
  package func edits(_ name: String) -> [EditRequest]? { if case .edits(let value)? = self[name] { value } else { nil } }

  /// A group inside; empty when it is not given.
  package func section(_ name: String) -> FieldValues? {
    if case .section(let values)? = self[name] { return values }
    guard case .section(let declaration)? = declaration.field(name)?.kind else { return nil }
    return FieldValues(declaration, at: place)
  }

  /// One name or several.
  package func names(_ name: String) -> [String] { texts(name) ?? text(name).map { [$0] } ?? [] }

  /// A choice as the type it names.
  package func choice<Choice: RawRepresentable>(_ name: String, of type: Choice.Type = Choice.self) -> Choice?
  where Choice.RawValue == String {
    text(name).flatMap(Choice.init(rawValue:))
  }
}

/// `3` for 3.0, `0.01`, `5e-05`.
func shortNumber(_ value: Double) -> String {
  value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
}
