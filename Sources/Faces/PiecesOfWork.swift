internal import Kernels
internal import Synchronization

/// What each piece gives, in the order of the pieces, whichever thread took it.
func inPieces<Result: Sendable>(_ count: Int, _ body: (_ piece: Int) -> Result) -> [Result] {
  let results = Mutex<[Result?]>(Array(repeating: nil, count: max(0, count)))
  Workers.current.run(count) { piece, _ in
    let result = body(piece)
    results.withLock { $0[piece] = result }
  }
  return results.withLock { $0.compactMap { $0 } }
}

/// `0..<count` in runs of at most `length`.
func runs(of count: Int, length: Int) -> [Range<Int>] {
  stride(from: 0, to: count, by: length).map { $0..<min(count, $0 + length) }
}
