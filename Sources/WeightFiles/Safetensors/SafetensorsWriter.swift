/// Collects tensors and gives the bytes of a safetensors file: the same bytes whatever the order of adding.
///
/// Tensors are sorted by name, keys of the metadata too; the header is padded with spaces to a multiple of eight bytes.
package struct SafetensorsWriter: Sendable {
  package var metadata: [String: String]
  private var tensors: [String: (shape: [Int], values: [Float])] = [:]

  package init(metadata: [String: String] = [:]) {
    self.metadata = metadata
  }

  /// Adds a float32 tensor, or replaces the one of that name.
  ///
  /// - Precondition: `shape` has as many elements as `values`, all dimensions are positive, and the name is not
  ///   `__metadata__`.
  package mutating func add(_ name: String, shape: [Int], values: [Float]) {
    precondition(name != "__metadata__", "a tensor cannot be named __metadata__")
    precondition(shape.allSatisfy { $0 > 0 } && shape.reduce(1, *) == values.count, "\(name): shape and count differ")
    tensors[name] = (shape, values)
  }

  /// The whole file.
  package func bytes() -> [UInt8] {
    let names = tensors.keys.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
    var result = Self.header(
      names.map { (name: $0, shape: tensors[$0]?.shape ?? []) }, metadata: metadata)
    for name in names {
      unsafe (tensors[name]?.values ?? []).withUnsafeBytes { unsafe result.append(contentsOf: $0) }
    }
    return result
  }

  /// The length and the header of a file whose float32 tensors follow in the given order.
  ///
  /// For files that are too large to be held in memory: write this, then the tensors' numbers.
  package static func header(_ tensors: [(name: String, shape: [Int])], metadata: [String: String] = [:]) -> [UInt8] {
    var fields: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }
      fields.append(
        "\"__metadata__\":{" + pairs.map { json($0.key) + ":" + json($0.value) }.joined(separator: ",") + "}")
    }
    var offset = 0
    for tensor in tensors {
      let end = offset + tensor.shape.reduce(4, *)
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      fields.append("\(json(tensor.name)):{\"dtype\":\"F32\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
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
