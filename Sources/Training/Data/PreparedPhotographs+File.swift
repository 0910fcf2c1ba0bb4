internal import Files
internal import Foundation

/// The compact file: a line of text, the length of the description, the description as JSON, the pixels.
extension PreparedPhotographs {
  private static let magic = Array("idinvert photographs 1\n".utf8)

  private struct Description: Codable {
    var side: Int
    var preparation: String
    var photographs: [Photograph]
    var refused: [Refusal]
    var grayCount: Int
    var enlargedCount: Int
    var pixelsSHA256: String
  }

  /// The file's bytes.
  func fileBytes() throws -> [UInt8] {
    let description = Description(
      side: side, preparation: preparation, photographs: photographs, refused: refused, grayCount: grayCount,
      enlargedCount: enlargedCount, pixelsSHA256: sha256(pixels))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let json = Array(try encoder.encode(description))
    return Self.magic + (0..<8).map { UInt8(truncatingIfNeeded: json.count >> ($0 * 8)) } + json + pixels
  }

  /// Reads the file's bytes and checks them.
  ///
  /// - Throws: `TrainingError` when they are damaged.
  init(fileBytes bytes: [UInt8], name: String) throws(TrainingError) {
    let damaged = TrainingError("\(name): is damaged; remove it, and the photographs are prepared again")
    let start = Self.magic.count + 8
    guard bytes.count >= start, bytes.starts(with: Self.magic) else { throw damaged }
    let length = bytes[Self.magic.count..<start].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(bytes.count - start) else { throw damaged }
    let end = start + Int(length)
    guard let description = try? JSONDecoder().decode(Description.self, from: Data(bytes[start..<end])) else {
      throw damaged
    }
    let pixels = Array(bytes[end...])
    guard description.side > 0, description.side <= 4096,
      pixels.count == description.photographs.count * description.side * description.side * 3,
      sha256(pixels) == description.pixelsSHA256
    else { throw damaged }
    self.init(
      side: description.side, preparation: description.preparation, photographs: description.photographs,
      refused: description.refused, grayCount: description.grayCount, enlargedCount: description.enlargedCount,
      pixels: pixels)
  }
}
