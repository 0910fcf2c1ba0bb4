internal import Images
internal import Inversion
internal import ModelPacks

/// A field with the type of what it gives, and the only way to that: a misspelled name does not compile, and a default
/// stands in the declaration alone.
package struct Key<Value: Sendable>: DeclaredKey {
  package let field: Field
  private let read: @Sendable (FieldValues, Field) -> Value

  /// One that a person has to write.
  init(required name: String, _ type: FieldType<Value>, help: String) {
    field = Field(
      name: name, kind: type.kind, help: help, isRequired: true, defaultValue: nil, defaultText: nil, limit: nil)
    read = { values, field in
      guard let value = values[field].flatMap(type.take) else {
        preconditionFailure("\(field.name) is required, so that no values are read without it")
      }
      return value
    }
  }

  /// One with a default that holds for every pack and picture.
  init(_ name: String, _ type: FieldType<Value>, help: String, default value: Value, limit: JobLimits.Name? = nil) {
    field = Field(
      name: name, kind: type.kind, help: help, isRequired: false, defaultValue: type.make(value), defaultText: nil, limit: limit)
    read = { values, field in values[field].flatMap(type.take) ?? value }
  }

  /// One that gives nil where nothing was written.
  ///
  /// - Parameter text: what holds then, in words.
  init<Given>(_ name: String, _ type: FieldType<Given>, help: String, defaultText text: String? = nil, limit: JobLimits.Name? = nil)
  where Value == Given? {
    field = Field(
      name: name, kind: type.kind, help: help, isRequired: false, defaultValue: nil, defaultText: text, limit: limit)
    read = { values, field in values[field].flatMap(type.take) }
  }

  /// A group of keys; what a person left out is an empty one.
  init(_ name: String, section: Declaration, help: String) where Value == FieldValues {
    field = Field(
      name: name, kind: .section(section), help: help, isRequired: false, defaultValue: nil, defaultText: nil, limit: nil)
    read = { values, field in
      if case .section(let given)? = values[field] { given } else { FieldValues(section, at: values.place) }
    }
  }

  func value(in values: FieldValues) -> Value { read(values, field) }
}

/// A key, whatever it gives.
package protocol DeclaredKey: Sendable {
  var field: Field { get }
}

/// What a field may hold, and how that is taken out of what was read.
struct FieldType<Value: Sendable>: Sendable {
  let kind: Field.Kind
  let take: @Sendable (FieldValue) -> Value?
  let make: @Sendable (Value) -> FieldValue
}

extension FieldType where Value == Int {
  static func integer(_ range: ClosedRange<Int>) -> FieldType {
    FieldType(kind: .integer(range), take: { if case .integer(let value) = $0 { value } else { nil } }, make: { .integer($0) })
  }
}

extension FieldType where Value == Double {
  static func number(_ range: ClosedRange<Double>) -> FieldType {
    FieldType(kind: .number(range), take: { if case .number(let value) = $0 { value } else { nil } }, make: { .number($0) })
  }
}

extension FieldType where Value == Bool {
  static var boolean: FieldType {
    FieldType(kind: .boolean, take: { if case .boolean(let value) = $0 { value } else { nil } }, make: { .boolean($0) })
  }
}

extension FieldType where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of an enumeration's names.
  static var choice: FieldType {
    FieldType(
      kind: .choice(Value.allCases.map(\.rawValue)), take: { $0.text.flatMap(Value.init(rawValue:)) },
      make: { .text($0.rawValue) })
  }
}

extension FieldType {
  /// Several of an enumeration's names, each once.
  static func choices<Choice: RawRepresentable & CaseIterable & Sendable>() -> FieldType
  where Value == [Choice], Choice.RawValue == String {
    FieldType(
      kind: .choices(Choice.allCases.map(\.rawValue)), take: { $0.texts?.compactMap(Choice.init(rawValue:)) },
      make: { .texts($0.map(\.rawValue)) })
  }
}

extension FieldType where Value == String {
  static var image: FieldType { text(.image) }
  static var code: FieldType { text(.code) }
  static var model: FieldType { text(.model) }

  private static func text(_ kind: Field.Kind) -> FieldType { FieldType(kind: kind, take: { $0.text }, make: { .text($0) }) }
}

extension FieldType where Value == [String] {
  static var images: FieldType { texts(.images) }
  static var attributes: FieldType { texts(.attributes) }

  /// One name is a list of one.
  static func imageOrImages(maximum: Int) -> FieldType {
    FieldType(kind: .imageOrImages(maximum: maximum), take: { $0.texts ?? $0.text.map { [$0] } }, make: { .texts($0) })
  }

  private static func texts(_ kind: Field.Kind) -> FieldType { FieldType(kind: kind, take: { $0.texts }, make: { .texts($0) }) }
}

extension FieldType where Value == [Int] {
  static func integers(_ range: ClosedRange<Int>, maximum: Int) -> FieldType {
    FieldType(
      kind: .integers(range, maximum: maximum), take: { if case .integers(let values) = $0 { values } else { nil } },
      make: { .integers($0) })
  }
}

extension FieldType where Value == AttributeChoice {
  static var attribute: FieldType {
    FieldType(kind: .attribute, take: { value in
      switch value {
      case .text(let name): .one(name)
      case .amounts(let amounts): .several(amounts)
      default: nil
      }
    }, make: { choice in
      switch choice {
      case .one(let name): .text(name)
      case .several(let amounts): .amounts(amounts)
      }
    })
  }
}

extension FieldType where Value == LayerList {
  static var layers: FieldType {
    FieldType(kind: .layers, take: { if case .layers(let value) = $0 { value } else { nil } }, make: { .layers($0) })
  }
}

extension FieldType where Value == Box {
  static var box: FieldType {
    FieldType(kind: .box, take: { if case .box(let value) = $0 { value } else { nil } }, make: { .box($0) })
  }
}

extension FieldType where Value == PixelColor {
  static var color: FieldType {
    FieldType(kind: .color, take: { $0.text.flatMap { PixelColor($0) } }, make: { .text($0.description) })
  }
}

extension FieldType where Value == FaceChoice {
  static var face: FieldType {
    FieldType(kind: .face, take: { if case .face(let value) = $0 { value } else { nil } }, make: { .face($0) })
  }
}

extension FieldType where Value == [Point] {
  static func points(_ count: Int) -> FieldType {
    FieldType(kind: .points(count), take: { if case .points(let values) = $0 { values } else { nil } }, make: { .points($0) })
  }
}

extension FieldType where Value == [EditRequest] {
  static var edits: FieldType {
    FieldType(kind: .edits, take: { if case .edits(let values) = $0 { values } else { nil } }, make: { .edits($0) })
  }
}

extension FieldValue {
  fileprivate var text: String? { if case .text(let value) = self { value } else { nil } }
  fileprivate var texts: [String]? { if case .texts(let values) = self { values } else { nil } }
}
