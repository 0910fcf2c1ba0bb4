internal import Foundation

/// Four significant digits; a dash for what is not there.
func shortNumber(_ value: Double) -> String {
  guard value.isFinite else { return "–" }
  return String(format: "%.4g", value)
}
