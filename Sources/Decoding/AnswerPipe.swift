internal import CLinux
internal import Glibc
internal import Images

/// What a child writes or lends, and this process reads as it comes. A file in memory would have a page made and thrown away
/// for each 4 KiB of the pixels.
struct AnswerPipe: ~Copyable {
  private let reading: Int32
  private var writing: Int32?
  /// In the pipe at once: as much as a user may have, for each fill and each emptying wakes the other process.
  private static let capacity = 1 << 20

  init() throws(DecoderProblem) {
    var ends: (Int32, Int32) = (-1, -1)
    guard unsafe idi_pipe(Int32(Self.capacity), &ends.0, &ends.1) == 0 else { throw .call("pipe2") }
    let reading = try moved(ends.0)
    do throws(DecoderProblem) {
      writing = try moved(ends.1)
    } catch {
      close(reading)
      throw error
    }
    self.reading = reading
  }

  deinit {
    close(reading)
    if let writing { close(writing) }
  }

  /// Calls the body with the end that a child gets. Afterwards the child alone has it, so that its end is the answer's end.
  mutating func giveAway<Result: ~Copyable>(_ body: (Int32) throws(DecoderProblem) -> Result) throws(DecoderProblem) -> Result {
    guard let descriptor = writing else { preconditionFailure("a pipe is given away once") }
    defer {
      close(descriptor)
      writing = nil
    }
    return try body(descriptor)
  }

  /// - Returns: `count` bytes, or fewer where the answer ends or the deadline passes before.
  borrowing func read(_ count: Int, until deadline: Deadline) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let read = unsafe bytes.withUnsafeMutableBytes { unsafe fill($0, until: deadline) }
    bytes.removeLast(count - read)
    return bytes
  }

  /// Reads pieces up to their end while the child makes the next ones.
  ///
  /// - Parameter most: what all of them may have, in bytes.
  /// - Returns: nil where there are more.
  borrowing func readPieces(atMost most: Int, until deadline: Deadline) -> Pieces? {
    var isWhole = false, isTooMuch = false
    // Memory that is not filled costs nothing.
    let pixels = unsafe [UInt8](unsafeUninitializedCapacity: most) { buffer, initialized in
      let room = UnsafeMutableRawBufferPointer(buffer)
      unsafe askForLargePages(room)
      var emptied = 0
      while true {
        // The system empties memory when it is first touched, which takes as long as a copy: done while there is nothing to copy.
        while max(emptied, initialized) < most, !hasSomething {
          let start = max(emptied, initialized)
          emptied = min(start + Self.capacity, most)
          _ = unsafe memset(room.baseAddress! + start, 0, emptied - start)
        }
        guard let head = PieceHead(read(PieceHead.length, until: deadline)) else { return }
        if head == .end {
          isWhole = true
          return
        }
        isTooMuch = head.count > most - initialized
        if isTooMuch { return }
        let piece = unsafe UnsafeMutableRawBufferPointer(rebasing: room[initialized..<initialized + head.count])
        let filled = unsafe fill(piece, until: deadline)
        initialized += filled
        if filled < head.count { return }
      }
    }
    return isTooMuch ? nil : Pieces(pixels: pixels, isWhole: isWhole)
  }

  /// What came of a picture.
  struct Pieces {
    let pixels: [UInt8]
    /// Whether the end of the pieces came.
    let isWhole: Bool
  }

  /// Whether there is something to read now, or the end.
  private var hasSomething: Bool {
    var wanted = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&wanted, 1, 0) > 0
  }

  /// Fills all of `buffer`, or less where the answer ends or the deadline passes before.
  ///
  /// - Returns: how many were read.
  private borrowing func fill(_ buffer: UnsafeMutableRawBufferPointer, until deadline: Deadline) -> Int {
    var done = 0
    while done < buffer.count, deadline.waits(for: reading) {
      let more = unsafe Glibc.read(reading, buffer.baseAddress! + done, buffer.count - done)
      if more < 0, errno == EINTR { continue }
      if more <= 0 { break }
      done += more
    }
    return done
  }
}

/// When a child's time is over.
struct Deadline {
  private let clock = SuspendingClock()
  private let end: SuspendingClock.Instant

  init(seconds: Int) {
    end = clock.now + .seconds(seconds)
  }

  /// What is left; 0 or less when nothing is.
  var milliseconds: Int32 { Int32(clamping: Int(((end - clock.now) / .milliseconds(1)).rounded(.up))) }

  /// Waits until a descriptor has something to read, or its end.
  ///
  /// - Returns: false where the time is over before.
  func waits(for descriptor: Int32) -> Bool {
    while true {
      let left = milliseconds
      if left <= 0 { return false }
      var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      if unsafe poll(&wanted, 1, left) > 0 { return true }
    }
  }
}
