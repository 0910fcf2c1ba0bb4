internal import Glibc

/// As a person would write it, and no digit is lost: `3` for 3.0, `0.01`, `5e-05`.
package func plainNumber(_ value: Double) -> String {
  value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
}

/// A number of at least so many digits, with zeros in front.
package func padded(_ number: Int, _ digits: Int) -> String {
  let text = String(number)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}

/// Four digits that matter; whole numbers without a point.
package func shortNumber(_ value: Double) -> String {
  guard value.isFinite else { return "\(value)" }
  if value == value.rounded(), abs(value) < 1e9 { return String(Int(value)) }
  var text = [UInt8](repeating: 0, count: 32)
  let count = unsafe withVaList([value]) { arguments in
    unsafe text.withUnsafeMutableBytes { unsafe vsnprintf($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count, "%.4g", arguments) }
  }
  return String(decoding: text.prefix(Int(count)), as: UTF8.self)
}
