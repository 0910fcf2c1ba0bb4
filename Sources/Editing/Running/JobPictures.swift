internal import Faces
internal import Files
internal import Images
internal import Inversion
internal import PrintableText
internal import Tensors
internal import WeightFiles

/// A photograph ready to be edited.
struct PreparedPhotograph {
  /// nil where nothing is put back into it.
  let whole: Picture?
  let squares: [FittedPicture]
  /// All faces that were found in it, largest first.
  let faces: [FoundFace]
}

/// A square of a picture, by the picture's name and the face's number.
private struct Square: Hashable {
  let name: Name
  let face: Int
}

/// A code with what the generator made of it.
private struct Synthesis {
  let code: LatentCode
  let pixels: Tensor
  let picture: Picture
}

/// The pictures of one job, from bytes to codes; each is decoded and inverted once.
final class JobPictures {
  let model: LoadedModel
  private let input: JobInput
  private let options: EditorOptions
  private let store: (any LatentStore)?
  private let observer: any JobObserver
  private let settings: InversionSettings
  private let background: PixelColor
  private var checkpoint: InversionState?
  /// By the names of the files, to the byte: two spellings of one letter are two files.
  private var fittedPictures: [Name: FittedPicture] = [:]
  private var invertedPictures: [Square: InvertedPicture] = [:]
  private var detector: FaceDetector?
  private var syntheses: [Synthesis] = []
  private(set) var warnings: [String] = []
  private(set) var reusedInversions = 0
  /// What the running optimization is for, as progress shows it.
  var phase = (picture: "", name: JobProgress.Phase.decoding)

  init(
    model: LoadedModel, input: JobInput, options: EditorOptions, store: (any LatentStore)?, observer: any JobObserver
  ) {
    self.model = model
    self.input = input
    self.options = options
    self.store = store
    self.observer = observer
    settings = input.sidecar.inversionSettings(model.facts)
    background = color(input.sidecar.background ?? model.facts.background)
    // A checkpoint that cannot be read is as good as none: the work is done again.
    checkpoint = observer.checkpoint.flatMap { try? InversionState(bytes: $0) }
  }

  /// Says where the job is.
  ///
  /// - Throws: `EditingError` (`stopped`) when the observer wants the end.
  func announce(_ name: JobProgress.Phase, picture: String) throws {
    phase = (picture, name)
    try report(step: 0, steps: 0, losses: nil, state: nil)
  }

  func note(_ lines: [String]) { warnings += lines }

  /// A picture at the model's size; of its faces the largest.
  func fitted(_ name: String) throws -> FittedPicture {
    if let picture = fittedPictures[Name(name)] { return picture }
    if let (file, note) = input.picture(name), let note {
      warnings.append(note)
      let square = try fitted(file.name)
      fittedPictures[Name(name)] = square
      return square
    }
    if let square = try squareOfCode(name) {
      fittedPictures[Name(name)] = square
      return square
    }
    let framed = try framed(try decoded(name), name, isSubject: false)
    guard let square = framed.squares.first else { throw EditingError(.refuse, "\(printable(name)): gives no picture") }
    fittedPictures[Name(name)] = square
    return square
  }

  /// The squares of a photograph that is to be edited, and the photograph itself where frames are put back into it.
  func prepared(_ name: String) throws -> PreparedPhotograph {
    if let square = try squareOfCode(name) { return PreparedPhotograph(whole: nil, squares: [square], faces: []) }
    let picture = try decoded(name)
    let framed = try framed(picture, name, isSubject: true)
    if let first = framed.squares.first, first.face <= 1, input.sidecar.landmarks == nil { fittedPictures[Name(name)] = first }
    return PreparedPhotograph(
      whole: input.sidecar.pastes(model.facts.alignment) ? picture : nil, squares: framed.squares, faces: framed.faces)
  }

  private func framed(_ picture: Picture, _ name: String, isSubject: Bool) throws -> Framing.Result {
    let framing = Framing(sidecar: input.sidecar, facts: model.facts, background: background)
    let result = try framing.squares(of: picture, name: name, isSubject: isSubject) {
      if let detector { return detector }
      do throws(WeightFileError) {
        let bundled = try FaceDetector.bundled()
        detector = bundled
        return bundled
      } catch {
        throw EditingError(.refuse, "\(error)")
      }
    }
    warnings += result.warnings
    return result
  }

  private func decoded(_ name: String) throws -> Picture {
    guard let (file, _) = input.picture(name) else {
      throw EditingError(.refuse, "\(escaped(Array(name.utf8))) was not dropped together with its instructions")
    }
    do {
      let decoded = try Picture.decode(
        file.bytes, name: name, alpha: .over(background), limits: options.pictureLimits)
      warnings += decoded.warnings.map { "\(name): \($0)" }
      return decoded.picture
    } catch {
      throw EditingError(error.isTruncated ? .truncated : .refuse, error.description)
    }
  }

  /// A picture with its code.
  func inverted(_ name: String) throws -> InvertedPicture { try inverted(fitted(name)) }

  /// A square with its code.
  func inverted(_ fitted: FittedPicture) throws -> InvertedPicture {
    let name = fitted.name, square = Square(name: Name(name), face: fitted.face)
    if let picture = invertedPictures[square] { return picture }
    if let picture = try given(fitted) {
      invertedPictures[square] = picture
      return picture
    }
    let target = ImageTensors.tensor(fitted.pixels)
    let identity = identity(of: [fitted.pixels], "invert", settings.identity)
    let state = try run(identity: identity, steps: settings.updates) { stored, onStep in
      try invert(
        target: target, model: model.model, settings: settings, identity: identity, resuming: stored, onStep: onStep)
    }
    let item = state.items[0]
    let startsAtEncoder = settings.method == .encoder || settings.method == .inDomain
    let encoder = startsAtEncoder ? item.start : try model.model.encode(target).values
    let picture = InvertedPicture(
      name: name, pixels: fitted.pixels, encoder: code(encoder), code: code(item.result(keep: settings.keep).code),
      snapshots: item.snapshots.map { Snapshot(updates: $0.updates, code: code($0.code)) },
      report: RunReport(item, keep: settings.keep), domainDistance: try domainDistance(of: encoder, item))
    if let limit = model.facts.domainLimit, let found = picture.domainDistance, Double(found) > limit {
      let distance = (Double(found) * 10_000).rounded() / 10_000
      warnings.append(
        "\(name): probably outside of what \(model.facts.name) was trained on (domain distance "
          + "\(distance), 99 of 100 training photographs are below \(limit)); expect a poor likeness")
    }
    warnings += picture.report.warnings.map { "\(name): \($0)" }
    invertedPictures[square] = picture
    return picture
  }

  /// What the generator makes of a saved code; nil for a picture.
  private func squareOfCode(_ name: String) throws -> FittedPicture? {
    guard let file = input.pictures.first(where: { Name($0.name) == Name(name) }), CodeFile.isOne(file.bytes) else { return nil }
    let pixels = try synthesize(CodeFile(file, model.facts).code)
    return FittedPicture(
      name: name, pixels: pixels, placement: Placement(width: pixels.width, height: pixels.height), face: 0)
  }

  /// A code that was saved instead of a picture.
  private func given(_ fitted: FittedPicture) throws -> InvertedPicture? {
    guard let file = input.pictures.first(where: { Name($0.name) == Name(fitted.name) }), CodeFile.isOne(file.bytes) else { return nil }
    let codes = try CodeFile(file, model.facts)
    return InvertedPicture(
      name: fitted.name, pixels: fitted.pixels, encoder: codes.encoder, code: codes.code, snapshots: [], report: RunReport(),
      domainDistance: nil)
  }

  /// A diffusion of one picture's box into another.
  func diffuse(
    _ subject: InvertedPicture, into context: FittedPicture, box: Box, settings: DiffusionSettings
  ) throws -> Diffusion {
    let (target, around) = (ImageTensors.tensor(subject.pixels), ImageTensors.tensor(context.pixels))
    let identity = identity(of: [subject.pixels, context.pixels], "diffuse", box.description + " " + settings.identity)
    let state = try run(identity: identity, steps: settings.steps) { stored, onStep in
      try Inversion.diffuse(
        target: target, context: around, box: box, model: model.model, settings: settings, identity: identity,
        resuming: stored, onStep: onStep)
    }
    let item = state.items[0]
    let stitched = try stitch(target: target, context: around, mask: box.mask(resolution: model.model.resolution))
    let report = RunReport(item, keep: settings.keep)
    warnings += report.warnings.map { "\(subject.name), diffused: \($0)" }
    return Diffusion(
      code: code(item.result(keep: settings.keep).code),
      snapshots: item.snapshots.map { Snapshot(updates: $0.updates, code: code($0.code)) },
      stitched: try ImageTensors.picture(stitched), report: report)
  }

  /// The picture of a code.
  func synthesize(_ code: LatentCode) throws -> Picture { try synthesis(of: code).picture }

  /// What the generator makes of a code. The last few are kept: a reconstruction is the inverted code again, and without
  /// optimization that is the encoder's.
  private func synthesis(of code: LatentCode) throws -> Synthesis {
    if let index = syntheses.firstIndex(where: { $0.code == code }) {
      syntheses.append(syntheses.remove(at: index))
      return syntheses.last!
    }
    return try keep(code, model.model.synthesize(Tensor(code.values, [1, code.layers, code.width])))
  }

  @discardableResult private func keep(_ code: LatentCode, _ pixels: Tensor) throws -> Synthesis {
    let new = Synthesis(code: code, pixels: pixels, picture: try ImageTensors.picture(pixels))
    syntheses.append(new)
    if syntheses.count > Self.keptSyntheses { syntheses.removeFirst() }
    return new
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

  private func report(step: Int, steps: Int, losses: LossTerms?, state: (() -> [UInt8])?) throws {
    let progress = JobProgress(picture: phase.picture, phase: phase.name, step: step, steps: steps, losses: losses)
    if observer.progress(progress, state: state) == .stop { throw Self.stopped }
  }

  /// Those of the encoder, of the inverted code, and one of an edit.
  private static let keptSyntheses = 3
  private static let stopped = EditingError(.stopped, "the job was stopped")

  /// The domain term right after encoding: the mean of `(E(x) - E(G(E(x))))²`. What began there has it already.
  private func domainDistance(of encoder: [Float], _ item: InversionState.Item) throws -> Float {
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

/// A color that was checked when it was read; white for anything else.
private func color(_ text: String) -> PixelColor {
  guard text.utf8.count == 7, let value = UInt32(text.dropFirst(), radix: 16) else { return .white }
  return PixelColor(
    red: UInt8(truncatingIfNeeded: value >> 16), green: UInt8(truncatingIfNeeded: value >> 8),
    blue: UInt8(truncatingIfNeeded: value))
}
