internal import Files
package import WeightFiles

/// The stored form: a safetensors file. Codes, losses and the optimizer's arrays are tensors; all else are texts of its
/// description, the SHA-256 of everything among them.
extension InversionState {
  private static let format = "idinvert-inversion-1"

  /// The state as bytes: the same for the same state.
  package var bytes: [UInt8] {
    var writer = SafetensorsWriter(metadata: [
      "format": Self.format, "identity": identity, "layers": "\(layers)", "width": "\(width)", "step": "\(step)",
      "items": "\(items.count)", "optimizer": optimizer.kind, "optimizer.step": "\(optimizer.step)",
      "optimizer.arrays": optimizer.arrays.keys.sorted().joined(separator: " "),
    ])
    for (name, values) in optimizer.arrays where !values.isEmpty {
      writer.add("optimizer/\(name)", shape: [values.count], values: values)
    }
    for (index, item) in items.enumerated() { item.write("\(index)", [layers, width], to: &writer) }
    writer.metadata["sha256"] = sha256(writer.bytes())
    return writer.bytes()
  }

  /// Reads what `bytes` gave.
  ///
  /// - Throws: `InversionError.damagedState` for anything else. The hash finds damage, not malice.
  package init(bytes: [UInt8]) throws(InversionError) {
    let file: SafetensorsFile
    do throws(WeightFileError) {
      file = try SafetensorsFile(ReadOnlyFile(bytes: bytes, name: "the state"))
    } catch {
      throw .damagedState(error.description)
    }
    try self.init(file)
    guard self.bytes == bytes else { throw .damagedState("its bytes are not those that were written") }
  }

  /// Reads the parts, whatever the hash says.
  ///
  /// - Throws: `InversionError.damagedState` where they do not fit together.
  package init(_ file: SafetensorsFile) throws(InversionError) {
    let parts = StateParts(file)
    guard file.metadata["format"] == Self.format else { throw .damagedState("it is of another format") }
    layers = try parts.integer("layers")
    width = try parts.integer("width")
    step = try parts.integer("step")
    identity = try parts.text("identity")
    let names = try parts.text("optimizer.arrays").split(separator: " ").map(String.init)
    var arrays: [String: [Float]] = [:]
    for name in names { arrays[name] = try parts.floats("optimizer/\(name)") ?? [] }
    optimizer = OptimizerState(
      kind: try parts.text("optimizer"), step: try parts.integer("optimizer.step"), arrays: arrays)
    items = []
    let count = try parts.integer("items")
    guard count > 0, count <= file.entries.count else { throw .damagedState("it has \(count) items") }
    for index in 0..<count { items.append(try Item("\(index)", [layers, width], parts)) }
    guard isConsistent else { throw .damagedState("its parts do not fit together") }
  }

  /// Whether the counts agree, so that what is indexed later is there.
  private var isConsistent: Bool {
    let (length, overflows) = layers.multipliedReportingOverflow(by: width)
    let steps = 0...Int(Int32.max)
    guard layers > 0, width > 0, !overflows, steps.contains(step), steps.contains(optimizer.step) else { return false }
    return items.allSatisfy { item in
      let codes = [item.start, item.code] + (item.best.map { [$0.code] } ?? []) + item.snapshots.map(\.code)
      let updates = (item.best.map { [$0.updates] } ?? []) + item.snapshots.map(\.updates)
      return codes.allSatisfy { $0.count == length } && item.losses.count <= step
        && updates.allSatisfy { (0...step).contains($0) } && (item.best.map { $0.updates <= item.losses.count } ?? true)
    }
  }
}

extension InversionState.Item {
  fileprivate func write(_ prefix: String, _ shape: [Int], to writer: inout SafetensorsWriter) {
    writer.add("\(prefix)/start", shape: shape, values: start)
    writer.add("\(prefix)/code", shape: shape, values: code)
    if !losses.isEmpty { writer.add("\(prefix)/losses", shape: [losses.count, 4], values: losses.flatMap(\.numbers)) }
    if let finalLosses { writer.add("\(prefix)/final", shape: [1, 4], values: finalLosses.numbers) }
    if let best {
      writer.metadata["\(prefix).best"] = "\(best.updates)"
      writer.add("\(prefix)/best", shape: shape, values: best.code)
      writer.add("\(prefix)/best.losses", shape: [1, 4], values: best.losses.numbers)
    }
    if !snapshots.isEmpty {
      writer.metadata["\(prefix).snapshots"] = snapshots.map { "\($0.updates)" }.joined(separator: " ")
      writer.add("\(prefix)/snapshots", shape: [snapshots.count] + shape, values: snapshots.flatMap(\.code))
    }
    if let divergedAt { writer.metadata["\(prefix).diverged"] = "\(divergedAt)" }
  }

  fileprivate init(_ prefix: String, _ shape: [Int], _ parts: StateParts) throws(InversionError) {
    start = try parts.required("\(prefix)/start", shape)
    code = try parts.required("\(prefix)/code", shape)
    losses = try parts.losses("\(prefix)/losses")
    finalLosses = try parts.losses("\(prefix)/final").first
    if let updates = try parts.integers("\(prefix).best").first {
      guard let losses = try parts.losses("\(prefix)/best.losses").first else {
        throw .damagedState("the losses of its best code are missing")
      }
      best = InversionState.Best(updates: updates, losses: losses, code: try parts.required("\(prefix)/best", shape))
    }
    let updates = try parts.integers("\(prefix).snapshots")
    if !updates.isEmpty {
      let codes = try parts.required("\(prefix)/snapshots", [updates.count] + shape), length = codes.count / updates.count
      snapshots = updates.enumerated().map { index, updates in
        InversionState.Waypoint(updates: updates, code: Array(codes[index * length..<(index + 1) * length]))
      }
    }
    divergedAt = try parts.integers("\(prefix).diverged").first
  }
}

extension LossTerms {
  fileprivate var numbers: [Float] { [pixel, perceptual, domain, total] }
}

/// The numbers and texts of a stored state, by name.
private struct StateParts {
  let file: SafetensorsFile

  init(_ file: SafetensorsFile) { self.file = file }

  func text(_ name: String) throws(InversionError) -> String {
    guard let text = file.metadata[name] else { throw .damagedState("'\(name)' is missing") }
    return text
  }

  func integer(_ name: String) throws(InversionError) -> Int {
    guard let number = Int(try text(name)) else { throw .damagedState("'\(name)' is no number") }
    return number
  }

  /// None where the name is missing.
  func integers(_ name: String) throws(InversionError) -> [Int] {
    let texts = file.metadata[name]?.split(separator: " ") ?? []
    let numbers = texts.compactMap { Int($0) }
    guard numbers.count == texts.count else { throw .damagedState("'\(name)' are no numbers") }
    return numbers
  }

  /// nil where the name is missing.
  func floats(_ name: String, _ shape: [Int]? = nil) throws(InversionError) -> [Float]? {
    guard file.entry(name) != nil else { return nil }
    do throws(WeightFileError) {
      return try file.floats(named: name, shape: shape)
    } catch {
      throw .damagedState(error.description)
    }
  }

  func required(_ name: String, _ shape: [Int]) throws(InversionError) -> [Float] {
    guard let numbers = try floats(name, shape) else { throw .damagedState("'\(name)' is missing") }
    return numbers
  }

  /// Four numbers for each; none where the name is missing.
  func losses(_ name: String) throws(InversionError) -> [LossTerms] {
    guard let numbers = try floats(name) else { return [] }
    guard numbers.count.isMultiple(of: 4) else { throw .damagedState("'\(name)' has \(numbers.count) numbers") }
    return stride(from: 0, to: numbers.count, by: 4).map { at in
      LossTerms(pixel: numbers[at], perceptual: numbers[at + 1], domain: numbers[at + 2], total: numbers[at + 3])
    }
  }
}
