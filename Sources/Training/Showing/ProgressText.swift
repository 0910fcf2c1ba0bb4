internal import Foundation

/// How numbers stand in the line of progress.
enum ProgressText {
  /// `412 k`, `1.2 M`.
  static func count(_ value: Int) -> String {
    value >= 10_000_000 ? "\(value / 1_000_000) M"
      : value >= 1_000_000 ? "\(Double(value / 100_000) / 10) M" : value >= 10_000 ? "\(value / 1000) k" : "\(value)"
  }

  static func number(_ value: Double?, digits: Int = 2) -> String {
    guard let value else { return "-" }
    return String(format: "%.\(digits)f", value)
  }

  /// `2 h 14 min`
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "unknown" }
    let minutes = Int((seconds / 60).rounded())
    if seconds < 90 { return "\(Int(seconds.rounded())) s" }
    return minutes < 60 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
  }
}
