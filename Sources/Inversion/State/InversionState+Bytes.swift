/// The stored form: a mark with the version, the fields in order, and a checksum of all of it. Whole numbers are
/// 64-bit, floats are stored as their bits, all little-endian; lists and texts carry their count in front.
extension InversionState {
  private static let mark = Array("idinvert-run-1\n\n".utf8)

  /// The state as bytes, exactly.
  package var bytes: [UInt8] {
    var writer = StateWriter()
    writer.bytes = Self.mark
    writer.write(identity)
    for number in [layers, width, step, items.count] { writer.write(number) }
    writer.write(optimizer.kind)
    writer.write(optimizer.step)
    writer.write(optimizer.arrays.count)
    for (name, values) in optimizer.arrays.sorted(by: { $0.key < $1.key }) {
      writer.write(name)
      writer.write(values)
    }
    for item in items { item.write(to: &writer) }
    writer.write(checksum(of: writer.bytes[...]))
    return writer.bytes
  }

  /// Reads what `bytes` gave.
  ///
  /// - Throws: `InversionError.damagedState` for anything else. The checksum finds damage, not malice.
  package init(bytes: [UInt8]) throws(InversionError) {
    guard bytes.starts(with: Self.mark), bytes.count >= Self.mark.count + 8 else {
      throw .damagedState("it does not begin as one")
    }
    var end = StateReader(bytes[(bytes.count - 8)...])
    guard try UInt64(bitPattern: Int64(end.integer())) == checksum(of: bytes.dropLast(8)) else {
      throw .damagedState("its checksum is wrong")
    }
    var reader = StateReader(bytes[Self.mark.count..<bytes.count - 8])
    let identity = try reader.text()
    let (layers, width, step) = try (reader.integer(), reader.integer(), reader.integer())
    let itemCount = try reader.count(itemSize: 8)
    let kind = try reader.text()
    let optimizerStep = try reader.integer()
    var arrays: [String: [Float]] = [:]
    for _ in 0..<(try reader.count(itemSize: 16)) {
      let name = try reader.text()
      arrays[name] = try reader.floats()
    }
    var items: [Item] = []
    for _ in 0..<itemCount { items.append(try Item(from: &reader)) }
    guard reader.isAtEnd else { throw .damagedState("it does not end where it should") }
    self.init(
      identity: identity, layers: layers, width: width, step: step, items: items,
      optimizer: OptimizerState(kind: kind, step: optimizerStep, arrays: arrays))
    guard isConsistent else { throw .damagedState("its parts do not fit together") }
  }

  /// Whether the counts agree, so that what is indexed later is there.
  private var isConsistent: Bool {
    let (length, overflows) = layers.multipliedReportingOverflow(by: width)
    let steps = 0...Int(Int32.max)
    guard layers > 0, width > 0, !overflows, !items.isEmpty, steps.contains(step), steps.contains(optimizer.step) else {
      return false
    }
    return items.allSatisfy { item in
      let codes = [item.start, item.code] + (item.best.map { [$0.code] } ?? []) + item.snapshots.map(\.code)
      let updates = (item.best.map { [$0.updates] } ?? []) + item.snapshots.map(\.updates)
      return codes.allSatisfy { $0.count == length } && item.losses.count <= step
        && updates.allSatisfy { (0...step).contains($0) } && (item.best.map { $0.updates <= item.losses.count } ?? true)
    }
  }
}

extension InversionState.Item {
  fileprivate func write(to writer: inout StateWriter) {
    writer.write(start)
    writer.write(code)
    writer.write(losses.count)
    for terms in losses { writer.write(terms) }
    writer.write(finalLosses.map { [$0] } ?? [])
    writer.write(best == nil ? 0 : 1)
    if let best {
      writer.write(best.updates)
      writer.write(best.losses)
      writer.write(best.code)
    }
    writer.write(snapshots.count)
    for snapshot in snapshots {
      writer.write(snapshot.updates)
      writer.write(snapshot.code)
    }
    writer.write(divergedAt ?? -1)
  }

  fileprivate init(from reader: inout StateReader) throws(InversionError) {
    start = try reader.floats()
    code = try reader.floats()
    for _ in 0..<(try reader.count(itemSize: 16)) { losses.append(try reader.terms()) }
    for _ in 0..<(try reader.count(itemSize: 16)) { finalLosses = try reader.terms() }
    for _ in 0..<(try reader.count(itemSize: 32)) {
      best = InversionState.Best(updates: try reader.integer(), losses: try reader.terms(), code: try reader.floats())
    }
    for _ in 0..<(try reader.count(itemSize: 16)) {
      snapshots.append(InversionState.Waypoint(updates: try reader.integer(), code: try reader.floats()))
    }
    let step = try reader.integer()
    divergedAt = step < 0 ? nil : step
  }
}

/// FNV-1a, 64 bits.
private func checksum(of bytes: ArraySlice<UInt8>) -> UInt64 {
  bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}

private struct StateWriter {
  var bytes: [UInt8] = []

  mutating func write(_ value: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }
  mutating func write(_ value: Int) { write(UInt64(bitPattern: Int64(value))) }
  mutating func write(_ text: String) {
    write(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }
  mutating func write(_ value: Float) {
    for shift in stride(from: UInt32(0), to: 32, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
    }
  }
  mutating func write(_ values: [Float]) {
    write(values.count)
    bytes.reserveCapacity(bytes.count + values.count * 4)
    for value in values { write(value) }
  }
  mutating func write(_ terms: LossTerms) {
    for value in [terms.pixel, terms.perceptual, terms.domain, terms.total] { write(value) }
  }
  mutating func write(_ terms: [LossTerms]) {
    write(terms.count)
    for value in terms { write(value) }
  }
}

private struct StateReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  var isAtEnd: Bool { rest.isEmpty }

  private mutating func take(_ count: Int) throws(InversionError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= rest.count else { throw .damagedState("it ends too early") }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  mutating func integer() throws(InversionError) -> Int {
    Int(truncatingIfNeeded: try take(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }

  /// A count of items that take at least `itemSize` bytes each, so that memory is never reserved for what is not there.
  mutating func count(itemSize: Int) throws(InversionError) -> Int {
    let count = try integer()
    guard count >= 0, count <= rest.count / itemSize else { throw .damagedState("a count in it is too large") }
    return count
  }

  mutating func text() throws(InversionError) -> String {
    String(decoding: try take(try count(itemSize: 1)), as: UTF8.self)
  }

  mutating func float() throws(InversionError) -> Float {
    Float(bitPattern: try take(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
  }

  mutating func floats() throws(InversionError) -> [Float] {
    let count = try count(itemSize: 4)
    var values: [Float] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(try float()) }
    return values
  }

  mutating func terms() throws(InversionError) -> LossTerms {
    LossTerms(pixel: try float(), perceptual: try float(), domain: try float(), total: try float())
  }
}
