internal import PrintableText

/// Puts events together to a tree, without recursion.
struct YAMLTreeBuilder {
  private struct Frame {
    let place: YAMLPlace
    let isMapping: Bool
    var items: [YAMLValue] = []
    var entries: [YAMLEntry] = []
    var keyPlaces: [String: YAMLPlace] = [:]
    var pendingKey: (text: String, place: YAMLPlace)?
  }

  private let limits: YAMLLimits
  private var frames: [Frame] = []
  private(set) var root: YAMLValue?

  init(limits: YAMLLimits) {
    self.limits = limits
  }

  mutating func add(_ event: YAMLEventStream.Event) throws(YAMLError) {
    if event.hasAnchor {
      throw event.place.error("anchors ('&name') are not accepted; write the value out where it is used")
    }
    if event.hasTag { throw event.place.error("tags ('!name') are not accepted; remove it, or put the text in quotes") }
    switch event.kind {
    case .alias:
      throw event.place.error("aliases ('*name') are not accepted; write the value out, or put the text in quotes")
    case .scalar(let text, let style):
      guard !text.utf8.contains(0) else { throw event.place.error("a NUL character is not accepted in a text") }
      if style == .plain, let first = text.unicodeScalars.first, let last = text.unicodeScalars.last, text.unicodeScalars.count > 1,
        let quote = LookAlike(first), quote.kind == .quote, LookAlike(last)?.kind == .quote
      {
        throw event.place.error("\(quoted(text)) is in quotes that YAML does not know; \(quote.clause)")
      }
      if let last = frames.indices.last, frames[last].isMapping, frames[last].pendingKey == nil {
        try startEntry(text, style, at: event.place, in: last)
      } else {
        finish(YAMLValue(.scalar(text, style), at: event.place))
      }
    case .sequenceStart, .mappingStart:
      if let last = frames.last, last.isMapping, last.pendingKey == nil {
        throw event.place.error("a key must be a text; found a list or a mapping (braces need quotes to be text)")
      }
      guard frames.count < limits.maximumDepth else {
        throw event.place.error("lists and mappings are nested more than \(limits.maximumDepth) deep")
      }
      let isMapping = if case .mappingStart = event.kind { true } else { false }
      frames.append(Frame(place: event.place, isMapping: isMapping))
    case .sequenceEnd, .mappingEnd:
      guard let frame = frames.popLast() else { return }
      finish(YAMLValue(frame.isMapping ? .mapping(frame.entries) : .sequence(frame.items), at: frame.place))
    case .streamStart, .streamEnd, .documentStart, .documentEnd: break
    }
  }


  private mutating func startEntry(
    _ text: String, _ style: YAMLValue.ScalarStyle, at place: YAMLPlace, in frame: Int
  ) throws(YAMLError) {
    if style == .plain {
      guard text != "<<" else { throw place.error("merge keys ('<<') are not accepted; write the keys out") }
      guard !text.isEmpty else { throw place.error("a key is missing before ':'") }
    }
    if let first = frames[frame].keyPlaces.updateValue(place, forKey: text) {
      let hint = text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        ? "; if this is the rest of a number: in braces a comma separates keys, and numbers have a decimal point" : ""
      throw place.error("duplicate key \(quoted(text)); it is already given in line \(first.line)\(hint)")
    }
    frames[frame].pendingKey = (text, place)
  }

  private mutating func finish(_ value: YAMLValue) {
    guard let last = frames.indices.last else {
      root = value
      return
    }
    if let key = frames[last].pendingKey {
      frames[last].entries.append(YAMLEntry(key: key.text, keyPlace: key.place, value: value))
      frames[last].pendingKey = nil
    } else {
      frames[last].items.append(value)
    }
  }
}
