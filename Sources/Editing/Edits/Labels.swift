internal import Files
internal import PrintableText

/// A number for a frame, with at most two decimals: `-3`, `0.17`.
func frameLabel(_ value: Double) -> String {
  let hundredths = (value * 100).rounded()
  guard abs(hundredths) < 1e9 else { return plainNumber(value) }
  let whole = Int(hundredths)
  let sign = whole < 0 ? "-" : ""
  let (units, rest) = abs(whole).quotientAndRemainder(dividingBy: 100)
  if rest == 0 { return "\(sign)\(units)" }
  return rest % 10 == 0 ? "\(sign)\(units).\(rest / 10)" : "\(sign)\(units).\(rest < 10 ? "0" : "")\(rest)"
}

/// A file's name without its last ending: `apple` for `apple.jpg`.
package func fileStem(_ name: String) -> String { Name(name).stemAndExtension.stem.string ?? name }

/// A piece of a path made from any text: letters, digits, `-`, `_` and `.` stay, the rest becomes `_`; at most 48 scalars.
package func pathComponent(_ text: String) -> String {
  var name = String.UnicodeScalarView()
  for scalar in text.unicodeScalars.prefix(48) {
    let isPlain = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    name.append(isPlain || "-_.".unicodeScalars.contains(scalar) ? scalar : "_")
  }
  // A name that begins with a dot is hidden.
  let visible = String(name.drop { $0 == "." })
  return visible.isEmpty ? "_" : visible
}

extension LatentCode {
  /// A code of the same shape with other numbers.
  func replacing(_ values: [Float]) -> LatentCode { LatentCode(layers: layers, width: width, values: values) }
}
