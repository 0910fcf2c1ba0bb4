package import Slurm

/// When folders are looked into, and when Slurm is asked.
struct LookPlan: Sendable, Equatable {
  /// nil: not before something is out.
  var nextAsk: Duration?
  var nextList: Duration?
  /// Looks in a row that failed.
  var failures = 0
  /// How many jobs ran at a time lately. While others lack room it follows a fall by halves, for between two batches a
  /// place looks idle; while none does, few run because there are few.
  private(set) var width = 0

  mutating func sees(running: Int, lackRoom: Bool) {
    width = max(running, lackRoom ? (width + running + 1) / 2 : width)
  }

  mutating func expect(_ moment: Duration) {
    nextAsk = min(nextAsk ?? moment, moment)
    nextList = min(nextList ?? moment, moment)
  }
}

extension RemoteTable {
  /// Between looks into the folders of so many batches: a share of the time that does not grow with them.
  private func listPause(_ batches: Int) -> Duration {
    let least = min(2, settings.pollSeconds)
    return .seconds(min(max(least, Double(batches) / 250), settings.pollSeconds))
  }

  private var poll: Duration { .seconds(settings.pollSeconds) }

  /// Whether there is anything to ask Slurm about: at rest no command runs.
  private var isAnythingOut: Bool {
    batches.values.contains { batch in
      switch batch.phase {
      case .unclear, .out: true
      case .planned, .ready, .ended: false
      }
    }
  }

  /// An answer may appear at any moment.
  private var isAnythingDue: Bool {
    batches.values.contains { batch in
      guard !batch.jobs.isEmpty else { return false }
      switch batch.phase {
      case .ended: return true
      case .unclear: return true
      case .planned, .ready: return false
      case .out: return batch.jobs.contains { entries[$0]?.cancelledSince != nil }
      }
    }
  }

  var lookMoment: Duration? {
    var moments: [Duration] = []
    if isAnythingOut { moments.append(looks.nextAsk ?? .zero) }
    if isAnythingOut || isAnythingDue { moments.append(looks.nextList ?? .zero) }
    return moments.min()
  }

  mutating func nextLook(_ now: Duration) -> RemoteAction? {
    if isAnythingOut || isAnythingDue, looks.nextList ?? .zero <= now {
      let folders = folderLooks
      if !folders.isEmpty { return .list(folders) }
      looks.nextList = now + poll
    }
    if isAnythingOut, looks.nextAsk ?? .zero <= now { return .ask }
    return nil
  }

  /// While Slurm cannot be asked, what was seen waiting may have begun.
  private func mayRun(_ batch: RemoteBatch) -> Bool { batch.mayRun || batch.phase == .out && looks.failures > 0 }

  /// Of a batch that runs, those that have begun and as many more as may have; of one that has ended, all.
  private var folderLooks: [BatchLook] {
    let batches = batches.values.filter { mayRun($0) && !$0.jobs.isEmpty }
    return batches.sorted { $0.plan.name < $1.plan.name }.map { batch in
      var ahead = settings.sideBySide
      if case .ended = batch.phase { ahead = .max }
      return BatchLook(jobs: batch.jobs, ahead: ahead)
    }
  }

  /// What was seen in the folder of a job's attempt, beside an answer.
  ///
  /// - Parameters:
  ///   - hasSaved: whether there is a state from which the next attempt goes on.
  ///   - step: how far it is; 0 where that is not known.
  package mutating func seen(_ id: String, hasBegun: Bool, hasSaved: Bool = false, step: Int = 0) {
    guard var entry = entries[id] else { return }
    entry.hasBegun = entry.hasBegun || hasBegun
    entry.hasSaved = entry.hasSaved || hasSaved
    entry.step = max(entry.step, step)
    entries[id] = entry
  }

  /// An answer was found.
  package mutating func answered(_ id: String, _ answer: RemoteAnswer, now: Duration) {
    guard let entry = entries[id] else { return }
    switch answer {
    case .delivered(let seconds):
      pace.sees(seconds)
      forget(id)
      clear(.mishaps)
    case .stopped:
      let verdict = AttemptVerdict(.timeout, word: "stopped", code: nil, log: "")
      let batch = entry.batch.flatMap { batches[$0] }
      again(id, verdict, batch, wasInHand: true, now)
    }
  }

  /// All folders were looked into.
  package mutating func listed(now: Duration) {
    for name in batches.keys {
      if case .ended = batches[name]?.phase { batches[name]?.isListed = true }
    }
    looks.nextList = now + listPause(batches.values.count(where: mayRun))
  }

  /// What Slurm says of all jobs; nil where it could not be asked, which is no news about them.
  package mutating func looked(_ listing: QueueListing?, failure: String = "", now: Duration) {
    guard let listing else {
      looks.failures += 1
      let factor = 1 << min(looks.failures, 4)
      looks.nextAsk = now + min(poll * factor, max(poll, .seconds(300)))
      set(.contact, failure)
      return
    }
    looks.failures = 0
    looks.nextAsk = now + poll
    clear(.contact)
    let ours = listing.entries.filter { $0.name.hasPrefix(prefix) }
    looks.sees(running: ours.count { $0.state == .running }, lackRoom: ours.contains(where: \.lacksRoom))
    let byName = Dictionary(grouping: listing.entries, by: \.name)
    var unwanted: [Int] = []
    for name in batches.keys.sorted() {
      guard let batch = batches[name] else { continue }
      switch batch.phase {
      case .planned, .ready, .ended: continue
      case .unclear, .out: break
      }
      if let found = byName[name], let best = Self.best(of: found) {
        see(best, in: name, now)
      } else if listing.isWhole {
        miss(name, now)
      }
      if let batch = batches[name], batch.isUnwanted, batch.isOut, let id = batch.sight?.id, batch.absentSince == nil {
        unwanted.append(id)
      }
      dropIfDone(name)
    }
    if !unwanted.isEmpty { outcome.append(.scancel(unwanted.sorted())) }
  }

  /// Of several jobs of one name the one that does something, or will. What was submitted twice waits for the first (singleton),
  /// finds its jobs begun and ends: it is left alone, for a job that we cancel could not be told from one that a person did.
  private static func best(of entries: [QueueEntry]) -> QueueEntry? {
    func rank(_ entry: QueueEntry) -> Int {
      switch entry.state {
      case .running: 0
      case .unknown: 1
      case .waiting: 2
      case .cancelled: 4
      default: 3
      }
    }
    return entries.min { (rank($0), $0.id) < (rank($1), $1.id) }
  }

  private mutating func see(_ entry: QueueEntry, in name: String, _ now: Duration) {
    guard var batch = batches[name] else { return }
    if batch.phase == .unclear {
      outcome.append(
        .tell(.submitted(batch: name, id: entry.id, jobs: batch.jobs, attempts: batch.jobs.compactMap { entries[$0]?.record.attempt })))
    }
    batch.sight = entry
    batch.absentSince = nil
    batch.phase = entry.state.isEnded ? .ended(at: now) : .out
    if entry.state == .waiting, SlurmState.isStuck(entry.reason) {
      batch.stuckSince = batch.stuckSince ?? now
    } else {
      batch.stuckSince = nil
    }
    batches[name] = batch
    // Once more, for an answer that was written between the two looks; and where it has begun, for the first.
    if entry.state != .waiting { looks.nextList = now }
  }

  private mutating func miss(_ name: String, _ now: Duration) {
    guard var batch = batches[name] else { return }
    let since = batch.absentSince ?? now
    batch.absentSince = since
    batches[name] = batch
    guard now - since >= .seconds(settings.lostSeconds) else { return }
    if batch.isUnwanted, batch.jobs.isEmpty {
      drop(name)
    } else if batch.phase == .unclear, !batch.jobs.contains(where: { entries[$0]?.hasBegun == true }) {
      // It may appear yet: then the two have one name, one waits for the other, and finds its jobs begun.
      batches[name]?.phase = .ready(now)
      batches[name]?.absentSince = nil
    } else {
      end(name, AttemptVerdict(nil, word: "", code: nil, log: ""), now)
    }
  }
}
