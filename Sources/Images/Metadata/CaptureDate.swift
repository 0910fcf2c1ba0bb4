/// When a camera took a picture, as its clock showed it: `2024:05:06 07:08:09`, without a time zone.
package struct CaptureDate: Equatable, Sendable {
  package let text: String

  /// - Parameter bytes: as EXIF data has it, with or without the zero behind it.
  /// - Returns: nil for what is no date: cameras whose clock was never set write blanks or zeros.
  init?(_ bytes: some Collection<UInt8>) {
    let digits = bytes.prefix(19)
    let form = "dddd:dd:dd dd:dd:dd".utf8
    guard digits.count == form.count,
      zip(digits, form).allSatisfy({ $1 == UInt8(ascii: "d") ? (0x30...0x39).contains($0) : $0 == $1 })
    else { return nil }
    let text = String(decoding: digits, as: UTF8.self)
    guard !text.hasPrefix("0000") else { return nil }
    self.text = text
  }

  /// Looks it up: when it was taken, when it was made digital, when the file was changed.
  init?(_ structure: TIFFStructure, _ page: TIFFStructure.Directory, _ bytes: [UInt8]) {
    let more = structure.numbers(page[0x8769]).first.flatMap(structure.directory) ?? [:]
    let places = [more[0x9003], more[0x9004], page[0x0132]].compactMap { $0?.place }
    guard let date = places.lazy.compactMap({ CaptureDate(bytes[$0]) }).first else { return nil }
    self = date
  }

  /// EXIF data that tells this date, and that the picture is upright.
  var exif: [UInt8] {
    func number(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).reversed().map { UInt8(value >> ($0 * 8) & 255) } }
    func entry(_ tag: Int, _ type: Int, _ count: Int, _ value: [UInt8]) -> [UInt8] {
      number(tag, 2) + number(type, 2) + number(count, 4) + value + [UInt8](repeating: 0, count: 4 - value.count)
    }
    let date = [UInt8](text.utf8) + [0]
    // Behind the head stand three entries, the first date, two entries, the second date.
    let first = 8 + 2 + 3 * 12 + 4, more = first + date.count, second = more + 2 + 2 * 12 + 4
    let main = entry(0x0112, 3, 1, [0, 1]) + entry(0x0132, 2, date.count, number(first, 4)) + entry(0x8769, 4, 1, number(more, 4))
    let taken = entry(0x9000, 7, 4, [UInt8]("0232".utf8)) + entry(0x9003, 2, date.count, number(second, 4))
    return [UInt8]("MM\0*".utf8) + number(8, 4) + number(3, 2) + main + number(0, 4) + date + number(2, 2) + taken
      + number(0, 4) + date
  }

  /// Out of EXIF data, with or without its preamble.
  init?(exif bytes: [UInt8]) {
    guard let structure = TIFFStructure(bytes, from: bytes.starts(with: EXIF.preamble) ? EXIF.preamble.count : 0),
      let page = structure.directory(at: structure.firstDirectory)
    else { return nil }
    self.init(structure, page, bytes)
  }
}
