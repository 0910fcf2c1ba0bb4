internal import Files
internal import PrintableText
package import StrictYAML

/// A file of the drop that a field names.
package struct FileReference: Sendable {
  package enum Kind: Sendable {
    case picture
    /// A picture that lies over the photograph.
    case mask
    case code
  }

  package let field: String
  package let name: String
  package let kind: Kind
  package let place: YAMLPlace
}

extension Sidecar {
  /// What is named besides the photographs, in the order of reading.
  package var references: [FileReference] {
    var references: [FileReference] = []
    func add(
      _ names: [String?], _ kind: FileReference.Kind, _ key: any DeclaredKey, of values: FieldValues, in group: String = ""
    ) {
      references += names.compactMap { $0 }.map {
        FileReference(field: group + key.field.name, name: $0, kind: kind, place: values.place(of: key))
      }
    }
    add([use], .code, Keys.use, of: values)
    add([mask], .mask, Keys.mask, of: values)
    add([inversion.mask], .mask, InversionRequest.Keys.mask, of: inversion.values, in: "invert.")
    for edit in edits {
      if let (key, names) = edit.partners { add(names, .picture, key, of: edit.values) }
      if let (key, name) = edit.piece { add([name], .mask, key, of: edit.values) }
      add([edit.keptMask], .mask, SharedKeys.keep, of: edit.values)
    }
    return references
  }

  /// What is allowed but most likely a mistake, one line each: a file's name without an ending.
  package var doubts: [String] {
    func hasNoEnding(_ name: String) -> Bool { Name(name).stemAndExtension.extension.isEmpty }
    return references.filter { hasNoEnding($0.name) }.map { reference in
      let meant = reference.name + (reference.kind == .picture ? ".jpg" : reference.kind == .mask ? ".png" : ".safetensors")
      return reference.place.error(
        "\(reference.field): \(quoted(reference.name)) has no ending; a file is named with it: \(quoted(meant))").description
    } + imageNames.filter(hasNoEnding).map { name in
      (values.isGiven(Keys.image) ? values.place(of: Keys.image) : values.place(of: Keys.images))
        .error("\(quoted(name)) has no ending; a file is named with it: \(quoted(name + ".jpg"))").description
    }
  }

  /// Checks that every file named by a field is there.
  ///
  /// - Parameters:
  ///   - names: the files of the drop.
  ///   - nearby: others that lie beside it and may have been meant.
  package func checkReferences(in names: [String], nearby: [String] = []) throws(YAMLError) {
    let candidates = names.map { Name($0) }
    for reference in references {
      let match = NameMatch(Name(reference.name), among: candidates)
      if match.name != nil { continue }
      let start = "\(reference.field): \(quoted(reference.name))"
      if let doubt = match.doubt { throw reference.place.error("\(start) \(doubt)") }
      let clause = nearby.isEmpty
        ? Suggestion.clause(for: reference.name, in: names) : "; did you mean '\(nearby.joined(separator: "' or '"))'?"
      throw reference.place.error("\(start) was not dropped together with this file\(clause)")
    }
  }
}
