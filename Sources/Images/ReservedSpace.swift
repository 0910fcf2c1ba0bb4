/// Whether a file ends in space that a program has reserved for bytes still to come: zeros, before the picture's own end.
///
/// A decoder takes such zeros for data, and of some JPEGs makes a gray picture out of them.
package func endsInReservedSpace(_ bytes: [UInt8]) -> Bool {
  guard let last = bytes.lastIndex(where: { $0 != 0 }) else { return !bytes.isEmpty }
  // Files may be padded a little; what is reserved ends at a block of the disk or at the size that was announced.
  guard bytes.count - last > 64 else { return false }
  let written = bytes[...last]
  // Of a signature too only the beginning may be there.
  if written.prefix(2).elementsEqual([0xFF, 0xD8].prefix(written.count)) { return !hasJPEGEnd(written) }
  if written.prefix(4).elementsEqual([0x89, 0x50, 0x4E, 0x47].prefix(written.count)) { return !hasPNGEnd(written) }
  // Numbers may end in zeros themselves.
  let most = [UInt8](bytes[..<min(bytes.count, last + 64)])
  switch FileSignature(most) {
  case .picture(.webp): return !hasWebPEnd(most)
  case .picture(.heic), .picture(.avif): return !hasHEIFEnd(most)
  case .picture(.tiff): return TIFFStructure(most).flatMap { $0.directory(at: $0.firstDirectory) }?.isEmpty ?? true
  case .picture, .other, .begun, .unknown: return false
  }
}

/// Whether the chunk of the picture, or of the first frame, is there up to its end.
private func hasWebPEnd(_ bytes: [UInt8]) -> Bool {
  var at = 12
  while at + 8 <= bytes.count, let length = bytes.littleEndian32(at: at + 4) {
    let type = String(decoding: bytes[at..<at + 4], as: UTF8.self)
    at += 8 + length
    if ["VP8 ", "VP8L", "ANMF"].contains(type) { return at <= bytes.count }
    at += length % 2
  }
  return false
}

/// Whether the primary picture and its tiles are there up to their ends.
private func hasHEIFEnd(_ bytes: [UInt8]) -> Bool {
  guard let meta = MediaBox.list(in: bytes.indices, of: bytes).first(where: { $0.type == "meta" }), !meta.isCut else { return false }
  let items = MediaItems(meta, of: bytes)
  guard let primary = items.primary else { return false }
  let tiles = items.references.filter { $0.from == primary && $0.kind == "dimg" }.flatMap(\.to)
  return (tiles + [primary]).compactMap { items.places[$0] }.allSatisfy { $0.offset + $0.length <= bytes.count }
}

/// Whether there is an end marker behind the first scan; an embedded preview has one of its own before that.
private func hasJPEGEnd(_ bytes: ArraySlice<UInt8>) -> Bool {
  var at = 2
  while at + 3 < bytes.count, bytes[at] == 0xFF, bytes[at + 1] != 0xDA {
    if bytes[at + 1] == 0xFF {
      at += 1
      continue
    }
    at += 2 + Int(bytes[at + 2]) << 8 + Int(bytes[at + 3])
  }
  while at + 1 < bytes.count {
    // In entropy-coded data a zero follows each 0xFF.
    if bytes[at] == 0xFF, bytes[at + 1] == 0xD9 { return true }
    at += 1
  }
  return false
}

/// Whether the row of chunks reaches the end of IEND, whose checksum does not end in a zero.
private func hasPNGEnd(_ bytes: ArraySlice<UInt8>) -> Bool {
  var at = 8
  while at + 12 <= bytes.count {
    if bytes[(at + 4)..<(at + 8)].elementsEqual("IEND".utf8) { return true }
    let length = bytes[at..<(at + 4)].reduce(0) { $0 << 8 + Int($1) }
    at += 12 + length
  }
  return false
}
