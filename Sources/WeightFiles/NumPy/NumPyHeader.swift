/// The header of a `.npy` file (numpy.lib.format, versions 1.0 to 3.0): a Python dictionary of three known keys, read
/// as exactly that and never evaluated.
struct NumPyHeader: Sendable {
  enum ElementFormat: Sendable, Hashable {
    case float32(isBigEndian: Bool)
    case float64(isBigEndian: Bool)
    case float16(isBigEndian: Bool)
    case uint8
    case int64(isBigEndian: Bool)

    var sizeInBytes: Int {
      switch self {
      case .float32: 4
      case .float64, .int64: 8
      case .float16: 2
      case .uint8: 1
      }
    }
  }

  let format: ElementFormat
  let isFortranOrder: Bool
  let shape: [Int]

  /// - Throws: for a type of elements that is not read, and for a shape that is too large or empty.
  init(_ fields: NumPyFields, file: String) throws(WeightFileError) {
    format = try Self.format(fields.descriptor, file: file)
    isFortranOrder = fields.isFortranOrder
    shape = fields.shape
    guard shape.count <= CheckedShape.maximumDimensions, shape.allSatisfy({ $0 >= 1 }) else {
      throw WeightFileError(
        file: file,
        message: "has shape \(shape); at most \(CheckedShape.maximumDimensions) dimensions of at least 1 are accepted")
    }
  }

  private static func format(_ descriptor: String, file: String) throws(WeightFileError) -> ElementFormat {
    switch descriptor {
    case "<f4", "=f4": return .float32(isBigEndian: false)
    case ">f4": return .float32(isBigEndian: true)
    case "<f8", "=f8": return .float64(isBigEndian: false)
    case ">f8": return .float64(isBigEndian: true)
    case "<f2", "=f2": return .float16(isBigEndian: false)
    case ">f2": return .float16(isBigEndian: true)
    case "|u1", "<u1", ">u1", "=u1": return .uint8
    case "<i8", "=i8": return .int64(isBigEndian: false)
    case ">i8": return .int64(isBigEndian: true)
    default: break
    }
    if descriptor.dropFirst().first == "O" || descriptor == "O" {
      throw WeightFileError(
        file: file,
        message:
          "holds Python objects ('\(descriptor)'), which are read by 'idinvert model import' only; save it as a float32 array")
    }
    throw WeightFileError(
      file: file,
      message: "has the element type \(quotedName(descriptor)); f2, f4, f8, u1 and i8 are read; save it as float32")
  }
}

/// What a `.npy` file's header says, and where its data begin.
package struct NumPyFields: Sendable {
  /// The type of an element as numpy writes it: `<f4`.
  package var descriptor: String
  package var isFortranOrder: Bool
  package var shape: [Int]
  /// In the file; 0 where the fields did not come from one.
  package var dataOffset = 0

  package init(descriptor: String, isFortranOrder: Bool, shape: [Int]) {
    self.descriptor = descriptor
    self.isFortranOrder = isFortranOrder
    self.shape = shape
  }

  /// Whether the data are a pickle.
  package var holdsObjects: Bool { descriptor.drop { "<>|=".contains($0) }.first == "O" }
}

/// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (1, 14, 512), }` and nothing else.
struct NumPyHeaderParser {
  private let bytes: [UInt8]
  private let file: String
  private var position = 0

  init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  mutating func parse() throws(WeightFileError) -> NumPyFields {
    var descriptor: String?
    var isFortranOrder: Bool?
    var shape: [Int]?
    try expect("{")
    while !take("}") {
      let key = try string()
      try expect(":")
      switch key {
      case "descr" where descriptor == nil: descriptor = try string()
      case "fortran_order" where isFortranOrder == nil: isFortranOrder = try boolean()
      case "shape" where shape == nil: shape = try tuple()
      default: throw damaged()
      }
      if !take(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    guard position == bytes.count, let descriptor, let isFortranOrder, let shape else { throw damaged() }
    return NumPyFields(descriptor: descriptor, isFortranOrder: isFortranOrder, shape: shape)
  }

  private mutating func string() throws(WeightFileError) -> String {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: "'") || bytes[position] == UInt8(ascii: "\"") else {
      // A list here is a structured type.
      throw damaged()
    }
    let quote = bytes[position]
    let text = bytes[(position + 1)...].prefix { $0 != quote }
    guard text.endIndex < bytes.count, text.count <= 32, text.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != 0x5C })
    else {
      throw damaged()
    }
    position = text.endIndex + 1
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func boolean() throws(WeightFileError) -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)] where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw damaged()
  }

  private mutating func tuple() throws(WeightFileError) -> [Int] {
    var result: [Int] = []
    try expect("(")
    while !take(")") {
      skipSpace()
      let digits = bytes[position...].prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
      guard !digits.isEmpty else { throw damaged() }
      guard let value = Int(String(decoding: digits, as: UTF8.self)) else {
        throw WeightFileError(file: file, message: "has a dimension out of range in its header")
      }
      position += digits.count
      // Python 2 wrote 10L.
      if position < bytes.count, bytes[position] == UInt8(ascii: "L") { position += 1 }
      result.append(value)
      guard result.count <= 64 else { throw damaged() }
      if !take(",") {
        try expect(")")
        break
      }
    }
    return result
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(WeightFileError) {
    guard take(character) else { throw damaged() }
  }

  private mutating func skipSpace() {
    while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x0A { position += 1 }
  }

  private func damaged() -> WeightFileError {
    WeightFileError(
      file: file,
      message: "the header is not a plain numpy header near byte \(position); save the array again with numpy.save")
  }
}
