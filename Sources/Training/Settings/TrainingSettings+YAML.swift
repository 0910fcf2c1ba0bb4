internal import Files
internal import ModelPacks
internal import PrintableText
package import StrictYAML

extension TrainingSettings {
  /// The whole file: reading it gives these settings again.
  package var yaml: String {
    var lines: [String] = []
    var section: String?
    for setting in settingsCatalog {
      if let next = setting.section, next != section { lines.append("\(next):") }
      section = setting.section
      lines.append("\(section == nil ? "" : "  ")\(setting.name): \(text(of: setting))  # \(setting.help)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What tells one training from another.
  package var hash: String { sha256(yaml.utf8) }

  /// A setting's value, as it stands in the file.
  func text(of setting: Setting) -> String {
    switch setting.kind {
    case .integer(let path, _): "\(self[keyPath: path])"
    case .number(let path, _): "\(self[keyPath: path])"
    case .flag(let path): "\(self[keyPath: path])"
    case .choice(let path, _): self[keyPath: path]
    case .text(let path): YAMLText.quoted(self[keyPath: path])
    case .integers(let path, _): "\(self[keyPath: path])"
    }
  }

  /// Replaces what a file says.
  ///
  /// - Returns: the paths of the settings it had.
  /// - Throws: with the place, for an unknown key or a value out of its range.
  @discardableResult
  package mutating func apply(_ root: YAMLValue) throws(YAMLError) -> Set<String> {
    let sections = Set(settingsCatalog.compactMap(\.section))
    let alone = settingsCatalog.filter { $0.section == nil }
    let top = try YAMLMapping(root, context: "the training settings", keys: alone.map(\.name) + sections.sorted())
    var found = try apply(alone, from: top)
    for section in sections.sorted() {
      guard let value = top.optional(section) else { continue }
      let settings = settingsCatalog.filter { $0.section == section }
      found.formUnion(try apply(settings, from: try YAMLMapping(value, context: section, keys: settings.map(\.name))))
    }
    return found
  }

  /// What a file says of a setting, and where.
  static func value(of path: String, in root: YAMLValue) -> YAMLValue? {
    path.split(separator: ".").reduce(root) { value, key in
      guard case .mapping(let entries)? = value?.content else { return nil }
      return entries.first { $0.key == key }?.value
    }
  }

  private mutating func apply(_ settings: [Setting], from mapping: YAMLMapping) throws(YAMLError) -> Set<String> {
    var found: Set<String> = []
    for setting in settings {
      guard let value = mapping.optional(setting.name) else { continue }
      found.insert(setting.path)
      switch setting.kind {
      case .integer(let path, let range): self[keyPath: path] = try value.integer(setting.name, in: range)
      case .number(let path, let range): self[keyPath: path] = try value.number(setting.name, in: range)
      case .flag(let path): self[keyPath: path] = try value.boolean(setting.name)
      case .text(let path): self[keyPath: path] = try value.string(setting.name)
      case .choice(let path, let choices):
        let text = try value.scalarText(setting.name)
        guard choices.contains(text) else {
          throw value.mismatch(setting.name, expected: choices.joined(separator: " or "))
        }
        self[keyPath: path] = text
      case .integers(let path, let range):
        var numbers: [Int] = []
        for item in try value.list(setting.name, count: 1...64) {
          numbers.append(try item.integer("an item of \(setting.name)", in: range))
        }
        self[keyPath: path] = numbers
      }
    }
    return found
  }

  /// Refuses settings that do not fit each other.
  package func check() throws(TrainingError) {
    let side = data.resolution
    guard Self.isSide(side) else {
      throw TrainingError(setting: "data.resolution", "is \(side); it must be a power of two, such as 32, 64, 128 or 256")
    }
    let stages = generator.stages
    guard stages.last == side, zip(stages, stages.dropFirst()).allSatisfy({ $0 * 2 == $1 }), stages[0] & (stages[0] - 1) == 0
    else {
      throw TrainingError(
        setting: "generator.stages", "is \(stages); sides must double and end at \(side), as in \([side / 2, side])")
    }
    for (key, count) in [("stage_images", generator.stageImages.count), ("stage_batches", generator.stageBatches.count)]
    where count != stages.count {
      throw TrainingError(
        setting: "generator.\(key)", "has \(count) numbers; there are \(stages.count) stages \(stages), and each needs one")
    }
    let sum = generator.stageImages.reduce(0, +)
    guard sum == generator.images else {
      throw generator.images < stages.count
        ? TrainingError(
          setting: "generator.images", "is \(generator.images); each of the \(stages.count) stages \(stages) needs at least one")
        : TrainingError(
          setting: "generator.stage_images",
          "adds up to \(sum), and generator.images is \(generator.images); leave one of them out")
    }
    guard networks.perceptualWidths.count == 10 else {
      throw TrainingError(
        setting: "networks.perceptual_widths", "has \(networks.perceptualWidths.count) numbers; ten are needed")
    }
    _ = try Preparation.background(data.background)
    try checkCard()
  }

  /// A part leaves what the pack says; a new pack gets a title of its own.
  private func mayBeEmpty(_ key: String) -> Bool { key != "license" || part != RequestComparison.name(nil) }

  /// What the pack will not take is told before anything is trained.
  private func checkCard() throws(TrainingError) {
    guard card.name.isEmpty || PackText.isName(card.name) else {
      throw TrainingError(setting: "card.name", "is \(quoted(card.name)); it must be \(PackText.nameRule)")
    }
    for (key, text) in [("title", card.title), ("license", card.license), ("attribution", card.attribution)]
    where !(text.isEmpty && mayBeEmpty(key)) && !PackText.isLine(text) {
      throw TrainingError(
        setting: "card.\(key)", "must be one line of 1 to 500 printable characters; found \(quoted(text))")
    }
  }
}
