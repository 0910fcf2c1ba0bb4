internal import CLinux
internal import Glibc
package import Images
internal import PrintableText

/// Decodes each picture in a process of its own that can do nothing else. Whatever a decoder does there, one picture fails.
package struct DecoderProcess: PictureDecoding {
  /// The program that decodes, which is this one.
  private let program: String
  private let budget: (@Sendable (DecoderBudget) -> DecoderBudget)?

  package init() {
    self.init(program: "/proc/self/exe")
  }

  /// - Parameters:
  ///   - program: a path; it is started with `decode` as its only argument.
  ///   - budget: changes what a decode may cost.
  package init(program: String, budget: (@Sendable (DecoderBudget) -> DecoderBudget)? = nil) {
    self.program = program
    self.budget = budget
  }

  /// - Throws: `ImageError`: what `Picture.decode` throws, `decoderEnded` where the decoder crashed, hung, or took or wrote
  ///   too much, and `noDecoder` where there could be none.
  package func decode(
    _ bytes: [UInt8], name: String, alpha: AlphaHandling, limits: PictureLimits
  ) throws(ImageError) -> DecodedPicture {
    let info = try PictureInfo(of: bytes, name: name, limits: limits)
    var allowed = DecoderBudget(for: info, fileBytes: bytes.count, limits: limits)
    if let budget { allowed = budget(allowed) }
    do throws(DecoderProblem) {
      let request = DecoderRequest(alpha: alpha, limits: limits, budget: allowed, parent: Int(getpid()))
      let input = try MemoryFile(request.bytes, bytes)
      var pipe = try AnswerPipe()
      let deadline = Deadline(seconds: allowed.seconds)
      let child = try pipe.giveAway { (output) throws(DecoderProblem) in try Child(program, input: input, output: output) }
      let received = receive(pipe, info, hasAlpha: alpha == .keep && info.hasAlpha, until: deadline)
      // Whoever answers nonsense is not waited for.
      if case .nonsense = received { child.kill() }
      let end = child.wait(until: deadline)
      switch received {
      case .nonsense(let problem): throw DecoderProblem(.decoderEnded(problem))
      case .nothing: throw end.problem(allowed) ?? DecoderProblem(.decoderEnded("the decoder ended without an answer"))
      case .answer(let answer, let pixels, let opacity):
        if let problem = end.problem(allowed) { throw problem }
        return try picture(answer, pixels, opacity, info)
      }
    } catch {
      throw ImageError(name: name, kind: error.kind)
    }
  }

  /// What came through the pipe.
  private enum Received {
    case answer(DecoderAnswer, pixels: [UInt8], alpha: [UInt8]?)
    /// With what is wrong.
    case nonsense(String)
    case nothing
  }

  /// Takes pixels and an answer, which may be anything. Memory is taken only for a picture of the size that the header told.
  private func receive(_ pipe: borrowing AnswerPipe, _ info: PictureInfo, hasAlpha: Bool, until deadline: Deadline) -> Received {
    guard let pieces = pipe.readPieces(atMost: info.width * info.height * 3, until: deadline) else {
      return .nonsense("the decoder wrote more than its picture")
    }
    guard pieces.isWhole, let answer = DecoderAnswer(pipe.read(DecoderAnswer.length, until: deadline)) else { return .nothing }
    guard answer.outcome == .picture else { return .answer(answer, pixels: [], alpha: nil) }
    let (area, overflow) = answer.width.multipliedReportingOverflow(by: answer.height)
    guard answer.width > 0, answer.height > 0, !overflow, area <= info.width * info.height, pieces.pixels.count == area * 3,
      info.hasFixedSize ? (answer.width, answer.height) == (info.width, info.height) : true
    else { return .nonsense("the decoder answered with a picture of another size") }
    let alpha = hasAlpha ? pipe.read(area, until: deadline) : nil
    guard alpha.map({ $0.count == area }) ?? true else { return .nothing }
    guard pipe.read(1, until: deadline).isEmpty else { return .nonsense("the decoder wrote more than its picture") }
    return .answer(answer, pixels: pieces.pixels, alpha: alpha)
  }

  private func picture(
    _ answer: DecoderAnswer, _ pixels: [UInt8], _ alpha: [UInt8]?, _ info: PictureInfo
  ) throws(DecoderProblem) -> DecodedPicture {
    let text = answer.texts.first ?? "no reason given"
    switch answer.outcome {
    case .picture: break
    case .truncated: throw DecoderProblem(.truncated)
    case .corrupt: throw DecoderProblem(.corrupt(text))
    case .unsupported: throw DecoderProblem(.unsupported(text))
    case .overLimit: throw DecoderProblem(.overLimit(text))
    case .outOfMemory: throw DecoderProblem(.outOfMemory)
    case .confinement: throw DecoderProblem(.noDecoder("the decoder cannot be confined: \(text)"))
    }
    do throws(ImageError) {
      return DecodedPicture(
        picture: try Picture(width: answer.width, height: answer.height, pixels: pixels), alpha: alpha,
        info: info.sized(width: answer.width, height: answer.height), warnings: answer.texts)
    } catch {
      throw DecoderProblem(error.kind)
    }
  }
}

/// A problem that does not yet know its file.
struct DecoderProblem: Error {
  let kind: ImageError.Kind

  init(_ kind: ImageError.Kind) {
    self.kind = kind
  }

  /// A call that failed here, before there was a decoder.
  static func call(_ name: String, _ number: Int32 = errno) -> DecoderProblem {
    DecoderProblem(.noDecoder("\(name): \(unsafe String(cString: strerror(number)))"))
  }
}
