internal import PrintableText

/// The header of a safetensors file: tensors and metadata, checked against the size of the data.
struct SafetensorsHeader: Sendable {
  /// Sorted by where their data begin.
  let entries: [SafetensorsEntry]
  let metadata: [String: String]

  /// - Parameters:
  ///   - json: the header's bytes.
  ///   - dataSize: bytes that follow the header.
  /// - Throws: for everything that makes a file something other than exactly one set of tensors: bad UTF-8 or JSON, a
  ///   name twice, an unknown type, a shape with a dimension below 1 or a product that overflows, offsets that are
  ///   reversed, misaligned, out of the data or do not fit the shape, data that overlap, leave a gap or do not end with
  ///   the file.
  init(json: [UInt8], dataSize: Int, file: String) throws(WeightFileError) {
    var parser = try SafetensorsHeaderParser(json, file: file)
    let header = try parser.parse()
    var entries: [SafetensorsEntry] = []
    entries.reserveCapacity(header.tensors.count)
    for tensor in header.tensors { entries.append(try Self.entry(tensor, dataSize: dataSize, file: file)) }
    entries.sort {
      ($0.byteRange.lowerBound, $0.byteRange.upperBound) < ($1.byteRange.lowerBound, $1.byteRange.upperBound)
    }
    try Self.checkLayout(entries, dataSize: dataSize, file: file)
    self.entries = entries
    metadata = header.metadata
  }

  private static func entry(
    _ tensor: SafetensorsHeaderParser.Tensor, dataSize: Int, file: String
  ) throws(WeightFileError) -> SafetensorsEntry {
    func refuse(_ message: String) -> WeightFileError {
      WeightFileError(file: file, message: "\(quotedName(tensor.name)) \(message)")
    }
    guard let type = ElementType(rawValue: tensor.type) else {
      let known = ElementType.allCases.map(\.rawValue).joined(separator: ", ")
      throw refuse("has the unknown type \(quotedName(tensor.type)); known are \(known)")
    }
    guard tensor.shape.allSatisfy({ $0 >= 1 }) else {
      throw refuse("has shape \(tensor.shape); every dimension must be at least 1")
    }
    guard let size = CheckedShape.sizeInBytes(tensor.shape, type) else {
      throw refuse(
        tensor.shape.count > CheckedShape.maximumDimensions
          ? "has \(tensor.shape.count) dimensions; at most \(CheckedShape.maximumDimensions) are accepted"
          : "has shape \(tensor.shape), which is more than memory can hold")
    }
    let (begin, end) = (tensor.begin, tensor.end)
    guard begin >= 0, begin <= end else { throw refuse("has reversed offsets [\(begin), \(end)]") }
    guard end <= dataSize else {
      throw refuse("ends at byte \(end) of the data, which have \(dataSize) bytes; the file is cut")
    }
    guard end - begin == size else {
      throw refuse("has \(end - begin) bytes; shape \(tensor.shape) of \(type.rawValue) needs \(size)")
    }
    guard begin.isMultiple(of: type.sizeInBytes) else {
      throw refuse("begins at byte \(begin), which is no multiple of \(type.sizeInBytes)")
    }
    return SafetensorsEntry(name: tensor.name, type: type, shape: tensor.shape, byteRange: begin..<end)
  }

  private static func checkLayout(_ entries: [SafetensorsEntry], dataSize: Int, file: String) throws(WeightFileError) {
    var end = 0
    var previous = "the header"
    for entry in entries {
      let name = quotedName(entry.name)
      guard entry.byteRange.lowerBound >= end else {
        throw WeightFileError(file: file, message: "\(name) overlaps \(previous)")
      }
      guard entry.byteRange.lowerBound == end else {
        let gap = entry.byteRange.lowerBound - end
        throw WeightFileError(file: file, message: "\(gap) bytes between \(previous) and \(name) belong to no tensor")
      }
      end = entry.byteRange.upperBound
      previous = name
    }
    guard end == dataSize else {
      throw WeightFileError(file: file, message: "\(dataSize - end) bytes after the last tensor belong to no tensor")
    }
  }
}

/// A tensor's name, which may be long, for a message.
func quotedName(_ name: String) -> String { quoted(name, limit: 80) }
