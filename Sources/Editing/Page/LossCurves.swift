internal import Glibc
internal import Inversion
internal import PrintableText

/// The losses of an optimization, step by step, as a drawing. Each curve has a scale of its own, logarithmic.
struct LossCurves {
  private static let (width, height) = (560.0, 160.0)
  private static let colors = ["currentColor", "#3b82f6", "#f59e0b", "#10b981"]

  private let curves: [(name: String, values: [Float])]

  /// nil where nothing was optimized.
  init?(_ losses: [LossTerms]) {
    guard losses.count > 1 else { return nil }
    curves = [
      ("total", losses.map(\.total)), ("pixel", losses.map(\.pixel)), ("perceptual", losses.map(\.perceptual)),
      ("domain", losses.map(\.domain)),
    ].filter { $0.1.contains { $0 > 0 } }
  }

  var svg: String {
    let drawn = zip(curves, Self.colors).map { curve, color in
      "<polyline fill=\"none\" stroke=\"\(color)\" stroke-width=\"1.5\" points=\"\(Self.points(curve.values))\"/>"
    }
    let legend = zip(curves, Self.colors).map { curve, color in
      "<span><i style=\"background:\(color)\"></i>\(curve.name) \(Self.shown(curve.values.first)) → \(Self.shown(curve.values.last))</span>"
    }
    let steps = (curves.first?.values.count ?? 1) - 1
    return "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" aria-label=\"Losses from step 0 to \(steps)\">"
      + drawn.joined() + "</svg><p class=\"legend\">\(legend.joined())</p>"
  }

  private static func points(_ values: [Float]) -> String {
    // What is zero or not finite has no logarithm: it lies at the bottom.
    let logs = values.map { $0 > 0 && $0.isFinite ? log10(Double($0)) : nil }
    let known = logs.compactMap(\.self), low = known.min() ?? 0, high = max(known.max() ?? 1, low + 1e-6)
    return logs.enumerated().map { step, value in
      let x = Double(step) / Double(max(1, values.count - 1)) * width
      let y = (1 - ((value ?? low) - low) / (high - low)) * (height - 8) + 4
      return "\(tenths(x)),\(tenths(y))"
    }.joined(separator: " ")
  }

  private static func tenths(_ x: Double) -> String { String((x * 10).rounded() / 10) }

  /// Three digits are enough.
  private static func shown(_ value: Float?) -> String {
    guard let value, value.isFinite, value != 0 else { return value == 0 ? "0" : "–" }
    let number = Double(value), digits = max(0, 2 - log10(abs(number)).rounded(.down))
    let unit = pow(10, digits)
    return plainNumber((number * unit).rounded() / unit)
  }
}
