package import ModelPacks
internal import PrintableText
package import StrictYAML

/// Moves the code along an attribute's boundary (Zhu et al. 2020, section 4.3), along several at once, or over a grid of two.
package struct Manipulate: Edit {
  private enum Keys {
    private static let distances = -EditLimits.maximumDistance...EditLimits.maximumDistance
    static let attribute = Key(
      required: "attribute", .attribute, help: "an attribute of the pack, or several with their amounts: {smile: 2, age: -1}")
    static let from = Key(
      "from", .number(distances), help: "t of the first frame",
      defaultText: "the attribute's range, usually -3; 0 with several")
    static let to = Key(
      "to", .number(distances), help: "t of the last frame", defaultText: "the attribute's range, usually 3; 1 with several")
    static let frames = Key(
      "frames", .integer(1...EditLimits.maximumFrames), help: "number of frames, endpoints included; 1 gives only the first",
      default: 7, limit: .frames)
    static let layers = Key("layers", .layers, help: "layers to change", defaultText: "the attribute's")
    static let conditional = Key(
      "conditional", .attributes, help: "attributes to hold fixed: their directions are projected out", defaultText: "none")
    static let grid = Key(
      "grid", .attribute, help: "another attribute, which goes over its range from row to row: a grid of the two", defaultText: "none")
    static let rows = Key(
      "rows", .integer(2...EditLimits.maximumFrames), help: "rows of the grid", defaultText: String(gridRows))
  }

  /// How many rows a grid has that says nothing of them.
  private static let gridRows = 5

  package static let declaration = Declaration(
    "manipulate", help: "vary an attribute: code + t · boundary, with t going from `from` to `to`",
    [
      Keys.attribute, Keys.from, Keys.to, Keys.frames, Keys.layers, Keys.conditional, Keys.grid, Keys.rows, SharedKeys.keep,
    ])

  package let values: FieldValues
  private let across: Axis
  private let down: Axis?
  package let from: Double?
  package let to: Double?
  package let frames: Int
  /// nil for the attributes' own.
  package let layers: LayerList?
  private let conditional: [String]
  private let rows: Int
  package let keptMask: String?

  package init(_ values: FieldValues) {
    self.values = values
    across = Axis(values[Keys.attribute])
    down = values[Keys.grid].map { Axis($0) }
    from = values[Keys.from]
    to = values[Keys.to]
    frames = values[Keys.frames]
    layers = values[Keys.layers]
    conditional = values[Keys.conditional] ?? []
    rows = down == nil ? 1 : values[Keys.rows] ?? Self.gridRows
    keptMask = values[SharedKeys.keep]
  }

  package var subject: String? { (across.amounts + (down?.amounts ?? [])).map(\.attribute).joined(separator: "-") }
  package var frameCount: Int { frames * rows }

  package func check(_ facts: ModelInfo) throws(YAMLError) {
    for amount in across.amounts { try checkName(amount.attribute, Keys.attribute, facts) }
    for amount in down?.amounts ?? [] { try checkName(amount.attribute, Keys.grid, facts) }
    if values.isGiven(Keys.rows), down == nil {
      throw values.place(of: Keys.rows).error("rows are of a grid; add grid: ATTRIBUTE, or leave rows out")
    }
    if let twice = down?.amounts.first(where: { across.names.contains($0.attribute) }) {
      throw values.place(of: Keys.grid).error("\(quoted(twice.attribute)) varies already; a grid needs another attribute")
    }
    let words = "\(rows) rows of \(frames) frames"
    if values.isGiven(Keys.rows) { try checkFrames(Keys.rows, words) } else { try checkFrames(Keys.frames, words) }
    for name in conditional {
      try checkName(name, Keys.conditional, facts)
      guard !across.names.contains(name), !(down?.names.contains(name) ?? false) else {
        throw values.place(of: Keys.conditional).error("\(quoted(name)) is to change and to stay; take it out of one of the two")
      }
    }
    try check(layers, Keys.layers, facts)
  }

  private func checkName(_ name: String, _ key: some DeclaredKey, _ facts: ModelInfo) throws(YAMLError) {
    guard facts.attribute(name) == nil else { return }
    let names = facts.attributes.map(\.name)
    let known = names.isEmpty ? "\(facts.name) has none" : "\(facts.name) has " + names.joined(separator: ", ")
    throw values.place(of: key).error(
      "unknown attribute \(quoted(name)); \(known)" + Suggestion.clause(for: name, in: names))
  }

  package func run(in editing: EditContext) throws -> EditResult {
    let code = editing.subject.code
    let range = across.range(editing.facts)
    let from = from ?? range.lowerBound, to = to ?? range.upperBound
    let direction = try direction(across, editing)
    guard let down else {
      let codes = EditArithmetic.manipulation(
        of: code.values, along: direction, from: from, to: to, count: frames, width: code.width)
      return EditResult(
        frames: zip(EditArithmetic.linspace(from, to, frames), codes).map { t, moved in
          .init(label: frameLabel(t), code: code.replacing(EditArithmetic.rounded(moved)))
        },
        warnings: across.warnings(from, to, editing.facts))
    }
    var result = EditResult(frames: [], rows: [])
    let downward = try self.direction(down, editing), downRange = down.range(editing.facts)
    let downName = down.names.joined(separator: " ")
    for s in EditArithmetic.linspace(downRange.lowerBound, downRange.upperBound, rows) {
      let first = result.frames.count, label = "\(downName) \(frameLabel(s))"
      for t in EditArithmetic.linspace(from, to, frames) {
        let moved = EditArithmetic.moved(code.values, along: [(direction, t), (downward, s)])
        result.frames.append(
          .init(label: "\(frameLabel(t)), \(label)", code: code.replacing(EditArithmetic.rounded(moved))))
      }
      result.rows?.append(.init(label: label, cells: (first..<result.frames.count).map { .frame($0) }))
    }
    result.warnings = across.warnings(from, to, editing.facts)
    return result
  }

  /// What one step of t adds to a code.
  private func direction(_ axis: Axis, _ editing: EditContext) throws -> [Double] {
    let width = editing.subject.code.width
    let fixed = try conditional.map { try editing.boundary($0).map(Double.init) }
    let parts = try axis.amounts.map { amount in
      let boundary = try editing.boundary(amount.attribute).map(Double.init)
      let direction = fixed.isEmpty ? boundary : EditArithmetic.conditional(boundary, on: fixed, width: width)
      let layers = self.layers?.indices ?? editing.facts.attribute(amount.attribute)?.layers
      return (direction: direction, amount: amount.amount, layers: layers)
    }
    let direction = EditArithmetic.combination(of: parts, width: width)
    guard direction.contains(where: { $0 != 0 }) || fixed.isEmpty else {
      throw EditingError(
        .refuse,
        "manipulate: nothing of \(axis.names.joined(separator: "-")) is left without "
          + conditional.joined(separator: ", "))
    }
    return direction
  }
}

/// What varies along one side of a row or a grid. One attribute counts once for each t; several have amounts, all of which
/// are reached at t = 1.
private struct Axis {
  let amounts: [Amount]
  private let isSeveral: Bool

  init(_ choice: AttributeChoice) {
    amounts = choice.amounts
    isSeveral = if case .several = choice { true } else { false }
  }

  var names: [String] { amounts.map(\.attribute) }

  /// Where t goes if nothing else is said.
  func range(_ facts: ModelInfo) -> ClosedRange<Double> {
    isSeveral ? 0...1 : amounts.first.flatMap { facts.attribute($0.attribute)?.range } ?? -3...3
  }

  /// Beyond an attribute's range pictures fall apart: said, not refused.
  func warnings(_ from: Double, _ to: Double, _ facts: ModelInfo) -> [String] {
    amounts.compactMap { amount in
      guard let range = facts.attribute(amount.attribute)?.range else { return nil }
      let ends = [from * amount.amount, to * amount.amount]
      guard let far = ends.first(where: { !range.contains($0) }) else { return nil }
      return "\(amount.attribute) goes to \(plainNumber(far)); its useful range is \(plainNumber(range.lowerBound)) to "
        + "\(plainNumber(range.upperBound)), beyond it pictures fall apart"
    }
  }
}
