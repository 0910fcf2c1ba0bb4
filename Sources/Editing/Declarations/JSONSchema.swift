internal import Inversion

extension Sidecar {
  /// A JSON Schema (draft 2020-12) of sidecars, for editors that complete and check while one types.
  package static var schema: JSON {
    guard case .object(let entries) = declaration.schema else { return [:] }
    let head: [(key: String, value: JSON)] = [
      ("$schema", "https://json-schema.org/draft/2020-12/schema"), ("title", "idinvert sidecar"),
    ]
    return .object(head + entries)
  }
}

extension Declaration {
  /// An object of the fields; nothing else is allowed in it.
  var schema: JSON {
    JSON.present([
      ("description", .text(help)),
      ("type", fields.contains(where: \.isRequired) ? "object" : ["object", "null"]),
      ("properties", .object(fields.map { (key: $0.name, value: $0.schema) })),
      ("required", fields.contains(where: \.isRequired) ? .texts(fields.filter(\.isRequired).map(\.name)) : nil),
      ("additionalProperties", .boolean(false)),
    ])
  }
}

extension Field {
  var schema: JSON {
    guard case .object(let entries) = kind.schema else { return [:] }
    let kept = entries.filter { $0.key != "description" }
    let fallback: (String, JSON?) = ("default", defaultValue.flatMap(\.schemaDefault))
    let text = help + (defaultText.map { " (default: \($0))" } ?? "")
    return JSON.present([("description", .text(text))] + kept.map { ($0.key, $0.value) } + [fallback])
  }
}

extension FieldValue {
  fileprivate var schemaDefault: JSON? {
    switch self {
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .boolean(let value): .boolean(value)
    case .text(let value): .text(value)
    case .face(let value): .text(value.shown)
    case .texts, .integers, .amounts, .layers, .box, .points, .section, .edits: nil
    }
  }
}

extension Field.Kind {
  private static let namedFace: JSON = ["enum": ["largest", "all"]]
  private static let numberedFace: JSON = [
    "type": "integer", "minimum": .integer(1), "maximum": .integer(EditLimits.maximumFaces),
  ]
  private static let nearFace: JSON = [
    "type": "object", "properties": .object([(key: "near", value: place)]), "required": ["near"],
    "additionalProperties": .boolean(false),
  ]
  private static let place: JSON = [
    "type": "array", "items": ["type": "number"], "minItems": .integer(2), "maxItems": .integer(2),
  ]

  fileprivate var schema: JSON {
    switch self {
    case .integer(let range):
      ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
    case .number(let range):
      ["type": "number", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound)]
    case .boolean: ["type": "boolean"]
    case .choice(let names): ["enum": .texts(names)]
    case .choices(let names):
      [
        "type": "array", "items": ["enum": .texts(names)], "minItems": .integer(1), "maxItems": .integer(names.count),
        "uniqueItems": .boolean(true),
      ]
    case .integers(let range, let maximum):
      [
        "type": "array", "items": Field.Kind.integer(range).schema, "minItems": .integer(1), "maxItems": .integer(maximum),
        "uniqueItems": .boolean(true),
      ]
    case .layers: ["type": ["string", "integer", "array"], "pattern": "^ *\\d+( *- *\\d+)?( *, *\\d+( *- *\\d+)?)* *$"]
    case .box: ["type": "array", "items": ["type": "integer", "minimum": .integer(0)], "minItems": .integer(4), "maxItems": .integer(4)]
    case .image, .code: ["type": "string", "pattern": "^[^./\\\\][^/\\\\]*$", "maxLength": .integer(255)]
    case .images: ["type": "array", "items": ["type": "string"], "minItems": .integer(1), "maxItems": .integer(EditLimits.maximumImages)]
    case .imageOrImages(let maximum):
      ["anyOf": [Field.Kind.image.schema, ["type": "array", "items": ["type": "string"], "minItems": .integer(1), "maxItems": .integer(maximum)]]]
    case .attribute:
      [
        "anyOf": [
          Field.Kind.model.schema,
          [
            "type": "object",
            "additionalProperties": Field.Kind.number(-EditLimits.maximumDistance...EditLimits.maximumDistance).schema,
            "minProperties": .integer(1), "maxProperties": .integer(EditLimits.maximumAttributes),
          ],
        ]
      ]
    case .attributes:
      [
        "type": "array", "items": ["type": "string"], "minItems": .integer(1),
        "maxItems": .integer(EditLimits.maximumAttributes),
      ]
    case .model: ["type": "string", "minLength": .integer(1)]
    case .color: ["type": "string", "pattern": "^#[0-9a-fA-F]{6}$"]
    case .face: ["anyOf": .list([Self.namedFace, Self.numberedFace, Self.nearFace])]
    case .points(let count):
      ["type": "array", "items": Self.place, "minItems": .integer(count), "maxItems": .integer(count)]
    case .section(let declaration): declaration.schema
    case .edits:
      [
        "type": "array", "maxItems": .integer(EditLimits.maximumEdits),
        "items": ["anyOf": .list(EditCatalog.declarations.flatMap(\.editSchemas))],
      ]
    }
  }
}

extension Declaration {
  /// An edit may be its name alone, where nothing is required, or a mapping of its name to its fields.
  fileprivate var editSchemas: [JSON] {
    let mapping: JSON = [
      "type": "object", "properties": .object([(key: name, value: schema)]), "required": [.text(name)],
      "additionalProperties": .boolean(false),
    ]
    let alone: JSON = ["const": .text(name), "description": .text(help)]
    return fields.contains(where: \.isRequired) ? [mapping] : [alone, mapping]
  }
}
