/// Reads YAML from people and programs that are not trusted.
package enum YAML {
  /// Parses one document.
  ///
  /// Accepts a byte order mark and LF, CRLF or CR line ends. An empty text is a null value at 1:1.
  ///
  /// - Parameter file: the name that errors begin with.
  /// - Throws: for a text over the limits, another encoding than UTF-8, NUL, tabs as indentation, a syntax error,
  ///   anchors, aliases, tags, directives, merge keys, a second document, a key that is no text, and a key that occurs
  ///   twice. Size, encoding and depth are checked before the tree takes memory.
  /// - Complexity: linear in the text, but for the keys of one mapping, which are compared through a set.
  package static func parse(
    _ bytes: [UInt8], file: String, limits: YAMLLimits = YAMLLimits()
  ) throws(YAMLError) -> YAMLValue {
    let text = try YAMLText.checked(bytes, file: file, limits: limits)
    let habits = WritingHabits(text, file: file)
    let value: YAMLValue
    var covered: Set<Int> = []
    do throws(YAMLError) {
      value = try tree(text, file: file, limits: limits, covered: &covered)
    } catch {
      throw habits.explanation(of: error) ?? error
    }
    try habits.check(except: covered)
    return value
  }

  private static func tree(
    _ text: [UInt8], file: String, limits: YAMLLimits, covered: inout Set<Int>
  ) throws(YAMLError) -> YAMLValue {
    let events = try YAMLEventStream(text: text, file: file)
    var builder = YAMLTreeBuilder(limits: limits)
    var documents = 0
    while true {
      let event = try events.next()
      if let lines = event.coveredLines { covered.formUnion(lines) }
      switch event.kind {
      case .streamEnd:
        return builder.root ?? YAMLValue(.scalar("", .plain), at: YAMLPlace(file: file, line: 1, column: 1))
      case .streamStart, .documentEnd: continue
      case .documentStart(let hasDirective):
        guard !hasDirective else { throw event.place.error("directives ('%…') are not accepted; remove the line") }
        documents += 1
        guard documents == 1 else {
          throw event.place.error("a second document ('---') is not accepted; put it in a file of its own")
        }
      default: try builder.add(event)
      }
    }
  }

  /// Parses one document of text; see `parse(_:file:limits:)` for bytes.
  package static func parse(
    _ text: String, file: String, limits: YAMLLimits = YAMLLimits()
  ) throws(YAMLError) -> YAMLValue {
    try parse(Array(text.utf8), file: file, limits: limits)
  }
}
