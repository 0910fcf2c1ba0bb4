internal import PrintableText

/// Reads a mapping whose keys are known.
///
///     let manipulate = try YAMLMapping(value, context: "manipulate", keys: ["attribute", "from", "to", "frames"])
///     let frames = try manipulate.integer("frames", in: 1...256, default: 7)
package struct YAMLMapping: Sendable {
  /// What messages call the mapping.
  package let context: String
  package let place: YAMLPlace
  package let entries: [YAMLEntry]

  /// - Parameters:
  ///   - context: what messages call the mapping: `unknown key 'frame' in manipulate`.
  ///   - keys: the keys that may occur; nil when the keys are names that the writer chose.
  /// - Throws: when the value is no mapping or has a key that is not in `keys`. Nothing at all counts as an empty
  ///   mapping.
  package init(_ value: YAMLValue, context: String, keys: [String]? = nil) throws(YAMLError) {
    self.context = context
    place = value.place
    if value.isNull {
      entries = []
      return
    }
    guard case .mapping(let entries) = value.content else {
      throw value.mismatch(context, expected: "a mapping ('key: value')")
    }
    self.entries = entries
    if let keys { try allowOnly(keys) }
  }

  /// Refuses the first key that is not in `keys`.
  package func allowOnly(_ keys: [String]) throws(YAMLError) {
    for (index, entry) in entries.enumerated() where !keys.contains(entry.key) {
      if let error = cutNumber(index) { throw error }
      let lookAlike = LookAlike.clause(for: entry.key)
      let suggestion = lookAlike.isEmpty ? Suggestion.clause(for: entry.key, in: keys) : lookAlike
      let remedy = suggestion.isEmpty ? "; known are " + keys.joined(separator: ", ") : suggestion
      throw entry.keyPlace.error("unknown key \(quoted(entry.key)) in \(context)" + remedy)
    }
  }

  /// `{steps: 1,000}` is two entries to YAML.
  private func cutNumber(_ index: Int) -> YAMLError? {
    let rest = entries[index].key
    guard index > 0, entries[index].value.isNull, !rest.isEmpty, rest.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      case .scalar(let start, .plain) = entries[index - 1].value.content,
      let written = PlainScalar.withoutComma(start + "," + rest)
    else { return nil }
    return entries[index - 1].value.place.error(
      "\(entries[index - 1].key) is cut at its comma, which separates keys in braces; write \(written)")
  }

  /// The value of a key that may be left out.
  package func optional(_ key: String) -> YAMLValue? {
    entries.first { $0.key == key }?.value
  }

  /// The value of a key that must be there.
  package func required(_ key: String) throws(YAMLError) -> YAMLValue {
    guard let value = optional(key) else { throw place.error("\(context) needs the key '\(key)'") }
    return value
  }
}

extension YAMLMapping {
  /// Text that must be there.
  package func string(_ key: String) throws(YAMLError) -> String { try required(key).string(key) }

  /// Text, or nil when the key is left out.
  package func optionalString(_ key: String) throws(YAMLError) -> String? { try optional(key)?.string(key) }

  /// A whole number; without a default the key must be there.
  package func integer(
    _ key: String, in range: ClosedRange<Int>, default value: Int? = nil
  ) throws(YAMLError) -> Int {
    if let value, optional(key) == nil { return value }
    return try required(key).integer(key, in: range)
  }

  /// A finite number; without a default the key must be there.
  package func number(
    _ key: String, in range: ClosedRange<Double>, default value: Double? = nil
  ) throws(YAMLError) -> Double {
    if let value, optional(key) == nil { return value }
    return try required(key).number(key, in: range)
  }

  /// `true` or `false`; without a default the key must be there.
  package func boolean(_ key: String, default value: Bool? = nil) throws(YAMLError) -> Bool {
    if let value, optional(key) == nil { return value }
    return try required(key).boolean(key)
  }

  /// One of a type's names; without a default the key must be there.
  package func choice<Choice>(
    _ key: String, of type: Choice.Type = Choice.self, default value: Choice? = nil
  ) throws(YAMLError) -> Choice where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
    if let value, optional(key) == nil { return value }
    return try required(key).choice(key, of: type)
  }

  /// A mapping inside this one; nil when the key is left out.
  package func mapping(_ key: String, keys: [String]? = nil) throws(YAMLError) -> YAMLMapping? {
    guard let value = optional(key) else { return nil }
    return try YAMLMapping(value, context: key, keys: keys)
  }
}
