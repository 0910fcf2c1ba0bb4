package import Files
package import struct Foundation.Date
internal import PrintableText

/// `20261124T101502Z-apple-4f2a`: sorts by time, tells the name, is plain ASCII.
package enum JobIdentifier {
  package static func make(name: Name, date: Date, salt: UInt16 = .random(in: 0...UInt16.max)) -> String {
    let hex = String(salt, radix: 16)
    return timestamp(date) + "-" + slug(of: name) + "-" + String(repeating: "0", count: 4 - hex.count) + hex
  }

  /// Whether a folder's name can be that of a job.
  package static func isValid(_ name: Name) -> Bool {
    let parts = name.bytes.split(separator: 0x2D, omittingEmptySubsequences: false)
    guard parts.count >= 3, parts[0].count == 16, name.bytes.count <= 80 else { return false }
    return name.bytes.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D || $0 == 0x5F
    }
  }

  private static func slug(of name: Name) -> String {
    let kept = name.bytes.prefix(32).map { byte -> UInt8 in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: byte
      default: 0x5F
      }
    }
    return String(decoding: kept, as: UTF8.self)
  }

  private static func timestamp(_ date: Date) -> String {
    let seconds = Int(date.timeIntervalSince1970.rounded(.down))
    let (year, month, day) = civil(days: seconds.quotient(floorDividingBy: 86400))
    let rest = seconds - seconds.quotient(floorDividingBy: 86400) * 86400
    return padded(year, 4) + padded(month, 2) + padded(day, 2) + "T"
      + padded(rest / 3600, 2) + padded(rest / 60 % 60, 2) + padded(rest % 60, 2) + "Z"
  }

  /// The date of a day counted from 1970-01-01, by the proleptic Gregorian calendar: years are counted from March in
  /// eras of 400 years (146,097 days).
  private static func civil(days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = shifted.quotient(floorDividingBy: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }
}

extension Int {
  fileprivate func quotient(floorDividingBy divisor: Int) -> Int {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}
