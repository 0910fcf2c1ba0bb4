package import Slurm

extension RemoteTable {
  /// Makes the next batch of those that wait.
  ///
  /// - Returns: whether there is one.
  mutating func plan(_ now: Duration) -> Bool {
    let free = settings.places - batches.values.count(where: \.isOut)
    // One refusal tells of all: what comes next would be refused too.
    guard free > 0, !waiting.isEmpty, !isRefused else { return false }
    let group = nextGroup(now)
    guard let first = group.first, let oldest = entries[waiting[first]],
      oldest.record.isAlone || group.count >= settings.batchJobs || patienceEnd(oldest) <= now
    else { return false }
    let out = entries.count - waiting.count
    begin(Array(group.prefix(batchSize(max(waiting.count, backlog - out), free))), now)
    return true
  }

  /// Until when a job waits for others to share its batch: a while, and a quarter of it when no more come.
  func patienceEnd(_ oldest: Entry) -> Duration {
    min(oldest.since + .seconds(settings.batchSeconds), max(oldest.since, pace.lastArrival) + .seconds(settings.batchSeconds / 4))
  }

  /// Where those that may go together wait: no more than a batch holds, for ten thousand may wait behind them.
  private func nextGroup(_ now: Duration) -> [Int] {
    var group: [Int] = [], oldest: Entry?
    for (index, id) in waiting.enumerated() {
      guard let entry = entries[id], entry.notBefore <= now, entry.cancelledSince == nil else { continue }
      if let oldest {
        guard !entry.record.isAlone, entry.job.kind == oldest.job.kind, entry.record.needsTwice == oldest.record.needsTwice else { continue }
      } else {
        oldest = entry
      }
      group.append(index)
      if entry.record.isAlone || group.count >= settings.batchJobs { break }
    }
    return group
  }

  /// Half of what waits is divided among the places, then half of the rest, so that all places end at about the same time
  /// however long a job takes; but no batch is too short for what its start costs unless it finds a place idle.
  private func batchSize(_ jobs: Int, _ free: Int) -> Int {
    let places = places
    func share(_ places: Int) -> Int { (jobs + places - 1) / places }
    let least = min(pace.leastJobs(settings), share(min(free, places)))
    return min(settings.batchJobs, places == 1 ? jobs : max(share(2 * places), least))
  }

  /// Among how many Slurm jobs those that wait are divided: while others of ours wait for processors, more of them do not help.
  private var places: Int {
    let lackRoom = batches.values.contains { $0.isOut && $0.sight?.lacksRoom == true }
    return lackRoom && looks.width > 0 ? min(looks.width, settings.places) : settings.places
  }

  private mutating func begin(_ places: [Int], _ now: Duration) {
    let name = newName(), ids = places.map { waiting[$0] }
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
    for place in places.reversed() { waiting.remove(at: place) }
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
