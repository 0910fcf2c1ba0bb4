/// Reads the JSON of a safetensors header: an object of tensors, each with exactly `dtype`, `shape` and `data_offsets`,
/// and perhaps `__metadata__`, an object of texts. Nothing else is accepted, and no key twice. The nesting is fixed, so
/// nothing recurses.
struct SafetensorsHeaderParser {
  struct Tensor {
    var name: String
    var type: String
    var shape: [Int]
    var begin: Int
    var end: Int
  }

  struct Header {
    var tensors: [Tensor] = []
    var metadata: [String: String] = [:]
  }

  private let bytes: [UInt8]
  private let file: String
  private var position = 0

  init(_ bytes: [UInt8], file: String) throws(WeightFileError) {
    self.bytes = bytes
    self.file = file
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw WeightFileError(file: file, message: "the header is not valid UTF-8")
    }
    guard bytes.first == UInt8(ascii: "{") else {
      throw WeightFileError(file: file, message: "the header does not begin with '{'; this is not a safetensors file")
    }
  }

  mutating func parse() throws(WeightFileError) -> Header {
    var header = Header()
    var names: Set<String> = []
    try expect("{")
    if try !take("}") {
      repeat {
        let name = try string()
        guard names.insert(name).inserted else { throw refuse("\(quotedName(name)) occurs twice in the header") }
        try expect(":")
        if name == "__metadata__" {
          header.metadata = try metadata()
        } else {
          header.tensors.append(try tensor(name))
        }
      } while try take(",")
      try expect("}")
    }
    skipSpace()
    guard position == bytes.count else { throw refuse("the header goes on after its last '}'") }
    return header
  }

  private mutating func metadata() throws(WeightFileError) -> [String: String] {
    var result: [String: String] = [:]
    try expect("{")
    if try take("}") { return result }
    repeat {
      let key = try string()
      try expect(":")
      guard result.updateValue(try string(), forKey: key) == nil else {
        throw refuse("\(quotedName(key)) occurs twice in the header's metadata")
      }
    } while try take(",")
    try expect("}")
    return result
  }

  private mutating func tensor(_ name: String) throws(WeightFileError) -> Tensor {
    var type: String?
    var shape: [Int]?
    var offsets: [Int]?
    try expect("{")
    repeat {
      let key = try string()
      try expect(":")
      let isRepeated: Bool
      switch key {
      case "dtype":
        isRepeated = type != nil
        type = try string()
      case "shape":
        isRepeated = shape != nil
        shape = try integers()
      case "data_offsets":
        isRepeated = offsets != nil
        offsets = try integers()
      default: throw refuse("\(quotedName(name)) has the unknown property \(quotedName(key))")
      }
      if isRepeated { throw refuse("\(quotedName(name)) has '\(key)' twice") }
    } while try take(",")
    try expect("}")
    guard let type, let shape, let offsets, offsets.count == 2 else {
      throw refuse("\(quotedName(name)) needs 'dtype', 'shape' and 'data_offsets' of two numbers")
    }
    return Tensor(name: name, type: type, shape: shape, begin: offsets[0], end: offsets[1])
  }

  private mutating func integers() throws(WeightFileError) -> [Int] {
    var result: [Int] = []
    try expect("[")
    if try take("]") { return result }
    repeat { result.append(try integer()) } while try take(",")
    try expect("]")
    return result
  }

  private mutating func integer() throws(WeightFileError) -> Int {
    skipSpace()
    let digits = bytes[position...].prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
    position += digits.count
    let text = String(decoding: digits, as: UTF8.self)
    guard !digits.isEmpty, digits.count == 1 || digits.first != UInt8(ascii: "0") else {
      throw unexpected("a whole number")
    }
    guard let value = Int(text) else { throw refuse("the header has a number out of range near byte \(position)") }
    return value
  }

  private mutating func string() throws(WeightFileError) -> String {
    try expect("\"")
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text.append(contentsOf: String(try escape()).utf8)
      case 0..<0x20: throw refuse("the header has a control character at byte \(position - 1)")
      default: text.append(byte)
      }
    }
    throw refuse("the header ends within a text")
  }

  private mutating func escape() throws(WeightFileError) -> Unicode.Scalar {
    guard position < bytes.count else { throw refuse("the header ends within a text") }
    let letter = bytes[position]
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let unit = try hexadecimal()
      if let scalar = Unicode.Scalar(unit) { return scalar }
      if UTF16.isLeadSurrogate(unit), bytes[position...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) {
        position += 2
        let second = try hexadecimal()
        if UTF16.isTrailSurrogate(second) { return UTF16.decode(UTF16.EncodedScalar([unit, second])) }
      }
      throw refuse("the header has half of a surrogate pair near byte \(position)")
    default: throw refuse("the header has an unknown escape at byte \(position - 1)")
    }
  }

  private mutating func hexadecimal() throws(WeightFileError) -> UInt16 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4, digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-"),
      let value = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw unexpected("four hexadecimal digits") }
    position += 4
    return value
  }

  private mutating func take(_ character: Unicode.Scalar) throws(WeightFileError) -> Bool {
    skipSpace()
    guard position < bytes.count else { throw refuse("the header ends before its last '}'") }
    guard bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(WeightFileError) {
    guard try take(character) else { throw unexpected("'\(character)'") }
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  private func unexpected(_ expected: String) -> WeightFileError {
    refuse("the header has something other than \(expected) at byte \(position)")
  }

  private func refuse(_ message: String) -> WeightFileError { WeightFileError(file: file, message: message) }
}
