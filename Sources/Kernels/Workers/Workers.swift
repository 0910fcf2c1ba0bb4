import CLinux
import Glibc
import Synchronization

/// The engine's own threads: a fork-join that costs about a microsecond while a step is running.
///
/// Work comes in numbered pieces that do not depend on the thread count. Who runs which piece is left to chance, so
/// a piece must write only where no other piece writes, and sums over pieces are taken afterwards in their order:
/// then results are the same bytes at every thread count.
///
/// A worker spins for a fraction of a millisecond after its last piece, then sleeps. The caller waits only for
/// pieces that were really started; a worker that wakes late finds nothing to do.
///
/// The caller and every second worker take pieces from the first on, the others from the last: two threads get the same
/// halves of each map, which they then find in their own caches, and meet wherever the slower one has come to.
///
/// Several threads may call `run`: they take turns. A piece must not call `run` itself.
package final class Workers: Sendable {
  /// Number of threads that share the work, the caller included.
  package var threads: Int { pool.threads }

  private let pool: ThreadPool

  /// Starts `threads - 1` threads; the caller of `run` is the other one.
  package init(threads: Int) {
    pool = ThreadPool(threads: max(1, threads))
    pool.start()
  }

  deinit { pool.stop() }

  private static let chosen = Mutex<Workers?>(nil)

  /// The workers that every kernel uses: those of the calling thread's share, or else the common ones, made on first use
  /// with `defaultThreadCount` threads.
  package static var current: Workers { WorkersShare.current?.workers ?? common }

  /// The workers of all threads that have none of their own.
  package static var common: Workers {
    chosen.withLock { chosen in
      if let chosen { return chosen }
      let workers = Workers(threads: Processors.defaultThreadCount())
      chosen = workers
      return workers
    }
  }

  /// Replaces the common workers. Work under way ends with those it began with.
  package static func use(threads: Int) {
    chosen.withLock { chosen in
      if chosen?.threads != max(1, threads) { chosen = Workers(threads: threads) }
    }
  }

  /// Calls `body` once for each piece in `0..<pieces` and returns when all are done.
  ///
  /// - Parameter body: gets the piece and the number of the worker that runs it, below `threads`; the latter only
  ///   to choose scratch memory.
  package func run(_ pieces: Int, _ body: (_ piece: Int, _ worker: Int) -> Void) {
    if pieces <= 1 || pool.threads == 1 {
      for piece in 0..<max(0, pieces) { body(piece, 0) }
    } else {
      withoutActuallyEscaping(body) { pool.run(pieces, $0) }
    }
  }
}

extension Workers {
  /// The piece that a worker will most likely run after this one; it may lie outside of those there are.
  func piece(after piece: Int, of worker: Int) -> Int {
    ThreadPool.takesFirst(worker) ? piece + (threads + 1) / 2 : piece - threads / 2
  }
}

/// What the threads share. They hold it, not `Workers`, so that the last user's release ends them.
private final class ThreadPool: @unchecked Sendable {
  let threads: Int
  private static let spins = 3_000

  // Who takes a piece off it owns it, and with it the right to read `body`: the job cannot end before that piece does.
  private let left = Atomic<UInt64>(0)
  private let unfinished = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let isStopping = Atomic<Bool>(false)
  private var body: ((_ piece: Int, _ worker: Int) -> Void)?
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let turn = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  init(threads: Int) {
    self.threads = threads
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
    pthread_mutex_init(turn, nil)
  }

  deinit {
    pthread_cond_destroy(wake)
    pthread_mutex_destroy(mutex)
    pthread_mutex_destroy(turn)
    wake.deallocate()
    mutex.deallocate()
    turn.deallocate()
  }

  private final class WorkerContext {
    let pool: ThreadPool
    let worker: Int
    init(_ pool: ThreadPool, _ worker: Int) { self.pool = pool; self.worker = worker }
  }

  func start() {
    for worker in 1..<threads {
      var thread = pthread_t()
      let context = Unmanaged.passRetained(WorkerContext(self, worker))
      let status = pthread_create(&thread, nil, { argument in
        let context = Unmanaged<WorkerContext>.fromOpaque(argument!).takeRetainedValue()
        context.pool.work(context.worker)
        return nil
      }, context.toOpaque())
      // Fewer threads only make it slower: the pieces are the same.
      if status == 0 { pthread_detach(thread) } else { context.release() }
    }
  }

  func stop() {
    isStopping.store(true, ordering: .sequentiallyConsistent)
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(mutex)
  }

  func run(_ pieces: Int, _ body: @escaping (Int, Int) -> Void) {
    pthread_mutex_lock(turn)
    self.body = body
    unfinished.store(pieces, ordering: .relaxed)
    left.store(Pieces(first: 0, end: UInt32(pieces)).bits, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
      pthread_mutex_lock(mutex)
      pthread_cond_broadcast(wake)
      pthread_mutex_unlock(mutex)
    }
    _ = takePieces(as: 0)
    var turns = 0
    while unfinished.load(ordering: .acquiring) != 0 {
      turns += 1
      if turns < ThreadPool.spins { idi_cpu_pause() } else { sched_yield() }
    }
    self.body = nil
    pthread_mutex_unlock(turn)
  }

  /// Runs pieces until none is left.
  ///
  /// - Returns: whether there was one.
  private func takePieces(as worker: Int) -> Bool {
    guard let first = nextPiece(for: worker) else { return false }
    unfinished.subtract(call(first, worker), ordering: .acquiringAndReleasing)
    return true
  }

  static func takesFirst(_ worker: Int) -> Bool { worker % 2 == 0 }

  private func nextPiece(for worker: Int) -> Int? {
    var seen = left.load(ordering: .acquiring)
    while true {
      var pieces = Pieces(bits: seen)
      guard let piece = ThreadPool.takesFirst(worker) ? pieces.popFirst() : pieces.popLast() else { return nil }
      let (isMine, now) = left.weakCompareExchange(
        expected: seen, desired: pieces.bits, successOrdering: .acquiringAndReleasing, failureOrdering: .acquiring)
      // Should the same pieces of a later job be left by now, then that one's is taken.
      if isMine { return piece }
      seen = now
    }
  }

  /// Pieces of a job that nobody has taken yet, in one word.
  private struct Pieces {
    var first: UInt32
    var end: UInt32

    init(first: UInt32, end: UInt32) { (self.first, self.end) = (first, end) }
    init(bits: UInt64) { (first, end) = (UInt32(truncatingIfNeeded: bits >> 32), UInt32(truncatingIfNeeded: bits)) }

    var bits: UInt64 { UInt64(first) << 32 | UInt64(end) }
    var isEmpty: Bool { first == end }

    mutating func popFirst() -> Int? {
      if isEmpty { return nil }
      first += 1
      return Int(first) - 1
    }

    mutating func popLast() -> Int? {
      if isEmpty { return nil }
      end -= 1
      return Int(end)
    }
  }

  // A call of its own, so that the reference to the closure is given up before its pieces count as finished: until then
  // all that can be taken belong to the same job. One reference for all of them: threads would fight for its count.
  @inline(never) private func call(_ first: Int, _ worker: Int) -> Int {
    let body = body!
    var next: Int? = first, finished = 0
    while let piece = next {
      body(piece, worker)
      finished += 1
      next = nextPiece(for: worker)
    }
    return finished
  }

  private func work(_ worker: Int) {
    while !isStopping.load(ordering: .relaxed) {
      if takePieces(as: worker) { continue }
      var turns = ThreadPool.spins
      while turns > 0 && Pieces(bits: left.load(ordering: .relaxed)).isEmpty { idi_cpu_pause(); turns -= 1 }
      if turns > 0 { continue }
      pthread_mutex_lock(mutex)
      sleepers.add(1, ordering: .sequentiallyConsistent)
      while Pieces(bits: left.load(ordering: .sequentiallyConsistent)).isEmpty
        && !isStopping.load(ordering: .sequentiallyConsistent) { pthread_cond_wait(wake, mutex) }
      sleepers.subtract(1, ordering: .sequentiallyConsistent)
      pthread_mutex_unlock(mutex)
    }
  }
}
