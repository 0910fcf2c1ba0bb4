/// An array of a `.npy` file, read whole, in C order.
package struct NumPyFile: Sendable {
  package enum Values: Sendable, Equatable {
    case floats([Float])
    case doubles([Double])
    case bytes([UInt8])
    case integers([Int64])
  }

  /// Outermost dimension first; empty for a single number.
  package let shape: [Int]
  package let values: Values

  /// A header longer than this is refused; numpy writes 118 bytes.
  package static let maximumHeaderBytes = 65_536

  /// Reads a file.
  ///
  /// Versions 1.0, 2.0 and 3.0; float16 (widened), float32, float64, uint8, int64; both byte orders; C and Fortran
  /// order.
  ///
  /// - Parameters:
  ///   - name: what messages call the file; its last path component when nil.
  ///   - maximumBytes: refused before memory is taken when the file is longer.
  /// - Throws: `WeightFileError` for anything else, and for object arrays with the remedy.
  package init(path: String, name: String? = nil, maximumBytes: Int = 1 << 28) throws(WeightFileError) {
    let name = name ?? String(path.split(separator: "/").last ?? "")
    try self.init(ReadOnlyFile(path: path, name: name), maximumBytes: maximumBytes)
  }

  /// Reads a file that is open, or in memory.
  package init(_ file: ReadOnlyFile, maximumBytes: Int = 1 << 28) throws(WeightFileError) {
    guard file.sizeInBytes <= maximumBytes else {
      throw WeightFileError(
        file: file.name, message: "has \(file.sizeInBytes) bytes; at most \(maximumBytes) are accepted")
    }
    let fields = try Self.fields(of: file)
    // The type is judged before the data are read.
    _ = try NumPyHeader(fields, file: file.name)
    try self.init(
      fields, data: file.bytes(at: fields.dataOffset, count: file.sizeInBytes - fields.dataOffset), name: file.name)
  }

  /// What the header says; the type of the elements is not judged.
  package static func fields(of file: ReadOnlyFile) throws(WeightFileError) -> NumPyFields {
    func refuse(_ message: String) -> WeightFileError { WeightFileError(file: file.name, message: message) }
    guard file.sizeInBytes >= 10 else { throw refuse("has \(file.sizeInBytes) bytes; this is not a .npy file") }
    let start = try file.bytes(at: 0, count: min(12, file.sizeInBytes))
    guard start.starts(with: magic) else { throw refuse("does not begin as a .npy file does") }
    let lengthBytes: Int
    switch start[6] {
    case 1: lengthBytes = 2
    case 2, 3: lengthBytes = 4
    default: throw refuse("is of format version \(start[6]).\(start[7]); 1.0, 2.0 and 3.0 are read")
    }
    let dataStart = 8 + lengthBytes
    guard start.count >= dataStart else { throw refuse("ends within its header") }
    let length = start[8..<dataStart].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= maximumHeaderBytes else {
      throw refuse("has a header of \(length) bytes; at most \(maximumHeaderBytes) are accepted")
    }
    guard length <= file.sizeInBytes - dataStart else { throw refuse("ends within its header") }
    var parser = NumPyHeaderParser(try file.bytes(at: dataStart, count: length), file: file.name)
    var fields = try parser.parse()
    fields.dataOffset = dataStart + length
    return fields
  }

  /// An array whose header and data are at hand.
  ///
  /// - Throws: `WeightFileError` where the data are not as many as the shape needs, and for what is no number.
  package init(_ fields: NumPyFields, data: [UInt8], name: String) throws(WeightFileError) {
    func refuse(_ message: String) -> WeightFileError { WeightFileError(file: name, message: message) }
    let header = try NumPyHeader(fields, file: name)
    var size = header.format.sizeInBytes
    for dimension in header.shape {
      let (product, overflows) = size.multipliedReportingOverflow(by: dimension)
      guard !overflows else { throw refuse("has shape \(header.shape), which is more than memory can hold") }
      size = product
    }
    guard size == data.count else { throw refuse("has \(data.count) bytes of data; shape \(header.shape) needs \(size)") }
    shape = header.shape
    values = Self.values(data, header)
  }

  /// The numbers as float32: float64 narrowed, whole numbers converted.
  package var floats: [Float] {
    switch values {
    case .floats(let values): values
    case .doubles(let values): values.map(Float.init)
    case .bytes(let values): values.map(Float.init)
    case .integers(let values): values.map(Float.init)
    }
  }

  /// The bytes of a version 1.0 file with little-endian float32 in C order, as numpy writes it.
  ///
  /// - Precondition: `shape` has as many elements as `values`.
  package static func bytes(shape: [Int], values: [Float]) -> [UInt8] {
    precondition(shape.reduce(1, *) == values.count, "shape and count differ")
    let tuple = shape.count == 1 ? "(\(shape[0]),)" : "(" + shape.map(String.init).joined(separator: ", ") + ")"
    var header = Array("{'descr': '<f4', 'fortran_order': False, 'shape': \(tuple), }".utf8)
    // The data begin at a multiple of 64, as numpy has it, with the header's last byte a line end.
    while !(10 + header.count + 1).isMultiple(of: 64) { header.append(0x20) }
    header.append(0x0A)
    var result = magic + [1, 0, UInt8(truncatingIfNeeded: header.count), UInt8(truncatingIfNeeded: header.count >> 8)]
    result += header
    unsafe values.withUnsafeBytes { unsafe result.append(contentsOf: $0) }
    return result
  }

  /// How every such file begins.
  package static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  private static func values(_ data: [UInt8], _ header: NumPyHeader) -> Values {
    switch header.format {
    case .uint8: .bytes(cOrder(data, header))
    case .float16(let big): .floats(cOrder(integers(data, big, UInt16.self), header).map { Float(Float16(bitPattern: $0)) })
    case .float32(let big): .floats(cOrder(integers(data, big, UInt32.self), header).map(Float.init(bitPattern:)))
    case .float64(let big): .doubles(cOrder(integers(data, big, UInt64.self), header).map(Double.init(bitPattern:)))
    case .int64(let big): .integers(cOrder(integers(data, big, UInt64.self), header).map(Int64.init(bitPattern:)))
    }
  }

  private static func integers<Word: FixedWidthInteger>(_ data: [UInt8], _ isBigEndian: Bool, _ type: Word.Type)
    -> [Word]
  {
    let size = Word.bitWidth / 8
    return (0..<data.count / size).map { index in
      var word: Word = 0
      for byte in 0..<size {
        let position = isBigEndian ? byte : size - 1 - byte
        word = word << 8 | Word(data[index * size + position])
      }
      return word
    }
  }

  /// Reorders values whose first dimension varies fastest.
  private static func cOrder<Element>(_ values: [Element], _ header: NumPyHeader) -> [Element] {
    guard header.isFortranOrder, header.shape.count > 1 else { return values }
    var index = [Int](repeating: 0, count: header.shape.count)
    var strides = [1]
    for dimension in header.shape.dropLast() { strides.append((strides.last ?? 1) * dimension) }
    return values.indices.map { _ in
      let value = values[zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }]
      for axis in index.indices.reversed() {
        index[axis] += 1
        if index[axis] < header.shape[axis] { break }
        index[axis] = 0
      }
      return value
    }
  }
}
