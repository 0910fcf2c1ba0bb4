/// Numbers of a stage through time, for curves: kept in the workspace as text, a line for each point.
struct History {
  struct Point: Equatable {
    let stage: String
    let seen: Int
    let values: [String: Double]
  }

  private(set) var points: [Point] = []

  static let name = "history.txt"

  /// - Parameter text: lines of `stage seen name=value …`; what is not understood is left out.
  init(_ text: String) {
    points = text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count > 2, let seen = Int(words[1]) else { return nil }
      var values: [String: Double] = [:]
      for word in words.dropFirst(2) {
        let parts = word.split(separator: "=")
        if parts.count == 2, let value = Double(parts[1]), value.isFinite { values[String(parts[0])] = value }
      }
      return Point(stage: String(words[0]), seen: seen, values: values)
    }
  }

  var text: String {
    points.map { point in
      let values = point.values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
      return "\(point.stage) \(point.seen) \(values)\n"
    }.joined()
  }

  /// Adds a point; what a stopped run had beyond it goes.
  mutating func add(_ stage: String, _ seen: Int, _ values: [String: Double]) {
    points.removeAll { $0.stage == stage && $0.seen >= seen }
    points.append(Point(stage: stage, seen: seen, values: values.filter { $0.value.isFinite }))
  }
}
