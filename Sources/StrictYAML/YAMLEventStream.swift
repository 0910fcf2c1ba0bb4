private import CYaml

/// libyaml's events, one at a time, so that depth, aliases and tags are looked at before anything is built of them.
@safe final class YAMLEventStream {
  enum Kind {
    case streamStart, streamEnd, documentEnd, sequenceEnd, mappingEnd, alias
    case documentStart(hasDirective: Bool)
    case scalar(String, YAMLValue.ScalarStyle)
    case sequenceStart
    case mappingStart
  }

  struct Event {
    let kind: Kind
    let place: YAMLPlace
    /// The lines that begin inside of this text, where it is quoted or a block.
    let coveredLines: ClosedRange<Int>?
    let hasAnchor: Bool
    let hasTag: Bool
  }

  private let file: String
  private let text: UnsafeMutableBufferPointer<UInt8>
  private let parser: UnsafeMutablePointer<yaml_parser_t>

  init(text bytes: [UInt8], file: String) throws(YAMLError) {
    self.file = file
    unsafe text = .allocate(capacity: max(1, bytes.count))
    _ = unsafe text.update(fromContentsOf: bytes)
    unsafe parser = .allocate(capacity: 1)
    unsafe parser.initialize(to: yaml_parser_t())
    guard unsafe yaml_parser_initialize(parser) == 1 else {
      throw YAMLError(file: file, line: 1, column: 1, message: "no memory to read the text")
    }
    unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    unsafe yaml_parser_set_input_string(parser, text.baseAddress, bytes.count)
  }

  deinit {
    unsafe yaml_parser_delete(parser)
    unsafe parser.deallocate()
    unsafe text.deallocate()
  }

  /// The next event; not to be called after `streamEnd`.
  func next() throws(YAMLError) -> Event {
    var event = unsafe yaml_event_t()
    guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw syntaxError() }
    defer { unsafe yaml_event_delete(&event) }
    let place = unsafe place(of: event.start_mark)
    var (hasAnchor, hasTag) = (false, false)
    var coveredLines: ClosedRange<Int>?
    let kind: Kind
    switch unsafe event.type {
    case YAML_DOCUMENT_START_EVENT:
      let start = unsafe event.data.document_start
      kind = unsafe .documentStart(
        hasDirective: start.version_directive != nil || start.tag_directives.start != start.tag_directives.end)
    case YAML_DOCUMENT_END_EVENT: kind = .documentEnd
    case YAML_ALIAS_EVENT: kind = .alias
    case YAML_SCALAR_EVENT:
      let scalar = unsafe event.data.scalar
      unsafe (hasAnchor, hasTag) = (scalar.anchor != nil, scalar.tag != nil)
      let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      kind = unsafe .scalar(
        String(decoding: bytes, as: UTF8.self), scalar.style == YAML_PLAIN_SCALAR_STYLE ? .plain : .quoted)
      // A block's end stands at the beginning of the line after it.
      let last = unsafe Int(event.end_mark.line) + (event.end_mark.column == 0 ? 0 : 1)
      if unsafe scalar.style != YAML_PLAIN_SCALAR_STYLE, last > place.line { coveredLines = place.line + 1...last }
    case YAML_SEQUENCE_START_EVENT:
      let start = unsafe event.data.sequence_start
      unsafe (hasAnchor, hasTag) = (start.anchor != nil, start.tag != nil)
      kind = .sequenceStart
    case YAML_MAPPING_START_EVENT:
      let start = unsafe event.data.mapping_start
      unsafe (hasAnchor, hasTag) = (start.anchor != nil, start.tag != nil)
      kind = .mappingStart
    case YAML_SEQUENCE_END_EVENT: kind = .sequenceEnd
    case YAML_MAPPING_END_EVENT: kind = .mappingEnd
    case YAML_STREAM_START_EVENT: kind = .streamStart
    default: kind = .streamEnd
    }
    return Event(kind: kind, place: place, coveredLines: coveredLines, hasAnchor: hasAnchor, hasTag: hasTag)
  }

  private func place(of mark: yaml_mark_t) -> YAMLPlace {
    YAMLPlace(file: file, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
  }

  private func syntaxError() -> YAMLError {
    let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "unreadable"
    let mark = unsafe parser.pointee.problem_mark
    if unsafe parser.pointee.error == YAML_READER_ERROR {
      // The reader runs ahead of the scanner, and knows an offset only.
      let offset = unsafe min(parser.pointee.problem_offset, text.count)
      let place = YAMLText.place(of: offset, in: unsafe Array(text), file: file)
      return place.error("not valid YAML: \(problem)")
    }
    let context = unsafe parser.pointee.context.map { unsafe " " + String(cString: $0) } ?? ""
    return place(of: mark).error("not valid YAML: \(problem)\(context)" + remedy(for: problem))
  }

  private func remedy(for problem: String) -> String {
    switch problem {
    case "mapping values are not allowed in this context": "; put a text that contains ': ' in quotes"
    case "found character that cannot start any token": "; put a text that starts with a special character in quotes"
    case "could not find expected ':'", "did not find expected key":
      "; check the indentation and the ':' after each key"
    case "found unexpected end of stream": "; a quote is not closed"
    default: ""
    }
  }
}
