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
      let answerBytes = DecoderAnswer.length + info.width * info.height * 3
      let request = DecoderRequest(
        alpha: alpha, limits: limits, budget: allowed, parent: Int(getpid()), answerBytes: answerBytes)
      let input = try MemoryFile(request.bytes, bytes)
      let output = try MemoryFile(size: answerBytes)
      let child = try Child(program, input: input, output: output)
      let end = child.wait(seconds: allowed.seconds)
      if let problem = end.problem(allowed) { throw problem }
      guard let answer = DecoderAnswer(try output.read(at: 0, count: DecoderAnswer.length)) else {
        throw DecoderProblem(.decoderEnded("the decoder ended without an answer"))
      }
      return try picture(answer, info, output)
    } catch {
      throw ImageError(name: name, kind: error.kind)
    }
  }

  /// Takes an answer, which may be anything.
  private func picture(
    _ answer: DecoderAnswer, _ info: PictureInfo, _ output: borrowing MemoryFile
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
    let (area, overflow) = answer.width.multipliedReportingOverflow(by: answer.height)
    guard answer.width > 0, answer.height > 0, !overflow, area <= info.width * info.height,
      info.hasFixedSize ? (answer.width, answer.height) == (info.width, info.height) : true
    else { throw DecoderProblem(.decoderEnded("the decoder answered with a picture of another size")) }
    let pixels = try output.read(at: DecoderAnswer.length, count: area * 3)
    do throws(ImageError) {
      return DecodedPicture(
        picture: try Picture(width: answer.width, height: answer.height, pixels: pixels),
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
