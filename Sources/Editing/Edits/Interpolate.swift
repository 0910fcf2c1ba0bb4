package import StrictYAML

/// Goes in a straight line from one inverted code to another, and on to further ones.
package struct Interpolate: Edit {
  private enum Keys {
    static let with = Key(
      required: "with", .imageOrImages(maximum: EditLimits.maximumPartners), help: "the picture to end at, or a list to pass through")
    static let frames = Key(
      "frames", .integer(1...EditLimits.maximumFrames), help: "frames per line, endpoints included; 1 gives only this picture",
      default: 7, limit: .frames)
  }

  package static let declaration = Declaration(
    "interpolate", help: "blend from this picture to another, along a straight line between their codes, or along a chain of lines",
    [Keys.with, Keys.frames, SharedKeys.keep])

  package let values: FieldValues
  private let names: [String]
  private let frames: Int
  package let keptMask: String?

  package init(_ values: FieldValues) {
    self.values = values
    names = values[Keys.with]
    frames = values[Keys.frames]
    keptMask = values[SharedKeys.keep]
  }

  package var subject: String? { names.map(fileStem).joined(separator: "-") }
  package var partners: (key: any DeclaredKey, names: [String])? { (Keys.with, names) }
  package var frameCount: Int { names.count * (frames - 1) + 1 }

  package func check(_ facts: ModelInfo) throws(YAMLError) {
    let lines = names.count, total = frameCount
    guard total <= EditLimits.maximumFrames else {
      throw values.place(of: Keys.frames).error(
        "\(lines) lines of \(frames) frames are \(total) pictures; at most \(EditLimits.maximumFrames) are made; "
          + "write frames: \((EditLimits.maximumFrames - 1) / lines + 1) or less")
    }
  }

  package func run(in editing: EditContext) throws -> EditResult {
    let code = editing.subject.code
    let others = try names.map(editing.inverted)
    var result = EditResult(frames: [])
    var start = code
    for (leg, other) in others.enumerated() {
      let codes = EditArithmetic.interpolation(from: start.values, to: other.code.values, count: frames)
      // A joint is the end of one line and the start of the next: shown once.
      for (l, between) in zip(EditArithmetic.linspace(0, 1, frames), codes).dropFirst(leg == 0 ? 0 : 1) {
        result.frames.append(
          .init(label: frameLabel(Double(leg) + l), code: code.replacing(EditArithmetic.rounded(between))))
      }
      start = other.code
    }
    result.ingredients = others.enumerated().map { index, other in
      .init(name: names.count == 1 ? "with" : "with-\(index + 1)", label: fileStem(other.name), pixels: other.pixels)
    }
    return result
  }
}
