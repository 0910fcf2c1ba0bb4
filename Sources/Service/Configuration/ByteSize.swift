internal import PrintableText
package import StrictYAML

/// Sizes as people write them: `64 MiB`.
package enum ByteSize {
  private static let units: [(name: String, factor: Int)] = [
    ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("bytes", 1),
  ]

  /// Reads a size of at least one byte and at most `maximum`.
  package static func read(_ value: YAMLValue, _ name: String, atMost maximum: Int) throws(YAMLError) -> Int {
    let text = try value.scalarText(name)
    let expected = "\(name) must be a size up to \(written(maximum)), such as 64 MiB or 64 KiB"
    let parts = text.split(separator: " ")
    guard parts.count == 2, let number = Int(parts[0]), number >= 0,
      let unit = units.first(where: { $0.name == parts[1] })
    else { throw value.place.error("\(expected); found \(quoted(text))") }
    let (size, overflow) = number.multipliedReportingOverflow(by: unit.factor)
    guard !overflow, size <= maximum else {
      throw value.place.error("\(expected); found \(quoted(text))")
    }
    return size
  }

  /// The size in the largest unit that divides it.
  package static func written(_ bytes: Int) -> String {
    for unit in units where bytes % unit.factor == 0 && bytes >= unit.factor {
      return "\(bytes / unit.factor) \(unit.name)"
    }
    return "\(bytes) bytes"
  }
}
