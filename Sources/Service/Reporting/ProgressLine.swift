internal import PrintableText
internal import Spool

/// How far a job is, on one line: `apple.jpg  inverting  [######------]  42/100  loss 0.123  3 s left`.
package struct ProgressLine: Sendable {
  package var name: String
  package var phase: String
  package var step: Int
  package var steps: Int
  package var loss: Double?
  package var secondsLeft: Double?

  package init(name: String, phase: String, step: Int, steps: Int, loss: Double?, secondsLeft: Double?) {
    self.name = name
    self.phase = phase
    self.step = step
    self.steps = steps
    self.loss = loss
    self.secondsLeft = secondsLeft
  }

  /// The line, no wider than a terminal's columns: where they are few the bar is shorter, and what comes last is left out.
  package func text(columns: Int) -> String {
    var parts: [String] = []
    for width in [24, 16, 8] {
      parts = self.parts(barWidth: width)
      if Self.joined(parts).count <= columns { break }
    }
    // A number that is cut would be another one.
    while parts.count > 1, Self.joined(parts).count > columns { parts.removeLast() }
    return String(Self.joined(parts).prefix(max(0, columns)))
  }

  private static func joined(_ parts: [String]) -> String { parts.joined(separator: "  ") }

  private func parts(barWidth width: Int) -> [String] {
    var parts = [printable(name), printable(phase)].filter { !$0.isEmpty }
    if steps > 0 {
      let filled = min(width, max(0, step * width / steps))
      parts.append("[" + String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled) + "]")
      let total = String(steps)
      let done = String(step)
      parts.append(String(repeating: " ", count: max(0, total.count - done.count)) + done + "/" + total)
    }
    if let loss { parts.append("loss " + Self.number(loss)) }
    if let secondsLeft, step < steps { parts.append(Self.duration(secondsLeft) + " left") }
    return parts
  }

  /// A loss, with three digits that matter.
  package static func number(_ value: Double) -> String {
    shortNumber((value * 1e6).rounded() / 1e6)
  }

  /// `3 s`, `2 min 5 s`, `1 h 4 min`.
  package static func duration(_ seconds: Double) -> String {
    let whole = max(0, Int(min(seconds, 1e9).rounded(.up)))
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}
