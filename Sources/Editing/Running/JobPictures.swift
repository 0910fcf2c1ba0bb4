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
  let whole: WholePhotograph?
  let squares: [FittedPicture]
  /// All faces that were found in it, largest first.
  let faces: [FoundFace]
}

/// A square of a picture, by the picture's name and the face's number, and how its code was found.
struct InvertedSquare: Hashable {
  let name: Name
  let face: Int
  let method: InversionMethod
}

/// A code with what the generator made of it.
struct Synthesis {
  let code: LatentCode
  let pixels: Tensor
  let picture: Picture
}

/// The pictures of one job, from bytes to codes; each is decoded and inverted once.
final class JobPictures {
  let model: LoadedModel
  let input: JobInput
  let options: EditorOptions
  let store: (any LatentStore)?
  let observer: any JobObserver
  private let background: PixelColor
  var checkpoint: InversionState?
  /// By the names of the files, to the byte: two spellings of one letter are two files.
  private var fittedPictures: [Name: FittedPicture] = [:]
  var invertedPictures: [InvertedSquare: InvertedPicture] = [:]
  /// Gray, upright.
  var masks: [Name: Picture] = [:]
  private var detector: FaceDetector?
  private var syntheses: [Synthesis] = []
  private(set) var warnings: [String] = []
  var reusedInversions = 0
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
    background = input.sidecar.background ?? model.facts.background
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
    let framed = try framed(try decoded(name, over: background), name, isSubject: false)
    guard let square = framed.squares.first else { throw EditingError(.refuse, "\(printable(name)): gives no picture") }
    fittedPictures[Name(name)] = square
    return square
  }

  /// The squares of a photograph that is to be edited, and the photograph itself where frames are put back into it.
  func prepared(_ name: String) throws -> PreparedPhotograph {
    if let square = try squareOfCode(name) { return PreparedPhotograph(whole: nil, squares: [square], faces: []) }
    let pastes = input.sidecar.pastes(model.facts.alignment)
    let decoded = try decoded(name, pastes ? .keep : .over(background))
    warnings += decoded.warnings.map { "\(name): \($0)" }
    let picture = decoded.flattened(over: background)
    let framed = try framed(picture, name, isSubject: true)
    if let first = framed.squares.first, first.face <= 1, input.sidecar.landmarks == nil { fittedPictures[Name(name)] = first }
    return PreparedPhotograph(
      whole: pastes ? whole(decoded, flattened: picture) : nil, squares: framed.squares, faces: framed.faces)
  }

  /// A photograph with the colors that it has under its transparency, which it keeps.
  private func whole(_ decoded: DecodedPicture, flattened: Picture) -> WholePhotograph {
    let alpha = decoded.alpha.flatMap { $0.contains { $0 < 255 } ? $0 : nil }
    return WholePhotograph(
      picture: alpha == nil ? flattened : decoded.picture, alpha: alpha, captureDate: decoded.info.captureDate)
  }

  var framing: Framing { Framing(sidecar: input.sidecar, facts: model.facts, background: background) }

  private func framed(_ picture: Picture, _ name: String, isSubject: Bool) throws -> Framing.Result {
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

  func decoded(_ name: String, over background: PixelColor) throws -> Picture {
    let decoded = try decoded(name, .over(background))
    warnings += decoded.warnings.map { "\(name): \($0)" }
    return decoded.picture
  }

  private func decoded(_ name: String, _ alpha: AlphaHandling) throws -> DecodedPicture {
    guard let (file, _) = input.picture(name) else {
      throw EditingError(.refuse, "\(escaped(Array(name.utf8))) was not dropped together with its instructions")
    }
    do {
      return try options.decoder.decode(file.bytes, name: name, alpha: alpha, limits: options.pictureLimits)
    } catch {
      throw EditingError(error.isTruncated ? .truncated : error.mayPass ? .retry : .refuse, error.description)
    }
  }

  /// The picture of a code.
  func synthesize(_ code: LatentCode) throws -> Picture { try synthesis(of: code).picture }

  /// What the generator makes of a code. The last few are kept: a reconstruction is the inverted code again, and without
  /// optimization that is the encoder's.
  func synthesis(of code: LatentCode) throws -> Synthesis {
    if let index = syntheses.firstIndex(where: { $0.code == code }) {
      syntheses.append(syntheses.remove(at: index))
      return syntheses.last!
    }
    return try keep(code, model.model.synthesize(Tensor(code.values, [1, code.layers, code.width])))
  }

  @discardableResult func keep(_ code: LatentCode, _ pixels: Tensor) throws -> Synthesis {
    let new = Synthesis(code: code, pixels: pixels, picture: try ImageTensors.picture(pixels))
    syntheses.append(new)
    if syntheses.count > Self.keptSyntheses { syntheses.removeFirst() }
    return new
  }

  private func report(step: Int, steps: Int, losses: LossTerms?, state: (() -> [UInt8])?) throws {
    let progress = JobProgress(picture: phase.picture, phase: phase.name, step: step, steps: steps, losses: losses)
    if observer.progress(progress, state: state) == .stop { throw Self.stopped }
  }

  /// Those of the encoder, of the inverted code, and one of an edit.
  private static let keptSyntheses = 3
  static let stopped = EditingError(.stopped, "the job was stopped")
}
