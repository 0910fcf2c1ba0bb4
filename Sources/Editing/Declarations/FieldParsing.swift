internal import Images
internal import Inversion
internal import ModelPacks
internal import PrintableText
package import StrictYAML

extension Declaration {
  /// Reads a mapping of this declaration's fields; nothing at all counts as an empty one.
  ///
  /// - Throws: for an unknown key, with the nearest known one; for a value of the wrong type or out of its range; and
  ///   for a required field that is missing.
  package func parse(_ value: YAMLValue) throws(YAMLError) -> FieldValues {
    let mapping = try YAMLMapping(value, context: name)
    if fields.isEmpty, let entry = mapping.entries.first {
      throw entry.keyPlace.error(
        "\(name) takes no fields; found \(quoted(entry.key)); write only '- \(name)'")
    }
    // `{layers: 0-3,6}` is two entries to YAML.
    if let entry = mapping.entries.first(where: { $0.value.isNull && LayerList.looksLikeOne($0.key) }), field("layers") != nil {
      throw entry.keyPlace.error(
        "\(quoted(entry.key)) stands alone; in braces, layers with a comma need quotes: layers: \"0-3,6\"")
    }
    try mapping.allowOnly(fields.map(\.name))
    var values = FieldValues(self, at: value.place)
    for field in fields {
      if let given = mapping.optional(field.name) {
        values.set(field, try field.parse(given), at: given.place)
      } else if field.isRequired {
        throw value.place.error("\(name) needs '\(field.name)': \(field.help)")
      }
    }
    return values
  }
}

extension Field {
  /// Reads a value of this field's type and range.
  package func parse(_ value: YAMLValue) throws(YAMLError) -> FieldValue {
    switch kind {
    case .integer(let range): return .integer(try value.integer(name, in: range))
    case .number(let range): return .number(try value.number(name, in: range))
    case .boolean: return .boolean(try value.boolean(name))
    case .choice(let names): return .text(try choice(value, names))
    case .choices(let names):
      return .texts(try different(texts(value, 1...names.count) { item throws(YAMLError) in try choice(item, names) }, at: value))
    case .integers(let range, let maximum): return .integers(try integers(value, range, maximum))
    case .layers: return .layers(try layers(value))
    case .box: return .box(try box(value))
    case .image: return .text(try imageName(value))
    case .code: return .text(try fileName(value, of: "a saved code, latent.safetensors or latent.npy,"))
    case .images:
      return .texts(try texts(value, 1...EditLimits.maximumImages, imageName))
    case .imageOrImages(let maximum):
      guard case .sequence = value.content else { return .text(try imageName(value)) }
      return .texts(try different(texts(value, 1...maximum, imageName), at: value))
    case .attribute:
      guard case .mapping(let entries) = value.content else { return .text(try nonEmpty(value)) }
      return .amounts(try amounts(entries, at: value))
    case .attributes: return .texts(try different(texts(value, 1...EditLimits.maximumAttributes, nonEmpty), at: value))
    case .model: return .text(try nonEmpty(value))
    case .color: return .text(try color(value))
    case .face: return .face(try face(value))
    case .points(let count):
      var points: [Point] = []
      for item in try value.list(name, count: count...count) { points.append(try point(item)) }
      return .points(points)
    case .section(let declaration): return .section(try declaration.parse(value))
    case .edits: return .edits(try EditCatalog.parseList(value))
    }
  }

  private func texts(
    _ value: YAMLValue, _ count: ClosedRange<Int>, _ read: (YAMLValue) throws(YAMLError) -> String
  ) throws(YAMLError) -> [String] {
    var texts: [String] = []
    for item in try value.list(name, count: count) { texts.append(try read(item)) }
    return texts
  }

  private func integers(_ value: YAMLValue, _ range: ClosedRange<Int>, _ maximum: Int) throws(YAMLError) -> [Int] {
    var numbers: [Int] = []
    for item in try value.list(name, count: 1...maximum) {
      let number = try item.integer("a number in \(name)", in: range)
      guard !numbers.contains(number) else { throw item.place.error("\(number) is listed twice in \(name)") }
      numbers.append(number)
    }
    return numbers
  }

  private func different(_ texts: [String], at value: YAMLValue) throws(YAMLError) -> [String] {
    if let twice = texts.first(where: { text in texts.count { $0 == text } > 1 }) {
      throw value.place.error("\(quoted(twice)) is listed twice in \(name)")
    }
    return texts
  }

  /// `{smile: 2, age: -1}`
  private func amounts(_ entries: [YAMLEntry], at value: YAMLValue) throws(YAMLError) -> [Amount] {
    guard (1...EditLimits.maximumAttributes).contains(entries.count) else {
      throw value.place.error(
        "\(name) must have 1 to \(EditLimits.maximumAttributes) attributes with their amounts; found \(entries.count)")
    }
    let limit = EditLimits.maximumDistance
    var amounts: [Amount] = []
    for entry in entries {
      let amount = try entry.value.number("the amount of \(quoted(entry.key))", in: -limit...limit)
      amounts.append(Amount(attribute: entry.key, amount: amount))
    }
    return amounts
  }

  private func choice(_ value: YAMLValue, _ names: [String]) throws(YAMLError) -> String {
    let text = try value.scalarText(name)
    guard names.contains(text) else {
      let clause = LookAlike.clause(for: text) + Suggestion.clause(for: text, in: names)
      throw value.place.error(
        "\(name) must be one of \(names.joined(separator: ", ")); found \(quoted(text))\(clause)")
    }
    return text
  }

  private func nonEmpty(_ value: YAMLValue) throws(YAMLError) -> String {
    let text = try value.string(name)
    guard !text.isEmpty else { throw value.place.error("\(name) is empty; write a name or leave the line out") }
    return text
  }

  private func layers(_ value: YAMLValue) throws(YAMLError) -> LayerList {
    guard case .sequence(let items) = value.content else {
      return try LayerList(value, name: name, count: EditLimits.maximumLayers)
    }
    guard !items.isEmpty else { throw value.place.error("\(name) is empty; leave it out to mean the default") }
    var parts: [String] = []
    for item in items { parts.append(try item.scalarText(name)) }
    do {
      return try LayerList(parts.joined(separator: ","), count: EditLimits.maximumLayers)
    } catch {
      throw value.place.error("\(name) \(error.reason)")
    }
  }

  private func box(_ value: YAMLValue) throws(YAMLError) -> Box {
    let items = try value.list(name, count: 4...4)
    let largest = EditLimits.maximumResolution
    return Box(
      x: try items[0].integer("x in \(name)", in: 0...largest - 1),
      y: try items[1].integer("y in \(name)", in: 0...largest - 1),
      width: try items[2].integer("width in \(name)", in: 1...largest),
      height: try items[3].integer("height in \(name)", in: 1...largest))
  }

  private func face(_ value: YAMLValue) throws(YAMLError) -> FaceChoice {
    if case .mapping = value.content {
      let mapping = try YAMLMapping(value, context: name, keys: ["near"])
      return .near(try point(mapping.required("near")))
    }
    guard case .scalar(let text, _) = value.content, !value.isNull else {
      throw value.mismatch(name, expected: Self.faces)
    }
    switch text {
    case "largest": return .largest
    case "all": return .all
    default:
      guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else {
        let clause = Suggestion.clause(for: text, in: ["largest", "all"])
        throw value.place.error("\(name) must be \(Self.faces); found \(quoted(text))\(clause)")
      }
      return .number(try value.integer(name, in: 1...EditLimits.maximumFaces))
    }
  }

  private static let faces = "largest, all, a number or {near: [x, y]}"

  private func point(_ value: YAMLValue) throws(YAMLError) -> Point {
    let items = try value.list("a place in \(name)", count: 2...2)
    let largest = EditLimits.maximumPlace
    return Point(
      x: try items[0].number("x in \(name)", in: -largest...largest), y: try items[1].number("y in \(name)", in: -largest...largest))
  }

  private func imageName(_ value: YAMLValue) throws(YAMLError) -> String { try fileName(value, of: "a picture") }

  /// A file is named within its own drop, never by path.
  private func fileName(_ value: YAMLValue, of what: String) throws(YAMLError) -> String {
    let text = try nonEmpty(value)
    guard !text.contains("/"), !text.contains("\\"), text != ".", text != "..", !text.hasPrefix("."),
      text.utf8.count <= 255, !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
    else {
      throw value.place.error(
        "\(name) must be the plain name of \(what) dropped together with this file; found \(quoted(text))")
    }
    return text
  }

  private func color(_ value: YAMLValue) throws(YAMLError) -> String {
    let text = try value.scalarText(name)
    guard PixelColor(text) != nil else {
      throw value.place.error(
        "\(name) must be a color like \"#ffffff\", in quotes; found \(quoted(text))" + LookAlike.clause(for: text))
    }
    return text.lowercased()
  }
}

extension LayerList {
  fileprivate static func looksLikeOne(_ text: String) -> Bool {
    (try? LayerList(text, count: EditLimits.maximumLayers)) != nil
  }
}
