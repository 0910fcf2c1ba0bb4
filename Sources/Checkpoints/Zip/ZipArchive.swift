internal import CZlib
internal import PrintableText
internal import WeightFiles

/// A zip archive: records that are stored as they are, or deflated up to a limit. Everything in it is checked against the
/// file's size before memory is taken, and each record against its CRC-32 when it is read.
struct ZipArchive: Sendable {
  /// PyTorch stores its records; deflated ones are those of archives that somebody packed again.
  static let maximumInflatedBytes = 16 << 20

  /// By name; `offset` is that of the content.
  let entries: [String: ZipEntry]
  private let file: ReadOnlyFile

  init(_ file: ReadOnlyFile) throws(WeightFileError) {
    self.file = file
    let directory = try ZipDirectory(file)
    var entries: [String: ZipEntry] = [:]
    var end = 0
    // In the order of the file, so that records that share bytes are seen.
    for (name, entry) in directory.entries.sorted(by: { $0.value.offset < $1.value.offset }) {
      func damaged(_ what: String) -> WeightFileError {
        WeightFileError(file: file.name, message: "is a zip archive whose record \(quoted(name)) \(what); it is damaged")
      }
      guard entry.offset >= end, directory.offset - entry.offset >= 30 else { throw damaged("overlaps another") }
      let header = ZipBytes(bytes: try file.bytes(at: entry.offset, count: 30))
      guard header.begins(at: 0, with: [0x50, 0x4B, 3, 4]), let nameLength = header.word(26), let extraLength = header.word(28)
      else { throw damaged("is not where the directory says") }
      let content = entry.offset + 30 + nameLength + extraLength
      guard content <= directory.offset, directory.offset - content >= entry.storedSize else { throw damaged("overlaps another") }
      guard nameLength == name.utf8.count, try file.bytes(at: entry.offset + 30, count: nameLength).elementsEqual(name.utf8) else {
        throw damaged("has two names")
      }
      var placed = entry
      placed.offset = content
      entries[name] = placed
      end = content + entry.storedSize
    }
    self.entries = entries
  }

  /// The whole content of a record.
  func bytes(of entry: ZipEntry, limit: Int) throws(WeightFileError) -> [UInt8] {
    guard entry.size <= limit else {
      throw WeightFileError(file: file.name, message: "has a record of \(entry.size) bytes, where at most \(limit) are accepted")
    }
    var result: [UInt8] = []
    try forEachPiece(of: entry) { piece throws(WeightFileError) in result.append(contentsOf: piece) }
    return result
  }

  /// The content of a record in order, in pieces of a multiple of eight bytes but for the last.
  ///
  /// - Throws: also at the end, where the content is not what its checksum says.
  func forEachPiece(
    of entry: ZipEntry, _ body: (ArraySlice<UInt8>) throws(WeightFileError) -> Void
  ) throws(WeightFileError) {
    var checksum = crc32(0, nil, 0)
    func add(_ piece: [UInt8]) throws(WeightFileError) {
      checksum = unsafe piece.withUnsafeBufferPointer { unsafe crc32(checksum, $0.baseAddress, UInt32($0.count)) }
      try body(piece[...])
    }
    switch entry.method {
    case .stored:
      var done = 0
      while done < entry.size {
        let piece = try file.bytes(at: entry.offset + done, count: min(1 << 20, entry.size - done))
        try add(piece)
        done += piece.count
      }
    case .deflated: try add(try inflated(entry))
    }
    guard UInt32(truncatingIfNeeded: checksum) == entry.checksum else {
      throw WeightFileError(file: file.name, message: "has a record whose checksum is wrong; fetch it again")
    }
  }

  private func inflated(_ entry: ZipEntry) throws(WeightFileError) -> [UInt8] {
    guard entry.size <= Self.maximumInflatedBytes, entry.storedSize <= Self.maximumInflatedBytes else {
      throw WeightFileError(
        file: file.name,
        message: "has a deflated record of \(entry.size) bytes; at most \(Self.maximumInflatedBytes) are inflated; "
          + "unpack it and pack it again with: zip -0 -r")
    }
    guard let content = inflatedBytes(try file.bytes(at: entry.offset, count: entry.storedSize), to: entry.size) else {
      throw WeightFileError(file: file.name, message: "has a deflated record that is damaged; fetch it again")
    }
    return content
  }
}

/// Inflates a raw deflate stream (RFC 1951).
///
/// - Returns: nil unless the stream is whole and gives exactly `size` bytes.
private func inflatedBytes(_ bytes: [UInt8], to size: Int) -> [UInt8]? {
  var stream = unsafe z_stream()
  // Negative: without the header of a zlib stream.
  guard unsafe inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
  defer { _ = unsafe inflateEnd(&stream) }
  var input = bytes
  // One more byte than there may be, so that a longer content is seen.
  var output = [UInt8](repeating: 0, count: size + 1)
  let result = unsafe input.withUnsafeMutableBufferPointer { input in
    unsafe output.withUnsafeMutableBufferPointer { output in
      unsafe stream.next_in = input.baseAddress
      unsafe stream.avail_in = UInt32(input.count)
      unsafe stream.next_out = output.baseAddress
      unsafe stream.avail_out = UInt32(output.count)
      return unsafe inflate(&stream, Z_FINISH)
    }
  }
  guard result == Z_STREAM_END, unsafe stream.avail_in == 0, unsafe stream.avail_out == 1 else { return nil }
  output.removeLast()
  return output
}
