import Files
import Foundation
import PrintableText
import Spool

extension Property {
  /// Any bytes as a file's name: printed, stored as JSON, split.
  static let names = Property(
    "names", maximumLength: 512, words: ["\u{1B}[31m", "\u{202E}", "\u{2028}", "..", "%n", "\\"],
    seeds: { ["apple.jpg", ".hidden", "a\\b\n", "é\u{301}"].map { Array($0.utf8) } + [[0xFF, 0xC3]] },
    body: { bytes in
      let name = Name(bytes: bytes)
      for text in [name.description, printable(String(decoding: bytes, as: UTF8.self)), quoted(String(decoding: bytes, as: UTF8.self))] {
        for scalar in text.unicodeScalars {
          let category = scalar.properties.generalCategory
          try require(![.control, .format, .lineSeparator, .paragraphSeparator].contains(category), "\(text) is not safe")
        }
      }
      try require(printable(name.description) == name.description, "\(name) changes when it is printed again")
      let data = try JSONEncoder().encode([name])
      try require(try JSONDecoder().decode([Name].self, from: data) == [name], "\(name) changes as JSON")
      let (stem, suffix) = name.stemAndExtension
      try require(stem.bytes.count + suffix.utf8.count <= bytes.count, "\(name) is taken apart into more than it has")
      _ = JobIdentifier.isValid(name)
      let id = JobIdentifier.make(name: name, date: Date(timeIntervalSince1970: 0), salt: 7)
      try require(JobIdentifier.isValid(Name(id)) && Name(id).isPlain, "\(id) is no identifier")
      return name.isPlain
    })

  /// The service's own records, which others could have damaged.
  static let records = Property(
    "records", maximumLength: 1 << 14,
    words: ["\"format\":", "\"id\":", "\"state\":", "\"hex\":", "\"claimed\"", "\"entries\":[", "\"identity\":{\"device\":1,\"inode\":2}"],
    seeds: {
      let record = #"""
        {"attempts":0,"crashes":0,"created":"2026-11-24T10:15:02Z","entries":[{"identity":{"device":1,"inode":2},"isCopy":false,\#
        "modified":4,"name":{"hex":"ff"},"role":"image","size":3}],"format":1,"id":"20261124T101502Z-apple-4f2a","inbox":"/in",\#
        "isFailure":false,"isInPlace":false,"missing":[],"name":"apple.jpg","outbox":"/out","state":"claimed","subfolder":""}
        """#
      return [Array(record.utf8), Array(try encoder.encode(SpoolRequest(.retry, job: "apple")))]
    },
    body: { bytes in
      let decoder = JSONDecoder()
      decoder.dateDecodingStrategy = .iso8601
      let data = Data(bytes)
      var accepted = false
      if let record = try? decoder.decode(JobRecord.self, from: data) {  // refused, like anything else that is not one
        let written = try encoder.encode(record)
        try require(try encoder.encode(decoder.decode(JobRecord.self, from: written)) == written, "a record changes")
        accepted = true
      }
      if let request = try? decoder.decode(SpoolRequest.self, from: data) {  // refused
        try require(
          try decoder.decode(SpoolRequest.self, from: encoder.encode(request)) == request, "a request changes")
        accepted = true
      }
      return accepted
    })

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.dateEncodingStrategy = .iso8601
    encoder.outputFormatting = [.sortedKeys]
    return encoder
  }
}
