package import Images
package import Inversion
package import ModelPacks
internal import PrintableText
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
    case .number(let value): plainNumber(value)
    case .boolean(let value): value ? "true" : "false"
    case .text(let value): value
    case .texts(let values): "[" + values.joined(separator: ", ") + "]"
    // A mapping has no order; that of the file is for names of folders only.
    case .amounts(let amounts):
      "{" + amounts.map { "\($0.attribute): \(plainNumber($0.amount))" }.sorted().joined(separator: ", ") + "}"
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

/// One attribute, or several with the amount of each.
package enum AttributeChoice: Hashable, Sendable {
  case one(String)
  case several([Amount])

  /// One attribute counts once.
  package var amounts: [Amount] {
    switch self {
    case .one(let name): [Amount(attribute: name, amount: 1)]
    case .several(let amounts): amounts
    }
  }
}

/// The fields that were given of a declaration; for the others it has the defaults.
package struct FieldValues: Sendable, CustomStringConvertible {
  package let declaration: Declaration
  package let place: YAMLPlace
  private var given: [String: (value: FieldValue, place: YAMLPlace)] = [:]

  init(_ declaration: Declaration, at place: YAMLPlace) {
    self.declaration = declaration
    self.place = place
  }

  package var isEmpty: Bool { given.isEmpty }

  /// - Precondition: the field is one of the declaration's.
  mutating func set(_ field: Field, _ value: FieldValue, at place: YAMLPlace) { given[field.name] = (value, place) }

  /// What was given, or the default.
  package subscript<Value>(_ key: Key<Value>) -> Value { key.value(in: self) }

  package func isGiven(_ key: some DeclaredKey) -> Bool { given[key.field.name] != nil }

  /// Where a field's value stands, or else the whole group.
  package func place(of key: some DeclaredKey) -> YAMLPlace { place(of: key.field) }
  func place(of field: Field) -> YAMLPlace { given[field.name]?.place ?? place }

  /// What was given, or the default, of any type.
  subscript(_ field: Field) -> FieldValue? { given[field.name]?.value ?? field.defaultValue }

  /// In the order of the declaration, as it would be written on one line.
  package var description: String {
    let parts = declaration.fields.compactMap { field in
      given[field.name].map { "\(field.name): \($0.value.shown)" }
    }
    return "{" + parts.joined(separator: ", ") + "}"
  }

  /// These values, and from `defaults` what is not given here; groups inside are merged the same way. Of a job's defaults,
  /// which are a sidecar, the fields that a job has.
  func merged(over defaults: FieldValues) -> FieldValues {
    var result = FieldValues(declaration, at: place)
    for field in declaration.fields {
      switch (given[field.name], defaults.given[field.name]) {
      case ((.section(let mine), let place)?, (.section(let theirs), _)?):
        result.given[field.name] = (.section(mine.merged(over: theirs)), place)
      case (let entry?, _), (nil, let entry?): result.given[field.name] = entry
      case (nil, nil): break
      }
    }
    return result
  }
}
