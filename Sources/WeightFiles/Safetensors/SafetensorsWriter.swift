/// Collects tensors and gives the bytes of a safetensors file: the same bytes whatever the order of adding.
///
/// Tensors are sorted by name, keys of the metadata too; the header is padded with spaces to a multiple of eight bytes.
package struct SafetensorsWriter: Sendable {
  package var metadata: [String: String]
  private var tensors: [String: (shape: [Int], values: [Float], type: ElementType)] = [:]

  package init(metadata: [String: String] = [:]) {
    self.metadata = metadata
  }

  /// Adds a tensor, or replaces the one of that name.
  ///
  /// - Parameter isHalf: whether its numbers are rounded to float16.
  /// - Precondition: `shape` has as many elements as `values`, all dimensions are positive, and the name is not
  ///   `__metadata__`.
  package mutating func add(_ name: String, shape: [Int], values: [Float], isHalf: Bool = false) {
    precondition(name != "__metadata__", "a tensor cannot be named __metadata__")
    precondition(shape.allSatisfy { $0 > 0 } && shape.reduce(1, *) == values.count, "\(name): shape and count differ")
    tensors[name] = (shape, values, isHalf ? .float16 : .float32)
  }

  /// The whole file.
  package func bytes() -> [UInt8] {
    let sorted = tensors.sorted { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }
    var result = Self.header(sorted.map { ($0.key, $0.value.shape, $0.value.type) }, metadata: metadata)
    for (_, tensor) in sorted {
      if tensor.type == .float16 {
        unsafe tensor.values.map { Float16($0).bitPattern }.withUnsafeBytes { unsafe result.append(contentsOf: $0) }
      } else {
        unsafe tensor.values.withUnsafeBytes { unsafe result.append(contentsOf: $0) }
      }
    }
    return result
  }

  /// The length and the header of a file whose tensors follow in the given order.
  ///
  /// For files that are too large to be held in memory: write this, then the tensors' numbers.
  package static func header(
    _ tensors: [(name: String, shape: [Int], type: ElementType)], metadata: [String: String] = [:]
  ) -> [UInt8] {
    var fields: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }
      fields.append(
        "\"__metadata__\":{" + pairs.map { json($0.key) + ":" + json($0.value) }.joined(separator: ",") + "}")
    }
    var offset = 0
    for tensor in tensors {
      let end = offset + tensor.shape.reduce(tensor.type.sizeInBytes, *)
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      fields.append("\(json(tensor.name)):{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var text = Array(("{" + fields.joined(separator: ",") + "}").utf8)
    while !text.count.isMultiple(of: 8) { text.append(UInt8(ascii: " ")) }
    return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) } + text
  }

  private static func json(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\" + String(scalar)
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
