internal import Slurm

/// Which jobs are out with Slurm, and what is to be done next about them. Touches neither disk nor clock: `next` says what is
/// to be done, one thing at a time, and is told how it went.
///
/// The answer's file decides; what Slurm says counts only where there is none. An attempt counts until the intent of the next
/// is on disk.
package struct RemoteTable: Sendable {
  /// A job in the table's hands.
  struct Entry: Sendable {
    var job: RemoteJob
    var record: RemoteRecord
    /// The batch it is out with; nil while it waits.
    var batch: String?
    /// While it waits: since when, and not before.
    var since: Duration
    var notBefore: Duration
    var hasBegun = false
    /// How far it is; 0 where that is not known.
    var step = 0
    /// Whether its attempt saved a state from which the next goes on.
    var hasSaved = false
    /// Since when it is to be cancelled.
    var cancelledSince: Duration?
    var isMarked = false
  }

  var settings: RemoteSettings
  var entries: [String: Entry] = [:]
  /// Of those that wait, oldest first.
  var waiting: [String] = []
  var batches: [String: RemoteBatch] = [:]
  var looks: LookPlan
  var pace = JobPace()
  var nodes = BadNodes()
  /// Jobs that have not begun, those that are out and those on their way here among them: a batch is made as large as they
  /// will make it.
  package var backlog = 0
  /// What was decided and is to be carried out first.
  var outcome: [RemoteAction] = []
  /// Those that somebody wants to end.
  var cancelled: Set<String> = []
  private(set) var troubles: [Trouble: String] = [:]
  let prefix: String
  private var serial: Int

  /// - Parameters:
  ///   - spool: tells the services of one user apart.
  ///   - serial: greater than any before, so that names are used once.
  package init(_ settings: RemoteSettings, spool: String, serial: Int) {
    self.settings = settings
    prefix = "idinvert-\(spool)-"
    self.serial = serial
    looks = LookPlan()
  }

  // MARK: Jobs

  /// A job to be done.
  package mutating func add(_ job: RemoteJob, _ record: RemoteRecord = RemoteRecord(), now: Duration) {
    entries[job.id] = Entry(job: job, record: record, since: now, notBefore: now)
    waiting.append(job.id)
    pace.lastArrival = now
  }

  /// A job that an earlier process had out: whether Slurm has it is unclear until it was looked for.
  package mutating func adopt(_ job: RemoteJob, _ record: RemoteRecord, now: Duration) {
    guard let name = record.batch else { return add(job, record, now: now) }
    var entry = Entry(job: job, record: record, since: now, notBefore: now)
    entry.batch = name
    entries[job.id] = entry
    let old = batches[name]
    let plan = BatchPlan(
      name: name, jobs: (old?.plan.jobs ?? []) + [job.id], attempts: (old?.plan.attempts ?? []) + [record.attempt],
      megabytes: max(old?.plan.megabytes ?? 0, megabytes(of: entry)), excludedNodes: [])
    batches[name] = RemoteBatch(plan: plan, phase: .unclear)
  }

  /// Somebody wants the job to end.
  package mutating func cancel(_ id: String, now: Duration) {
    guard let entry = entries[id], entry.cancelledSince == nil else { return }
    entries[id]?.cancelledSince = now
    cancelled.insert(id)
  }

  package var isEmpty: Bool { entries.isEmpty }

  /// Nothing is out, not even what is to be cancelled.
  package var isAtRest: Bool { entries.isEmpty && batches.isEmpty }

  /// How many jobs more it has a use for.
  package var room: Int {
    let free = settings.places - batches.values.count(where: \.isOut)
    return max(0, free * settings.batchJobs - waiting.count)
  }

  /// All jobs in its hands.
  package var jobs: [String] { Array(entries.keys) }

  /// The attempt of a job that counts, and what is to be written about it.
  package func record(of id: String) -> RemoteRecord? { entries[id]?.record }

  // MARK: What is next

  /// What is to be done now; nil when nothing is.
  package mutating func next(_ now: Duration) -> RemoteAction? {
    if !outcome.isEmpty { return outcome.removeFirst() }
    endCancelled(now)
    judgeEnded(now)
    tellStuck(now)
    if !outcome.isEmpty { return outcome.removeFirst() }
    if let action = nextInquiry() ?? nextSubmission(now) ?? nextLook(now) { return action }
    if plan(now) { return next(now) }
    return nil
  }

  /// When `next` may have something new to say; nil: not before something is told.
  package func nextMoment(_ now: Duration) -> Duration? {
    var moments: [Duration] = []
    for id in cancelled {
      if let since = entries[id]?.cancelledSince { moments.append(since + cancelPatience) }
    }
    if !waiting.isEmpty, !isRefused, settings.places > batches.values.count(where: \.isOut) {
      for id in waiting {
        guard let entry = entries[id] else { continue }
        let moment = max(entry.notBefore, patienceEnd(entry))
        if moment <= now { return now }
        moments.append(moment)
      }
    }
    for batch in batches.values {
      if case .ready(let moment) = batch.phase { moments.append(moment) }
    }
    if let moment = lookMoment { moments.append(moment) }
    return moments.min().map { max($0, now) }
  }

  // MARK: Helpers

  mutating func newName() -> String {
    serial += 1
    return prefix + String(serial, radix: 36)
  }

  func megabytes(of entry: Entry) -> Int { entry.job.megabytes * (entry.record.needsTwice ? 2 : 1) }

  /// The job is not the table's any more.
  mutating func forget(_ id: String) {
    guard let entry = entries.removeValue(forKey: id) else { return }
    cancelled.remove(id)
    if let name = entry.batch {
      batches[name]?.jobs.removeAll { $0 == id }
      dropIfDone(name)
    } else {
      waiting.removeAll { $0 == id }
    }
  }

  /// A batch whose jobs all have answers ends by itself; one that is not wanted is looked after until it has ended.
  mutating func dropIfDone(_ name: String) {
    guard let batch = batches[name], batch.jobs.isEmpty, !batch.isUnwanted || !batch.isOut else { return }
    drop(name)
  }

  mutating func drop(_ name: String) {
    guard batches.removeValue(forKey: name) != nil else { return }
    outcome.append(.discard(name))
  }

  /// Slurm does not take what it is given.
  var isRefused: Bool { batches.values.contains { $0.refusals > 0 } }

  /// Kinds of trouble, each with its own end.
  enum Trouble: Int, Sendable, Comparable {
    /// Slurm cannot be asked, or its answer was lost.
    case contact
    case refusal
    /// The state folder cannot be written.
    case disk
    /// Jobs end without an answer, and it is not theirs.
    case mishaps

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  /// What is wrong now; nil where nothing.
  package var trouble: String? { troubles.min { $0.key < $1.key }?.value }

  mutating func set(_ kind: Trouble, _ reason: String) {
    // Said once; another reason is news.
    if troubles[kind] != reason { outcome.append(.tell(.trouble(reason))) }
    troubles[kind] = reason
  }

  mutating func clear(_ kind: Trouble) {
    guard troubles.removeValue(forKey: kind) != nil, troubles.isEmpty else { return }
    outcome.append(.tell(.troubleOver))
  }
}

/// Nodes where the program or its log is missing: not for a while.
struct BadNodes: Sendable, Equatable {
  private var until: [String: Duration] = [:]
  private static let patience = Duration.seconds(600)

  mutating func add(_ node: String, now: Duration) {
    // A name, and not several as `n[1-3]`.
    guard !node.isEmpty, node.allSatisfy({ $0.isLetter || $0.isNumber || "-_.".contains($0) }) else { return }
    until[node] = now + Self.patience
  }

  /// All nodes are in it: none is avoided any more.
  mutating func clear() { until = [:] }

  func names(_ now: Duration) -> [String] { until.filter { $0.value > now }.keys.sorted() }
}
