package import Slurm

extension RemoteTable {
  /// Makes the next batch of those that wait.
  ///
  /// - Returns: whether there is one.
  mutating func plan(_ now: Duration) -> Bool {
    let free = settings.places - batches.values.count(where: \.isOut)
    // One refusal tells of all: what comes next would be refused too.
    guard free > 0, !waiting.isEmpty, !isRefused else { return false }
    let ready = waiting.filter { id in entries[id].map { $0.notBefore <= now && $0.cancelledSince == nil } ?? false }
    guard let first = ready.first, let oldest = entries[first] else { return false }
    let group = oldest.record.isAlone
      ? [first]
      : ready.filter { id in
        entries[id].map { !$0.record.isAlone && $0.job.kind == oldest.job.kind && $0.record.needsTwice == oldest.record.needsTwice }
          ?? false
      }
    guard oldest.record.isAlone || group.count >= settings.batchJobs || oldest.since + .seconds(settings.batchSeconds) <= now
    else { return false }
    let places = places(free)
    let count = min(settings.batchJobs, max(1, (max(group.count, backlog) + places - 1) / places))
    begin(Array(group.prefix(count)), now)
    return true
  }

  /// Among how many Slurm jobs those that wait are divided: while others of ours wait for processors, more of them do not help.
  private func places(_ free: Int) -> Int {
    var waiting = 0, running = 0
    for batch in batches.values where batch.isOut {
      switch batch.sight?.state {
      case .waiting: waiting += 1
      case .running: running += 1
      default: break
      }
    }
    return waiting > 0 && running > 0 ? min(free, running) : free
  }

  private mutating func begin(_ ids: [String], _ now: Duration) {
    let name = newName()
    var attempts: [Int] = [], megabytes = 0
    for id in ids {
      guard var entry = entries[id] else { continue }
      entry.record.attempt += 1
      entry.record.batch = name
      entry.batch = name
      (entry.hasBegun, entry.hasSaved, entry.step) = (false, false, 0)
      attempts.append(entry.record.attempt)
      megabytes = max(megabytes, self.megabytes(of: entry))
      entries[id] = entry
    }
    let taken = Set(ids)
    waiting.removeAll { taken.contains($0) }
    let plan = BatchPlan(name: name, jobs: ids, attempts: attempts, megabytes: megabytes, excludedNodes: nodes.names(now))
    batches[name] = RemoteBatch(plan: plan, phase: .planned)
  }

  /// The next intent or submission that is due.
  func nextSubmission(_ now: Duration) -> RemoteAction? {
    let due = batches.values.filter { batch in
      switch batch.phase {
      case .planned: true
      case .ready(let moment): moment <= now
      case .unclear, .out, .ended: false
      }
    }
    guard let batch = due.min(by: { $0.plan.name < $1.plan.name }) else { return nil }
    return batch.phase == .planned ? .intend(batch.plan) : .submit(current(batch, now))
  }

  /// What of a batch is still wanted.
  private func current(_ batch: RemoteBatch, _ now: Duration) -> BatchPlan {
    let pairs = zip(batch.plan.jobs, batch.plan.attempts).filter { batch.jobs.contains($0.0) }
    return BatchPlan(
      name: batch.plan.name, jobs: pairs.map(\.0), attempts: pairs.map(\.1), megabytes: batch.plan.megabytes,
      excludedNodes: nodes.names(now))
  }

  /// The intent is on disk, or could not be written: then the jobs wait again, as if nothing had been.
  package mutating func intended(_ name: String, failure: String?, now: Duration) {
    guard let batch = batches[name], batch.phase == .planned else { return }
    guard let failure else {
      batches[name]?.phase = .ready(now)
      clear(.disk)
      return
    }
    set(.disk, failure)
    for id in batch.jobs {
      guard var entry = entries[id] else { continue }
      entry.batch = nil
      entry.record.mishaps += 1
      entry.notBefore = now + pause(entry.record.mishaps)
      entries[id] = entry
      waiting.append(id)
    }
    drop(name)
  }

  /// The end of an `sbatch`.
  package mutating func submitted(_ name: String, _ result: SubmissionOutcome, now: Duration) {
    guard var batch = batches[name] else { return }
    switch result {
    case .accepted(let id):
      batch.phase = .out
      batch.refusals = 0
      batch.sight = QueueEntry(id: id, word: "PENDING", name: name)
      batch.absentSince = nil
      batches[name] = batch
      clear(.refusal)
      clear(.contact)
      outcome.append(.tell(.submitted(batch: name, id: id, jobs: batch.jobs, attempts: batch.jobs.compactMap { entries[$0]?.record.attempt })))
      looks.expect(now + .seconds(settings.pollSeconds))
    case .refused(let reason):
      // Perhaps no node is left; better a bad one than none.
      nodes.clear()
      batch.refusals += 1
      batch.phase = .ready(now + pause(batch.refusals))
      batches[name] = batch
      set(.refusal, "Slurm refuses jobs: \(reason)")
    case .unclear(let reason):
      batch.phase = .unclear
      batch.absentSince = nil
      batches[name] = batch
      set(.contact, "sbatch: \(reason)")
      looks.expect(now)
    }
  }

  func pause(_ times: Int) -> Duration {
    let steps = [2, 5, 15, 60, 300]
    return .seconds(steps[min(max(times, 1), steps.count) - 1])
  }
}
