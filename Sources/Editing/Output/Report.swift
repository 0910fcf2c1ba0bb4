internal import Faces
internal import Images
internal import Inversion

/// The pieces of `result.json`.
enum Report {
  static func pack(_ facts: ModelInfo) -> JSON {
    ["name": .text(facts.name), "version": .text(facts.version), "hash": .text(facts.hash), "license": .text(facts.license)]
  }

  static func input(_ file: InputFile) -> JSON {
    ["name": .text(file.name), "bytes": .integer(file.bytes.count), "sha256": .text(file.sha256)]
  }

  /// The settings as used: what the sidecar said, else the pack, else the paper.
  static func settings(_ sidecar: Sidecar, _ facts: ModelInfo) -> JSON {
    let invert = sidecar.inversionSettings(facts)
    return [
      "fit": .text(sidecar.fit(facts.alignment).rawValue),
      "face": .text(sidecar.face.shown),
      "paste": .boolean(sidecar.pastes(facts.alignment)),
      "mask": sidecar.mask.map(JSON.text) ?? .null,
      "use": sidecar.use.map(JSON.text) ?? .null,
      "background": .text((sidecar.background ?? facts.background).description),
      "invert": [
        "method": .text(invert.method.rawValue),
        "steps": .integer(invert.updates),
        "optimizer": .text(invert.optimizer.rawValue),
        "learning_rate": .number(invert.learningRate),
        "weights": weights(invert.effectiveWeights),
        "keep": .text(invert.keep.rawValue),
        "snapshots": .integer(invert.snapshots),
        "mask": sidecar.inversion.mask.map(JSON.text) ?? .null,
      ],
      "compare": .texts(sidecar.compared.map(\.rawValue)),
      "animate": .text(sidecar.animation.rawValue),
      "edits": .list(sidecar.edits.map(edit)),
      "output": [
        "sheet": .boolean(sidecar.wantsSheet), "report": .boolean(sidecar.wantsReport),
        "latents": .boolean(sidecar.wantsLatents),
      ],
    ]
  }

  private static func edit(_ edit: any Edit) -> JSON {
    let declaration = type(of: edit).declaration
    return JSON.present([("edit", .text(declaration.name))] + declaration.fields.map { field in
      (field.name, edit.values[field].map(value))
    })
  }

  private static func value(_ value: FieldValue) -> JSON {
    switch value {
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .boolean(let value): .boolean(value)
    case .text(let value): .text(value)
    case .box(let box): .list([box.x, box.y, box.width, box.height].map(JSON.integer))
    case .texts(let values): .texts(values)
    case .integers(let values): .list(values.map(JSON.integer))
    case .amounts(let amounts): .object(amounts.map { (key: $0.attribute, value: .number($0.amount)) })
    case .points(let points): .list(points.map(point))
    case .face(let face): .text(face.shown)
    case .layers, .section, .edits: .text(value.shown)
    }
  }

  /// The square's corners in the photograph, from the top left one on against the clock.
  static func placement(_ placement: Placement) -> JSON { ["quad": .list(placement.corners.map(point))] }

  static func face(_ face: FoundFace, number: Int) -> JSON {
    [
      "number": .integer(number), "box": .list([face.box.x1, face.box.y1, face.box.x2, face.box.y2].map(JSON.float)),
      "score": .number(face.score), "upright_score": .number(face.uprightScore),
      "landmarks": .list(face.points.map(point)),
    ]
  }

  static func point(_ point: Point) -> JSON { .list([.number(point.x), .number(point.y)]) }

  private static func weights(_ weights: LossWeights) -> JSON {
    ["pixel": .float(weights.pixel), "perceptual": .float(weights.perceptual), "domain": .float(weights.domain)]
  }

  static func terms(_ terms: LossTerms) -> JSON {
    [
      "pixel": .float(terms.pixel), "perceptual": .float(terms.perceptual), "domain": .float(terms.domain),
      "total": .float(terms.total),
    ]
  }

  /// `losses`, `best` and `kept` of an optimization.
  static func run(_ run: RunReport) -> [(String, JSON?)] {
    func curve(_ term: KeyPath<LossTerms, Float>) -> JSON { .list(run.losses.map { .float($0[keyPath: term]) }) }
    return [
      ("losses", [
        "pixel": curve(\.pixel), "perceptual": curve(\.perceptual), "domain": curve(\.domain), "total": curve(\.total),
      ]),
      ("best", run.best.map { ["updates": .integer($0.updates), "total": .float($0.total)] }),
      ("kept", JSON.present([("updates", .integer(run.keptUpdates)), ("losses", run.keptLosses.map(terms))])),
      ("diverged_at_step", run.divergedAt.map(JSON.integer)),
    ]
  }
}
