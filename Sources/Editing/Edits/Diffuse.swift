import Inversion
package import StrictYAML

/// Blends a piece of this picture into another (Zhu et al. 2020, section 4.4, "semantic diffusion").
package struct Diffuse: Edit {
  package static let declaration = Declaration(
    "diffuse", help: "paste a box of this picture into another, then optimize inside the box only",
    fields: [
      Field("context", .image, help: "the picture to paste into", isRequired: true),
      Field(
        "box", .box, help: "the box: [x, y, width, height] in the model's pixels",
        defaultText: "the middle, half as wide and high"),
      Field(
        "steps", .integer(0...EditLimits.maximumSteps), help: "optimization steps", default: .integer(100)),
      Field("learning_rate", .number(0.000001...10), help: "learning rate", defaultText: "the pack's"),
      Field(
        "normalize", .choice(Objective.Normalization.allCases.map(\.rawValue)),
        help: "average the loss over the whole picture (as in the paper) or over the box",
        default: .text(Objective.Normalization.picture.rawValue)),
      Field(
        "snapshots", .integer(0...EditLimits.maximumSnapshots), help: "intermediate pictures, at regular steps",
        default: .integer(0)),
    ])

  package let values: FieldValues
  package init(_ values: FieldValues) { self.values = values }

  package var subject: String? { values.text("context").map(fileStem) }
  package var imageFields: [String] { ["context"] }

  package func check(_ facts: ModelInfo) throws(YAMLError) {
    guard let box = values.box("box"), box.x >= facts.resolution || box.y >= facts.resolution else { return }
    throw values.place(of: "box").error(
      "the box \(box) lies outside the picture; \(facts.name) makes pictures of \(facts.resolution)×\(facts.resolution) pixels")
  }

  package func run(in studio: EditContext) throws -> EditResult {
    let asked = values.box("box") ?? Box.center(of: studio.facts.resolution)
    let box = try asked.clipped(to: studio.facts.resolution)
    let context = try studio.picture(values.text("context") ?? "")
    let settings = DiffusionSettings(
      steps: values.integer("steps") ?? 100, learningRate: values.number("learning_rate") ?? studio.facts.learningRate,
      weights: studio.facts.weights, normalization: values.choice("normalize") ?? .picture,
      snapshots: values.integer("snapshots") ?? 0)
    let diffusion = try studio.diffuse(into: context, box: box, settings: settings)
    var result = EditResult(frames: diffusion.snapshots.map { .init(label: "step \($0.updates)", code: $0.code) })
    // The last snapshot is the end itself.
    if result.frames.last?.code != diffusion.code { result.frames.append(.init(label: "diffused", code: diffusion.code)) }
    result.ingredients = [
      .init(name: "context", label: "context: \(fileStem(context.name))", pixels: context.pixels),
      .init(name: "stitched", label: "stitched", pixels: diffusion.stitched),
    ]
    result.run = diffusion.report
    if box != asked { result.warnings.append("the box \(asked) reaches beyond the picture; \(box) was used") }
    return result
  }
}
