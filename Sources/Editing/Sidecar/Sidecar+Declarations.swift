import Inversion

extension Sidecar {
  package static let weightsDeclaration = Declaration(
    "weights", help: "weights of the loss terms",
    fields: [
      Field("pixel", .number(0...1e6), help: "weight of the pixel loss", defaultText: "the pack's, usually 1"),
      Field("perceptual", .number(0...1e6), help: "weight of the perceptual loss", defaultText: "the pack's, usually 5e-05"),
      Field("domain", .number(0...1e6), help: "weight of the domain loss", defaultText: "the pack's, usually 2"),
    ])

  package static let invertDeclaration = Declaration(
    "invert", help: "how the latent code is found",
    fields: [
      Field(
        "method", .choice(InversionMethod.allCases.map(\.rawValue)),
        help: "in-domain: encoder, then optimization; encoder: encoder only; image2stylegan: optimization from the average code; "
          + "conventional: an encoder trained on generated pictures only",
        default: .text(InversionMethod.inDomain.rawValue)),
      Field(
        "steps", .integer(0...EditLimits.maximumSteps), help: "optimization steps",
        defaultText: "the pack's, usually 100; 60 % of it with fast"),
      Field(
        "optimizer", .choice(OptimizerKind.allCases.map(\.rawValue)),
        help: "adam: as in the paper; fast: L-BFGS, as good or better in 60 % of the steps",
        default: .text(OptimizerKind.adam.rawValue)),
      Field("learning_rate", .number(0.000001...10), help: "learning rate", defaultText: "the pack's, usually 0.01"),
      Field("weights", .section(weightsDeclaration), help: "weights of the loss terms"),
      Field(
        "mask", .image, help: "a mask of what does not count: what it has in white, a hand before the face, is left to the model",
        defaultText: "none, everything counts"),
      Field(
        "keep", .choice(KeptCode.allCases.map(\.rawValue)), help: "which code to keep: after the last step, or with the lowest loss",
        default: .text(KeptCode.last.rawValue)),
      Field(
        "snapshots", .integer(0...EditLimits.maximumSnapshots), help: "intermediate pictures, at regular steps",
        default: .integer(0)),
    ])

  package static let outputDeclaration = Declaration(
    "output", help: "what to write besides pictures and report",
    fields: [
      Field("sheet", .boolean, help: "sheet.png, a contact sheet of everything", default: .boolean(true)),
      Field("report", .boolean, help: "report.html, a page to look at", default: .boolean(true)),
      Field("latents", .boolean, help: "the latent codes, as .safetensors and .npy", default: .boolean(true)),
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
          "align: the face, placed as in the training pictures; crop: the central square; pad: the whole photograph on a background; stretch: squeezed to a square, as in the paper's code",
        defaultText: "align if the pack has aligned faces, else crop"),
      Field(
        "face", .face, help: "which face: largest, all, its rank by size, or {near: [x, y]} in the photograph's pixels",
        default: .face(.largest)),
      Field(
        "landmarks", .points(5),
        help:
          "the face's points, by hand: eyes, nose, mouth corners; left before right as seen, in the photograph's pixels",
        defaultText: "detected"),
      Field(
        "paste", .boolean, help: "paste each frame back into the whole photograph: whole/ and mask.png",
        defaultText: "true with align or mask"),
      Field(
        "mask", .image,
        help: "where pasted frames show, white, and where the photograph stays, black: a picture of the photograph's size, or of the model's",
        defaultText: "a soft oval over the face"),
      Field("background", .color, help: "color behind transparent pixels and around padded pictures", defaultText: "the pack's"),
      Field("use", .code, help: "a code saved earlier, latent.safetensors or latent.npy, in place of an inversion", defaultText: "none"),
      Field("invert", .section(invertDeclaration), help: "how the latent code is found"),
      Field(
        "compare", .choices(InversionMethod.allCases.map(\.rawValue)),
        help: "methods whose inversions get the same edits, one row under the other; their files are in by-METHOD/", defaultText: "none"),
      Field(
        "animate", .choice(Animation.allCases.map(\.rawValue)),
        help: "webp: each row of frames as an animation, too, there and back; none: pictures only",
        default: .text(Animation.none.rawValue)),
      Field("edits", .edits, help: "edits to apply, in this order", defaultText: "[reconstruct]"),
      Field("output", .section(outputDeclaration), help: "what to write"),
    ]
  }
}

/// Moving pictures besides the frames.
package enum Animation: String, CaseIterable, Sendable {
  case none, webp
}
