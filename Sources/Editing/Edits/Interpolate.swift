package import StrictYAML

/// Goes in a straight line from one inverted code to another, and on to further ones.
package struct Interpolate: Edit {
  package static let declaration = Declaration(
    "interpolate", help: "blend from this picture to another, along a straight line between their codes, or along a chain of lines",
    fields: [
      Field(
        "with", .imageOrImages(maximum: EditLimits.maximumPartners),
        help: "the picture to end at, or a list to pass through", isRequired: true),
      Field(
        "frames", .integer(1...EditLimits.maximumFrames), help: "frames per line, endpoints included; 1 gives only this picture",
        default: .integer(7)),
      .keep,
    ])

  package let values: FieldValues
  package init(_ values: FieldValues) { self.values = values }

  package var subject: String? { values.names("with").map(fileStem).joined(separator: "-") }
  package var imageFields: [String] { ["with"] }

  package var frameCount: Int { values.names("with").count * ((values.integer("frames") ?? 7) - 1) + 1 }

  package func check(_ facts: ModelInfo) throws(YAMLError) {
    let lines = values.names("with").count, frames = values.integer("frames") ?? 7
    let total = frameCount
    guard total <= EditLimits.maximumFrames else {
      throw values.place(of: "frames").error(
        "\(lines) lines of \(frames) frames are \(total) pictures; at most \(EditLimits.maximumFrames) are made; "
          + "write frames: \((EditLimits.maximumFrames - 1) / lines + 1) or less")
    }
  }

  package func run(in editing: EditContext) throws -> EditResult {
    let code = editing.subject.code
    let names = values.names("with")
    let others = try names.map(editing.inverted)
    let frames = values.integer("frames") ?? 7
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
