internal import Files
internal import Images
internal import Inversion
internal import Tensors

/// From squares to codes.
extension JobPictures {
  /// A picture with its code.
  func inverted(_ name: String, by method: InversionMethod) throws -> InvertedPicture { try inverted(fitted(name), by: method) }

  /// A square with its code.
  func inverted(_ fitted: FittedPicture, by method: InversionMethod) throws -> InvertedPicture {
    let name = fitted.name, square = InvertedSquare(name: Name(name), face: fitted.face, method: method)
    if let picture = invertedPictures[square] { return picture }
    if let picture = try given(fitted) {
      invertedPictures[square] = picture
      return picture
    }
    let settings = input.sidecar.inversionSettings(model.facts, method: method)
    let target = ImageTensors.tensor(fitted.pixels), mask = try counted(of: fitted)
    let identity = identity(
      of: [fitted.pixels] + [mask?.picture].compactMap { $0 }, mask == nil ? "invert" : "invert masked", settings.identity)
    let state = try run(identity: identity, steps: settings.updates) { stored, onStep in
      try invert(
        target: target, mask: mask?.tensor, model: model.model, settings: settings, identity: identity, resuming: stored,
        onStep: onStep)
    }
    let item = state.items[0]
    let startsAtEncoder = method == .encoder || method == .inDomain
    let encoder = startsAtEncoder
      ? item.start : try encoderGuess(target, mask: mask?.tensor, model: model.model, by: model.model.encode).values
    let picture = InvertedPicture(
      name: name, pixels: fitted.pixels, encoder: code(encoder), code: code(item.result(keep: settings.keep).code),
      snapshots: item.snapshots.map { Snapshot(updates: $0.updates, code: code($0.code)) },
      report: RunReport(item, keep: settings.keep), domainDistance: try domainDistance(of: encoder, item, settings),
      hasPhotograph: true)
    if method == input.sidecar.inversion.method, let limit = model.facts.domainLimit, let found = picture.domainDistance, Double(found) > limit {
      let distance = (Double(found) * 10_000).rounded() / 10_000
      note([
        "\(name): probably outside of what \(model.facts.name) was trained on (domain distance "
          + "\(distance), 99 of 100 training photographs are below \(limit)); expect a poor likeness"
      ])
    }
    note(picture.report.warnings.map { "\(name): \($0)" })
    invertedPictures[square] = picture
    return picture
  }

  /// What the generator makes of a saved code; nil for a picture.
  func squareOfCode(_ name: String) throws -> FittedPicture? {
    guard let file = savedCode(name) else { return nil }
    let pixels = try synthesize(CodeFile(file, model.facts).code)
    return FittedPicture(
      name: name, pixels: pixels, placement: Placement(width: pixels.width, height: pixels.height), face: 0, cut: .none)
  }

  /// A code that was saved instead of a picture, or that the sidecar uses in place of the photograph's own.
  private func given(_ fitted: FittedPicture) throws -> InvertedPicture? {
    let used = isPhotograph(fitted.name) ? input.sidecar.use.flatMap { input.picture($0)?.file } : nil
    guard let file = used ?? savedCode(fitted.name) else { return nil }
    let codes = try CodeFile(file, model.facts)
    return InvertedPicture(
      name: fitted.name, pixels: fitted.pixels, encoder: codes.encoder, code: codes.code, snapshots: [], report: RunReport(),
      domainDistance: nil, hasPhotograph: used != nil)
  }

  private func savedCode(_ name: String) -> InputFile? {
    input.pictures.first { Name($0.name) == Name(name) && CodeFile.isOne($0.bytes) }
  }

  /// Whether a picture is one of those that the job is about.
  func isPhotograph(_ name: String) -> Bool { input.photographs.contains { Name($0.name) == Name(name) } }

  /// A diffusion of a piece of one picture into another.
  func diffuse(
    _ subject: InvertedPicture, into context: FittedPicture, piece: DiffusionPiece, settings: DiffusionSettings
  ) throws -> Diffusion {
    let (target, around) = (ImageTensors.tensor(subject.pixels), ImageTensors.tensor(context.pixels))
    let mask: Tensor, what: String
    var pictures = [subject.pixels, context.pixels]
    switch piece {
    case .box(let box):
      mask = try box.mask(resolution: model.model.resolution)
      what = box.description + " " + settings.identity
    case .mask(let picture):
      mask = ImageTensors.mask(picture)
      what = settings.identity
      pictures.append(picture)
    }
    let identity = identity(of: pictures, "diffuse", what)
    let state = try run(identity: identity, steps: settings.updates) { stored, onStep in
      try Inversion.diffuse(
        target: target, context: around, mask: mask, model: model.model, settings: settings, identity: identity,
        resuming: stored, onStep: onStep)
    }
    let item = state.items[0]
    let stitched = try stitch(target: target, context: around, mask: mask)
    let report = RunReport(item, keep: settings.keep)
    note(report.warnings.map { "\(subject.name), diffused: \($0)" })
    return Diffusion(
      code: code(item.result(keep: settings.keep).code),
      snapshots: item.snapshots.map { Snapshot(updates: $0.updates, code: code($0.code)) },
      stitched: try ImageTensors.picture(stitched), report: report)
  }

  private func code(_ values: [Float]) -> LatentCode {
    LatentCode(layers: model.facts.layers, width: model.facts.width, values: values)
  }

  /// Takes an optimization from the store, or continues or runs it, and stores it.
  private func run(
    identity: String, steps: Int,
    _ optimize: (InversionState?, (InversionState) -> StepAction) throws -> InversionResult
  ) throws -> InversionState {
    // What cannot be read, or is not of this run, is computed again.
    if let bytes = store?.latent(for: identity), let state = try? InversionState(bytes: bytes),
      state.identity == identity, state.items.count == 1, state.items[0].finalLosses != nil,
      state.layers == model.facts.layers, state.width == model.facts.width
    {
      reusedInversions += 1
      return state
    }
    let stored = checkpoint?.identity == identity ? checkpoint : nil
    if stored != nil { checkpoint = nil }
    let result = try optimize(stored) { state in
      observer.progress(
        JobProgress(
          picture: phase.picture, phase: phase.name, step: state.step, steps: steps,
          losses: state.items[0].losses.last), state: { state.bytes })
    }
    guard result.outcome == .finished else { throw Self.stopped }
    if let last = result.last { try keep(code(last.codes.values), last.pictures) }
    store?.store(result.state.bytes, for: identity)
    return result.state
  }

  /// The domain term right after encoding: the mean of `(E(x) - E(G(E(x))))²`. What began there has it already.
  private func domainDistance(
    of encoder: [Float], _ item: InversionState.Item, _ settings: InversionSettings
  ) throws -> Float {
    if settings.effectiveWeights.domain != 0, item.start == encoder, let first = item.losses.first ?? item.finalLosses {
      return first.domain
    }
    let code = code(encoder)
    let codes = Tensor(encoder, [1, code.layers, code.width])
    return try model.model.domainDistance(codes, synthesis(of: code).pixels).item
  }

  /// What makes an optimization the same: pixels, pack, settings.
  private func identity(of pictures: [Picture], _ kind: String, _ settings: String) -> String {
    var digest = Digest()
    digest.add(Array("idinvert \(InversionState.numerics) \(kind)\n\(model.facts.name)\n\(model.facts.hash)\n\(settings)\n".utf8))
    for picture in pictures {
      digest.add(Array("\(picture.width) \(picture.height)\n".utf8))
      digest.add(picture.pixels)
    }
    return digest.finish()
  }
}
