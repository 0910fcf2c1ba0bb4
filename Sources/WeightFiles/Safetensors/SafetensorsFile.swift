private import Glibc
import Kernels

/// An open safetensors file: a checked header, and tensors that are read when they are asked for.
///
/// Format: eight bytes of little-endian header length, a JSON header, the data
/// (https://huggingface.co/docs/safetensors, "Format").
package final class SafetensorsFile: Sendable {
  /// A header longer than this is refused; the largest of ours has 30 KB.
  package static let maximumHeaderBytes = 16 << 20

  /// The file as messages call it.
  package let name: String
  /// In the order of their data.
  package let entries: [SafetensorsEntry]
  package let metadata: [String: String]
  /// Of the whole file.
  package var sizeInBytes: Int { file.sizeInBytes }

  private let indexes: [String: Int]
  private let file: ReadOnlyFile
  private let dataOffset: Int

  /// Opens a file and checks its header. No tensor is read.
  ///
  /// - Parameter name: what messages call the file; its last path component when nil.
  /// - Throws: `WeightFileError` when the file cannot be read or its header is not exactly right.
  package convenience init(path: String, name: String? = nil) throws(WeightFileError) {
    let name = name ?? String(path.split(separator: "/").last ?? "")
    try self.init(ReadOnlyFile(path: path, name: name))
  }

  /// Checks the header of a file that is open, or in memory.
  package init(_ file: ReadOnlyFile) throws(WeightFileError) {
    let name = file.name
    guard file.sizeInBytes >= 8 else {
      throw WeightFileError(file: name, message: "has \(file.sizeInBytes) bytes; this is not a safetensors file")
    }
    let length = try file.bytes(at: 0, count: 8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length >= 2 else {
      throw WeightFileError(file: name, message: "the header's length is \(length); this is not a safetensors file")
    }
    guard length <= UInt64(file.sizeInBytes - 8) else {
      throw WeightFileError(
        file: name,
        message:
          "the header's length is \(length), the file's \(file.sizeInBytes); the file is cut or not a safetensors file")
    }
    guard length <= UInt64(Self.maximumHeaderBytes) else {
      throw WeightFileError(
        file: name, message: "the header's length is \(length); at most \(Self.maximumHeaderBytes) are accepted")
    }
    dataOffset = 8 + Int(length)
    let header = try SafetensorsHeader(
      json: file.bytes(at: 8, count: Int(length)), dataSize: file.sizeInBytes - dataOffset, file: name)
    self.name = name
    self.file = file
    entries = header.entries
    metadata = header.metadata
    indexes = Dictionary(uniqueKeysWithValues: header.entries.enumerated().map { ($1.name, $0) })
  }

  /// The names of all tensors, in the order of their data.
  package var names: [String] { entries.map(\.name) }

  /// The description of a tensor, or nil when there is none of that name.
  package func entry(_ name: String) -> SafetensorsEntry? { indexes[name].map { entries[$0] } }

  /// Reads a tensor's numbers: float32 as they are, float16 and bfloat16 widened, float64 narrowed.
  ///
  /// - Parameters:
  ///   - shape: what the caller needs; nil for any.
  ///   - allowsNonFinite: whether infinite values and NaN may occur.
  /// - Throws: `WeightFileError` when the tensor is missing, has another shape or is no floating-point one, when a
  ///   value is not finite, and when the file was cut in the meantime.
  package func floats(
    named name: String, shape: [Int]? = nil, allowsNonFinite: Bool = true
  ) throws(WeightFileError) -> [Float] {
    let entry = try require(name, shape: shape)
    let values: [Float]
    switch entry.type {
    case .float32: return try readFloats(entry, allowsNonFinite: allowsNonFinite)
    case .float16: values = try read(entry, as: UInt16.self).map { Float(Float16(bitPattern: $0)) }
    case .bfloat16: values = try read(entry, as: UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }
    case .float64: values = try read(entry, as: Double.self).map(Float.init)
    default: throw refuse("\(quotedName(name)) is of type \(entry.type.rawValue); a floating-point type is needed")
    }
    if !allowsNonFinite, let index = values.firstNonFiniteIndex { throw nonFinite(name, values[index], index) }
    return values
  }

  /// A way to read one row (index along the first axis) at a time, from several threads. Every value must be finite.
  ///
  /// - Throws: `WeightFileError` like `floats(named:shape:)`, at once or from the reader.
  package func rowReader(
    named name: String, shape: [Int]
  ) throws(WeightFileError) -> @Sendable (_ row: Int, _ target: inout MutableSpan<Float>) throws -> Void {
    let entry = try require(name, shape: shape)
    guard entry.type == .float32, let rows = shape.first, rows > 0 else {
      let values = try floats(named: name, shape: shape, allowsNonFinite: false)
      return { row, target in
        for index in target.indices { target[index] = values[row * target.count + index] }
      }
    }
    let length = entry.count / rows
    return { [self] row, target in
      precondition(target.count == length && row >= 0 && row < rows, "the row does not fit")
      try unsafe target.withUnsafeMutableBufferPointer { (buffer) throws in
        let start = dataOffset + entry.byteRange.lowerBound + row * length * 4
        try unsafe file.read(into: UnsafeMutableRawBufferPointer(buffer), at: start)
        if let index = unsafe firstNonFiniteIndex(UnsafeBufferPointer(buffer)) {
          throw unsafe nonFinite(entry.name, buffer[index], row * length + index)
        }
      }
    }
  }

  /// Reads a float64 tensor, or widens another floating-point one.
  package func doubles(named name: String, shape: [Int]? = nil) throws(WeightFileError) -> [Double] {
    let entry = try require(name, shape: shape)
    if entry.type == .float64 { return try read(entry, as: Double.self) }
    return try floats(named: name, shape: shape).map(Double.init)
  }

  /// Reads an 8-bit tensor: pictures.
  package func bytes(named name: String, shape: [Int]? = nil) throws(WeightFileError) -> [UInt8] {
    let entry = try require(name, shape: shape)
    guard entry.type == .uint8 else {
      throw refuse("\(quotedName(name)) is of type \(entry.type.rawValue); U8 is needed")
    }
    return try read(entry, as: UInt8.self)
  }

  /// Reads a tensor of 64-bit whole numbers.
  package func integers(named name: String, shape: [Int]? = nil) throws(WeightFileError) -> [Int64] {
    let entry = try require(name, shape: shape)
    guard entry.type == .int64 else {
      throw refuse("\(quotedName(name)) is of type \(entry.type.rawValue); I64 is needed")
    }
    return try read(entry, as: Int64.self)
  }

  /// Gives the whole file to `body`, in pieces of up to 1 MiB, from the same open file that the tensors are read from.
  package func forEachPiece(_ body: (ArraySlice<UInt8>) -> Void) throws(WeightFileError) {
    var offset = 0
    while offset < file.sizeInBytes {
      let piece = try file.bytes(at: offset, count: min(1 << 20, file.sizeInBytes - offset))
      body(piece[...])
      offset += piece.count
    }
  }

  private func require(_ name: String, shape: [Int]?) throws(WeightFileError) -> SafetensorsEntry {
    guard let entry = entry(name) else { throw refuse("\(quotedName(name)) is missing") }
    if let shape, shape != entry.shape {
      throw refuse("\(quotedName(name)) has shape \(entry.shape); \(shape) is needed")
    }
    return entry
  }

  private func nonFinite(_ name: String, _ value: Float, _ index: Int) -> WeightFileError {
    refuse("\(quotedName(name)) has the value \(value) at index \(index); every value must be finite")
  }

  /// Reads float32 in pieces that stay in the cache while they are looked at, with all threads.
  private func readFloats(_ entry: SafetensorsEntry, allowsNonFinite: Bool) throws(WeightFileError) -> [Float] {
    let pieceCount = 1 << 16, start = dataOffset + entry.byteRange.lowerBound
    let failure = FirstFailure<WeightFileError>()
    let values = unsafe [Float](unsafeUninitializedCapacity: entry.count) { buffer, count in
      unsafe adviseLargePages(UnsafeMutableRawBufferPointer(buffer))
      Workers.current.run((entry.count + pieceCount - 1) / pieceCount) { index, _ in
        let first = index * pieceCount, end = min(first + pieceCount, entry.count)
        let piece = unsafe UnsafeMutableBufferPointer(rebasing: buffer[first..<end])
        do throws(WeightFileError) {
          unsafe try file.read(into: UnsafeMutableRawBufferPointer(piece), at: start + first * 4)
          if !allowsNonFinite, let index = unsafe firstNonFiniteIndex(UnsafeBufferPointer(piece)) {
            throw unsafe nonFinite(entry.name, piece[index], first + index)
          }
        } catch {
          failure.note(index, error)
        }
      }
      count = failure.isNone ? entry.count : 0
    }
    try failure.check()
    return values
  }

  private func read<Element: BitwiseCopyable>(
    _ entry: SafetensorsEntry, as type: Element.Type
  ) throws(WeightFileError) -> [Element] {
    var failure: WeightFileError?
    let values = unsafe [Element](unsafeUninitializedCapacity: entry.count) { buffer, count in
      do throws(WeightFileError) {
        unsafe try file.read(
          into: UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: entry.byteRange.count),
          at: dataOffset + entry.byteRange.lowerBound)
        count = entry.count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return values
  }

  private func refuse(_ message: String) -> WeightFileError { WeightFileError(file: name, message: message) }
}

/// Asks the kernel to back a large buffer that nobody has touched yet with pages of 2 MiB.
///
/// Clearing small pages one fault at a time took twice as long as reading the 660 MB of a released encoder from the
/// cache (0.7 s, with large pages 0.35 s). A hint: where it is refused, nothing changes.
func adviseLargePages(_ buffer: UnsafeMutableRawBufferPointer) {
  let largePage = 2 << 20
  guard buffer.count >= 2 * largePage, let base = buffer.baseAddress else { return }
  let start = unsafe base.alignedUp(toMultipleOf: largePage)
  let end = unsafe (base + buffer.count).alignedDown(toMultipleOf: largePage)
  _ = unsafe madvise(start, end - start, MADV_HUGEPAGE)
}
