internal import CLinux
internal import Glibc
package import Images
internal import Synchronization

/// The decoder's process: one picture, and the end.
package enum DecoderChild {
  /// What makes a picture of a file.
  package typealias Decode = ([UInt8], AlphaHandling, PictureLimits, _ listener: PixelListener?) throws(ImageError) -> DecodedPicture

  private static let input: Int32 = 3
  private static let output: Int32 = 4
  /// Fewer pixels wait for others, in bytes: each piece wakes the other process.
  private static let leastPiece = 1 << 18
  /// What the pipe points to. Given back before the process ends, its memory would be written anew before the parent has read it.
  private static let lent = Mutex<[[UInt8]]>([])

  /// Reads a request from descriptor 3, confines itself, decodes, and writes the pixels, in pieces, and the answer into
  /// descriptor 4.
  ///
  /// - Parameter decode: the decoder; tests have worse ones.
  package static func run(
    _ decode: Decode = { (bytes, alpha, limits, listener) throws(ImageError) in
      try Picture.decode(bytes, name: "", alpha: alpha, limits: limits, listener: listener)
    }
  ) -> Never {
    guard let (request, file) = readInput() else {
      let text = "idinvert: decode is how the program decodes pictures; it asks itself\n"
      _ = unsafe Array(text.utf8).withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
      exit(2)
    }
    // What a library loads by itself has to be there before the doors are closed.
    Picture.prepareToDecode(file)
    if let problem = Confinement.enter(request.budget, output: output, parent: request.parent) {
      end(DecoderAnswer(.confinement, texts: [problem]))
    }
    var sent = 0
    do throws(ImageError) {
      let decoded = try decode(file, request.alpha, request.limits) { pixels in
        if pixels.byteCount - sent >= leastPiece { send(pixels, &sent) }
      }
      let picture = decoded.picture
      end(
        DecoderAnswer(.picture, width: picture.width, height: picture.height, texts: decoded.warnings), picture.pixels, sent: sent,
        decoded.alpha ?? [])
    } catch {
      end(answer(error))
    }
  }

  private static func answer(_ error: ImageError) -> DecoderAnswer {
    switch error.kind {
    case .truncated: DecoderAnswer(.truncated)
    case .corrupt(let text): DecoderAnswer(.corrupt, texts: [text])
    case .unsupported(let text): DecoderAnswer(.unsupported, texts: [text])
    case .overLimit(let text): DecoderAnswer(.overLimit, texts: [text])
    case .outOfMemory: DecoderAnswer(.outOfMemory)
    case .notAPicture, .tooManyPixels, .invalidSize, .decoderEnded, .noDecoder:
      // The parent has looked at all of that before.
      DecoderAnswer(.corrupt, texts: ["its header changed while it was read"])
    }
  }

  /// Sends what was not yet sent of these pixels, as one piece.
  private static func send(_ pixels: RawSpan, _ sent: inout Int) {
    guard pixels.byteCount > sent else { return }
    let piece = pixels.extracting(sent...)
    guard put(PieceHead(count: piece.byteCount).bytes), lend(piece) else { _exit(1) }
    sent = pixels.byteCount
  }

  /// Sends what is left, and the answer.
  private static func end(_ answer: DecoderAnswer, _ pixels: [UInt8] = [], sent: Int = 0, _ alpha: [UInt8] = []) -> Never {
    lent.withLock { $0 = [pixels, alpha] }
    var sent = sent
    unsafe send(pixels.span.bytes, &sent)
    let head = answer.bytes
    let padding = [UInt8](repeating: 0, count: DecoderAnswer.length - head.count)
    // Nothing of the process is worth tidying up.
    unsafe _exit(put(PieceHead.end.bytes + head + padding) && lend(alpha.span.bytes) ? 0 : 1)
  }

  private static func readInput() -> (DecoderRequest, file: [UInt8])? {
    var status = stat()
    guard unsafe fstat(input, &status) == 0, status.st_size >= DecoderRequest.length,
      let head = bytes(at: 0, count: DecoderRequest.length), let request = DecoderRequest(head),
      let file = bytes(at: DecoderRequest.length, count: Int(status.st_size) - DecoderRequest.length)
    else { return nil }
    close(input)
    return (request, file)
  }

  private static func bytes(at place: Int, count: Int) -> [UInt8]? {
    var isWhole = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      isWhole = transfer(count) { done in
        unsafe pread(input, buffer.baseAddress! + done, count - done, off_t(place + done))
      }
      initialized = isWhole ? count : 0
    }
    return isWhole ? bytes : nil
  }

  private static func put(_ bytes: [UInt8]) -> Bool {
    unsafe bytes.withUnsafeBytes { buffer in
      transfer(buffer.count) { done in unsafe write(output, buffer.baseAddress! + done, buffer.count - done) }
    }
  }

  /// Without a copy where the system lets it: the bytes stay as they are until the process ends, and its memory in the pipe
  /// after that.
  private static func lend(_ bytes: RawSpan) -> Bool {
    var isRefused = false
    return unsafe bytes.withUnsafeBytes { buffer in
      transfer(buffer.count) { done in
        if !isRefused {
          let count = unsafe idi_lend(output, buffer.baseAddress! + done, buffer.count - done)
          if count > 0 || errno == EINTR { return count }
          isRefused = true
        }
        return unsafe write(output, buffer.baseAddress! + done, buffer.count - done)
      }
    }
  }

  /// Repeats a call until it has taken everything.
  private static func transfer(_ count: Int, _ call: (_ done: Int) -> Int) -> Bool {
    var done = 0
    while done < count {
      let more = call(done)
      if more < 0, errno == EINTR { continue }
      guard more > 0 else { return false }
      done += more
    }
    return true
  }
}
