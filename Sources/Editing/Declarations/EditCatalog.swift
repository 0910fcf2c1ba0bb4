internal import PrintableText
package import StrictYAML

/// The edits there are. A new one is a file in `Edits` and a line here.
package enum EditCatalog {
  package static let types: [any Edit.Type] = [
    Reconstruct.self,
    Manipulate.self,
    Interpolate.self,
    MixStyle.self,
    Diffuse.self,
  ]

  package static var declarations: [Declaration] { types.map { $0.declaration } }

  /// Makes the edit that was asked for.
  package static func edit(_ request: EditRequest) throws(YAMLError) -> any Edit {
    guard let type = types.first(where: { $0.declaration.name == request.name }) else {
      throw unknown(request.name, at: request.place)
    }
    return type.init(request.values)
  }

  /// Reads a list of edits: names, or mappings of one name to its fields.
  package static func parseList(_ value: YAMLValue) throws(YAMLError) -> [EditRequest] {
    let items = try value.list("edits", count: 0...EditLimits.maximumEdits)
    var requests: [EditRequest] = []
    for item in items { requests.append(try parse(item)) }
    return requests
  }

  /// Reads one edit.
  package static func parse(_ value: YAMLValue) throws(YAMLError) -> EditRequest {
    let names = types.map { $0.declaration.name }
    let (name, fields, place): (String, YAMLValue, YAMLPlace)
    switch value.content {
    case .scalar(let text, _) where !value.isNull:
      (name, fields, place) = (text, YAMLValue(.mapping([]), at: value.place), value.place)
    case .mapping(let entries):
      guard let entry = entries.first else { throw value.mismatch("an edit", expected: "the name of an edit") }
      guard entries.count == 1 else {
        let hint = names.contains(entry.key)
          ? "indent the fields of \(entry.key) below it, or write {…} after it" : "begin each edit with '- '"
        throw entries[1].keyPlace.error("one edit has one name; found \(quoted(entries[1].key)) beside it; \(hint)")
      }
      (name, fields, place) = (entry.key, entry.value, entry.keyPlace)
    default: throw value.mismatch("an edit", expected: "the name of an edit (\(names.joined(separator: ", ")))")
    }
    guard let declaration = declarations.first(where: { $0.name == name }) else { throw unknown(name, at: place) }
    return EditRequest(name: name, values: try declaration.parse(fields), place: place)
  }

  /// Reads an edit from a command line: YAML as in a sidecar (`manipulate: {attribute: redness}`), or a name and
  /// `key=value` pairs (`manipulate attribute=redness frames=5`).
  package static func parse(commandLine text: String) throws(YAMLError) -> EditRequest {
    let words = text.split(separator: " ").map(String.init)
    let pairs = words.dropFirst().map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false) }
    guard words.count > 1, !words[0].hasSuffix(":"), pairs.allSatisfy({ $0.count == 2 }) else {
      return try parse(YAML.parse(text, file: "--edit"))
    }
    let place = YAMLPlace(file: "--edit", line: 1, column: 1)
    var entries: [YAMLEntry] = []
    for pair in pairs {
      let value = try YAML.parse(String(pair[1]), file: "--edit")
      entries.append(YAMLEntry(key: String(pair[0]), keyPlace: place, value: value))
    }
    let fields = YAMLValue(.mapping(entries), at: place)
    return try parse(YAMLValue(.mapping([YAMLEntry(key: words[0], keyPlace: place, value: fields)]), at: place))
  }

  private static func unknown(_ name: String, at place: YAMLPlace) -> YAMLError {
    let names = types.map { $0.declaration.name }
    let lookAlike = LookAlike.clause(for: name)
    let suggestion = lookAlike.isEmpty ? Suggestion.clause(for: name, in: names) : lookAlike
    let remedy = suggestion.isEmpty ? "; known are " + names.joined(separator: ", ") : suggestion
    return place.error("unknown edit \(quoted(name))\(remedy)")
  }
}
