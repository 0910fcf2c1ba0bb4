package import Images
package import Inversion
package import StrictYAML

/// Blends a piece of this picture into others (Zhu et al. 2020, section 4.4, "semantic diffusion").
package struct Diffuse: Edit {
  private enum Keys {
    static let context = Key(
      required: "context", .imageOrImages(maximum: EditLimits.maximumPartners), help: "the picture to paste into, or a list of them")
    static let box = Key(
      "box", .box, help: "the piece: [x, y, width, height] in the model's pixels", defaultText: "the middle, half as wide and high")
    static let sizes = Key(
      "sizes", .integers(1...EditLimits.maximumResolution, maximum: EditLimits.maximumSizes),
      help: "several pieces: squares with these sides, in the model's pixels, about the middle of the box",
      defaultText: "the box alone")
    static let mask = Key(
      "mask", .image, help: "the piece, drawn: what is white of this photograph is pasted; in place of a box", defaultText: "none")
    static let steps = Key(
      "steps", .integer(InversionSettings.stepCounts), help: "optimization steps", default: DiffusionSettings().steps, limit: .steps)
    static let learningRate = Key(
      "learning_rate", .number(InversionSettings.learningRates), help: "learning rate", defaultText: "the pack's")
    static let normalize = Key(
      "normalize", .choice, help: "average the loss over the whole picture (as in the paper) or over the piece",
      default: DiffusionSettings().normalization)
    static let snapshots = Key(
      "snapshots", .integer(InversionSettings.snapshotCounts), help: "intermediate pictures, at regular steps",
      default: DiffusionSettings().snapshots)
  }

  package static let declaration = Declaration(
    "diffuse", help: "paste a piece of this picture into another, then optimize inside the piece only",
    [
      Keys.context, Keys.box, Keys.sizes, Keys.mask, Keys.steps, Keys.learningRate, Keys.normalize, Keys.snapshots,
    ])

  package let values: FieldValues
  private let contexts: [String]
  package let box: Box?
  private let sizes: [Int]?
  private let mask: String?
  private let steps: Int
  private let learningRate: Double?
  private let normalization: Objective.Normalization
  private let snapshots: Int

  package init(_ values: FieldValues) {
    self.values = values
    contexts = values[Keys.context]
    box = values[Keys.box]
    sizes = values[Keys.sizes]
    mask = values[Keys.mask]
    steps = values[Keys.steps]
    learningRate = values[Keys.learningRate]
    normalization = values[Keys.normalize]
    snapshots = values[Keys.snapshots]
  }

  package var subject: String? { contexts.map(fileStem).joined(separator: "-") }
  package var partners: (key: any DeclaredKey, names: [String])? { (Keys.context, contexts) }
  package var piece: (key: any DeclaredKey, name: String)? { mask.map { (Keys.mask, $0) } }
  package var frameCount: Int { contexts.count * (sizes?.count ?? 1) * (snapshots + 1) }

  package func check(_ facts: ModelInfo) throws(YAMLError) {
    for key in [Keys.box, Keys.sizes] as [any DeclaredKey] where values.isGiven(key) && mask != nil {
      throw values.place(of: Keys.mask).error("a piece is a mask or a box; remove mask or \(key.field.name)")
    }
    if let size = sizes?.first(where: { $0 > facts.resolution }) {
      throw values.place(of: Keys.sizes).error(
        "a square of \(size) pixels is larger than the picture; \(facts.name) makes pictures of \(facts.resolution)×\(facts.resolution) pixels")
    }
    let words = "\(contexts.count) contexts, \(sizes?.count ?? 1) sizes and \(snapshots) snapshots"
    if values.isGiven(Keys.snapshots) { try checkFrames(Keys.snapshots, words) } else { try checkFrames(Keys.context, words) }
    guard let box, box.x >= facts.resolution || box.y >= facts.resolution else { return }
    throw values.place(of: Keys.box).error(
      "the box \(box) lies outside the picture; \(facts.name) makes pictures of \(facts.resolution)×\(facts.resolution) pixels")
  }

  package func run(in editing: EditContext) throws -> EditResult {
    let settings = DiffusionSettings(
      method: editing.method, steps: steps, learningRate: learningRate ?? editing.facts.learningRate,
      weights: editing.facts.weights, normalization: normalization, snapshots: snapshots)
    var result = EditResult(frames: [])
    let pieces = try pieces(editing, &result.warnings)
    let isOne = contexts.count * pieces.count == 1
    var rows: [EditResult.Row] = []
    for (number, name) in contexts.enumerated() {
      let context = try editing.picture(name), stem = fileStem(context.name)
      result.ingredients.append(
        .init(name: contexts.count == 1 ? "context" : "context-\(number + 1)", label: "context: \(stem)", pixels: context.pixels))
      let contextCell = EditResult.Row.Cell.ingredient(result.ingredients.count - 1)
      var stitched: [EditResult.Row.Cell] = [], ends: [EditResult.Row.Cell] = []
      for piece in pieces {
        let diffusion = try editing.diffuse(into: context, piece: piece.piece, settings: settings)
        let label = [contexts.count > 1 ? stem : nil, piece.label].compactMap { $0 }.joined(separator: ", ")
        let first = result.frames.count
        result.frames += frames(of: diffusion, label)
        result.ingredients.append(
          .init(
            name: isOne ? "stitched" : "stitched-\(stitched.count + pieces.count * number + 1)",
            label: piece.label ?? "stitched", pixels: diffusion.stitched))
        stitched.append(.ingredient(result.ingredients.count - 1))
        ends.append(.frame(result.frames.count - 1))
        result.runs.append(.init(label: label, report: diffusion.report))
        if settings.snapshots > 0 || pieces.count == 1 {
          rows.append(.init(
            label: label, cells: [contextCell, stitched[stitched.count - 1]] + (first..<result.frames.count).map { .frame($0) }))
        }
      }
      // As in figure 13 of the supplement: stitched above its diffusion, size after size.
      if settings.snapshots == 0, pieces.count > 1 {
        rows.append(.init(label: "stitched, \(stem)", cells: [.photograph] + stitched))
        rows.append(.init(label: "diffused", cells: [contextCell] + ends))
      }
    }
    if !isOne { result.rows = rows }
    return result
  }

  private func frames(of diffusion: Diffusion, _ label: String) -> [EditResult.Frame] {
    let suffix = label.isEmpty ? "" : ", \(label)"
    var frames = diffusion.snapshots.map { EditResult.Frame(label: "step \($0.updates)\(suffix)", code: $0.code) }
    // The last snapshot is the end itself.
    if frames.last?.code != diffusion.code {
      frames.append(.init(label: label.isEmpty ? "diffused" : label, code: diffusion.code))
    }
    return frames
  }

  /// What is pasted, with a label where there are several.
  private func pieces(_ editing: EditContext, _ warnings: inout [String]) throws -> [(label: String?, piece: DiffusionPiece)] {
    if let mask { return [(nil, .mask(try editing.mask(mask)))] }
    let side = editing.facts.resolution, asked = box ?? Box.center(of: side)
    guard let sizes else {
      let box = try asked.clipped(to: side)
      if box != asked { warnings.append("the box \(asked) reaches beyond the picture; \(box) was used") }
      return [(nil, .box(box))]
    }
    return sizes.map { size in
      // About the middle of the box, moved so that all of it lies inside.
      func start(_ center: Int) -> Int { min(max(center - size / 2, 0), side - size) }
      let box = Box(x: start(asked.x + asked.width / 2), y: start(asked.y + asked.height / 2), width: size, height: size)
      return ("size \(size)", .box(box))
    }
  }
}

/// What a diffusion takes of a picture.
package enum DiffusionPiece: Sendable {
  case box(Box)
  /// Gray, of the model's size; white is taken.
  case mask(Picture)
}
