import Inversion

extension Sidecar {
  package static let weightsDeclaration = Declaration(
    "weights", help: "factors of the loss terms",
    fields: [
      Field("pixel", .number(0...1e6), help: "of the pixels' difference", defaultText: "the pack's, usually 1"),
      Field("perceptual", .number(0...1e6), help: "of the features' difference", defaultText: "the pack's, usually 5e-05"),
      Field("domain", .number(0...1e6), help: "of the encoder's difference", defaultText: "the pack's, usually 2"),
    ])

  package static let invertDeclaration = Declaration(
    "invert", help: "how the code is found",
    fields: [
      Field(
        "method", .choice(InversionMethod.allCases.map(\.rawValue)),
        help: "in-domain: encoder, then optimization; encoder: alone; image2stylegan: optimization from the average, no encoder; "
          + "conventional: an encoder trained on generated pictures only, alone",
        default: .text(InversionMethod.inDomain.rawValue)),
      Field(
        "steps", .integer(0...EditLimits.maximumSteps), help: "steps of the optimization",
        defaultText: "the pack's, usually 100; with fast, three fifths of them"),
      Field(
        "optimizer", .choice(OptimizerKind.allCases.map(\.rawValue)),
        help: "adam: as in the paper; fast: L-BFGS, as good or better in three fifths of the steps",
        default: .text(OptimizerKind.adam.rawValue)),
      Field("learning_rate", .number(0.000001...10), help: "step width", defaultText: "the pack's, usually 0.01"),
      Field("weights", .section(weightsDeclaration), help: "factors of the loss terms"),
      Field(
        "keep", .choice(KeptCode.allCases.map(\.rawValue)), help: "the code after the last step, or the one with the lowest loss",
        default: .text(KeptCode.last.rawValue)),
      Field(
        "snapshots", .integer(0...EditLimits.maximumSnapshots), help: "pictures on the way, at regular steps",
        default: .integer(0)),
    ])

  package static let outputDeclaration = Declaration(
    "output", help: "what is written beside the pictures and the report",
    fields: [
      Field("sheet", .boolean, help: "sheet.png, everything at a glance", default: .boolean(true)),
      Field("latents", .boolean, help: "the codes, as .safetensors and .npy", default: .boolean(true)),
    ])

  /// All keys of a sidecar.
  package static let declaration = Declaration("the sidecar", help: "instructions for a photograph", fields: fields)

  /// All keys of a job folder's `job.yaml`.
  package static let jobDeclaration = Declaration(
    "the job", help: "instructions for the photographs of a job folder",
    fields: [
      Field("image", .image, help: "the photograph"),
      Field("images", .images, help: "several photographs, each of which gets all edits"),
    ] + fields)

  private static var fields: [Field] {
    [
      Field("model", .model, help: "name of the pack", defaultText: "the watch's"),
      Field(
        "fit", .choice(PhotographFit.allCases.map(\.rawValue)),
        help:
          "align: the face, placed as in the pack's training pictures; crop: the middle square; pad: all of it, with background; stretch: squeezed, as in the paper's code",
        defaultText: "align with a pack of aligned faces, else crop"),
      Field(
        "face", .face, help: "which face: largest, all, a number counted from the largest, or {near: [x, y]} in the photograph's pixels",
        default: .face(.largest)),
      Field(
        "landmarks", .points(5),
        help:
          "the face by hand: eyes, nose, corners of the mouth, left before right as seen in the picture, in the photograph's pixels",
        defaultText: "found"),
      Field(
        "paste", .boolean, help: "put each frame back into the whole photograph: whole/ and mask.png",
        defaultText: "true with align, else false"),
      Field("background", .color, help: "behind transparent pixels, around padded pictures", defaultText: "the pack's"),
      Field("invert", .section(invertDeclaration), help: "how the code is found"),
      Field("edits", .edits, help: "what is done with it, in this order", defaultText: "[reconstruct]"),
      Field("output", .section(outputDeclaration), help: "what is written"),
    ]
  }
}
