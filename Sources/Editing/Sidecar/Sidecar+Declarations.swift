internal import Images
internal import Inversion

extension Sidecar {
  /// The keys of a sidecar and of a job folder's `job.yaml`.
  enum Keys {
    // A job's photographs.
    static let image = Key("image", .image, help: "the photograph")
    static let images = Key("images", .images, help: "several photographs, each of which gets all edits")

    static let model = Key("model", .model, help: "name of the pack", defaultText: "the watch's")
    static let fit = Key<PhotographFit?>(
      "fit", .choice,
      help:
        "align: the face, placed as in the training pictures; crop: the central square; pad: the whole photograph on a background; stretch: squeezed to a square, as in the paper's code",
      defaultText: "align if the pack has aligned faces, else crop")
    static let face = Key(
      "face", .face, help: "which face: largest, all, its rank by size, or {near: [x, y]} in the photograph's pixels",
      default: .largest)
    static let landmarks = Key(
      "landmarks", .points(5),
      help:
        "the face's points, by hand: eyes, nose, mouth corners; left before right as seen, in the photograph's pixels",
      defaultText: "detected")
    static let paste = Key(
      "paste", .boolean, help: "paste each frame back into the whole photograph: whole/ and mask.png",
      defaultText: "true with align or mask")
    static let mask = Key(
      "mask", .image,
      help: "where pasted frames show, white, and where the photograph stays, black: a picture of the photograph's size, or of the model's",
      defaultText: "a soft oval over the face")
    static let background = Key(
      "background", .color, help: "color behind transparent pixels and around padded pictures", defaultText: "the pack's")
    static let use = Key(
      "use", .code, help: "a code saved earlier, latent.safetensors or latent.npy, in place of an inversion", defaultText: "none")
    static let invert = Key("invert", section: InversionRequest.declaration, help: "how the latent code is found")
    static let compare = Key<[InversionMethod]?>(
      "compare", .choices(),
      help: "methods whose inversions get the same edits, one row under the other; their files are in by-METHOD/", defaultText: "none")
    static let animate = Key(
      "animate", .choice, help: "webp: each row of frames as an animation, too, there and back; none: pictures only",
      default: Animation.none)
    static let edits = Key("edits", .edits, help: "edits to apply, in this order", defaultText: "[reconstruct]")
    static let output = Key("output", section: Output.declaration, help: "what to write")

    static let common: [any DeclaredKey] = [
      model, fit, face, landmarks, paste, mask, background, use, invert, compare, animate, edits, output,
    ]
  }

  /// `output`.
  enum Output {
    static let sheet = Key("sheet", .boolean, help: "sheet.png, a contact sheet of everything", default: true)
    static let report = Key("report", .boolean, help: "report.html, a page to look at", default: true)
    static let latents = Key("latents", .boolean, help: "the latent codes, as .safetensors and .npy", default: true)

    static let declaration = Declaration("output", help: "what to write besides pictures and report", [sheet, report, latents])
  }

  /// All keys of a sidecar.
  package static let declaration = Declaration("the sidecar", help: "instructions for a photograph", Keys.common)

  /// All keys of a job folder's `job.yaml`.
  package static let jobDeclaration = Declaration(
    "the job", help: "instructions for the photographs of a job folder", [Keys.image, Keys.images] + Keys.common)
}

/// Moving pictures besides the frames.
package enum Animation: String, CaseIterable, Sendable {
  case none, webp
}
