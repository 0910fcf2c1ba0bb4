package import Slurm

extension RemoteTable {
  /// How long a cancelled job may take to end; then it has ended in any case, for nothing of it is read any more.
  var cancelPatience: Duration { .seconds(2 * settings.pollSeconds) }

  /// The next ended job whose exit code is worth asking for.
  func nextInquiry() -> RemoteAction? {
    for batch in ended {
      guard batch.isListed, batch.details == nil, !batch.jobs.isEmpty, let sight = batch.sight,
        sight.state != .cancelled
      else { continue }
      return .inquire(batch: batch.plan.name, id: sight.id)
    }
    return nil
  }

  /// Whether Slurm says that the job's attempt has ended, and not because somebody cancelled it: only then a worker that was told
  /// to stop was not told by a person.
  package func hasEnded(_ id: String) -> Bool {
    guard let name = entries[id]?.batch, let batch = batches[name], case .ended = batch.phase else { return false }
    return batch.sight?.state != .cancelled
  }

  /// Those that Slurm says have ended.
  private var ended: [RemoteBatch] {
    let ended = batches.values.filter { if case .ended = $0.phase { true } else { false } }
    return ended.sorted { $0.plan.name < $1.plan.name }
  }

  private func hasBegun(_ batch: RemoteBatch) -> Bool {
    batch.jobs.count < batch.plan.jobs.count || batch.jobs.contains { entries[$0]?.hasBegun == true }
  }

  /// - Parameters:
  ///   - code: nil where Slurm could not be asked or knows no more.
  ///   - log: the end of what the job wrote.
  package mutating func detailed(_ name: String, code: SlurmExitCode?, log: String) {
    batches[name]?.details = RemoteBatch.Details(code: code, log: log)
  }

  /// Batches that have ended, and whose folders were looked into since.
  mutating func judgeEnded(_ now: Duration) {
    for batch in ended {
      let name = batch.plan.name
      guard case .ended(let moment) = batch.phase, let sight = batch.sight else { continue }
      if batch.jobs.isEmpty {
        drop(name)
        continue
      }
      guard batch.isListed, batch.details != nil || sight.state == .cancelled else { continue }
      // It ended well: its answer is somewhere on the way.
      if sight.state == .completed, now - moment < .seconds(settings.visibleSeconds) { continue }
      var verdict = AttemptVerdict(
        sight.state, word: sight.word, code: batch.details?.code, log: batch.details?.log ?? "",
        isUnstarted: !sight.nodes.isEmpty && !hasBegun(batch))
      if settings.isLong, sight.state == .failed { verdict.failIfOwnDoing() }
      end(name, verdict, now)
    }
  }

  /// Gives up the attempts of all jobs of a batch that have no answer.
  mutating func end(_ name: String, _ verdict: AttemptVerdict, _ now: Duration) {
    guard let batch = batches[name] else { return }
    if verdict.excludesNode, let node = batch.sight?.nodes { nodes.add(node, now: now) }
    for id in batch.jobs {
      guard let entry = entries[id] else { continue }
      if entry.cancelledSince != nil {
        fail(id, "cancelled")
      } else if let reason = verdict.failure {
        tell(id, entry, verdict, batch)
        fail(id, reason)
      } else {
        again(id, verdict, batch, wasInHand: entry.hasBegun, now)
      }
    }
    drop(name)
  }

  /// Another attempt, or none where there were enough.
  mutating func again(_ id: String, _ verdict: AttemptVerdict, _ batch: RemoteBatch?, wasInHand: Bool, _ now: Duration) {
    guard var entry = entries[id] else { return }
    tell(id, entry, verdict, batch)
    let counts = wasInHand && (verdict.counts == .always || verdict.counts == .unlessFurther && !entry.hasSaved)
    let node = batch?.sight?.nodes ?? ""
    let words = verdict.words + (node.isEmpty ? "" : " on \(node)")
    entry.record.ends = (entry.record.ends + ["attempt \(entry.record.attempt): \(words)"]).suffix(5)
    if wasInHand, verdict.needsTwice, entry.record.needsTwice {
      let remedy = settings.isLong ? "raise slurm.memory" : "lower its edits, frames or pictures, or raise slurm.memory"
      return fail(id, "it needed more than \(megabytes(of: entry)) MB of memory; \(remedy)")
    }
    if counts {
      entry.record.tries += 1
      entry.record.isAlone = true
      entry.record.needsTwice = entry.record.needsTwice || verdict.needsTwice
      if entry.record.tries >= settings.tries {
        return fail(id, "it had no answer in \(entry.record.tries) attempts: \(entry.record.ends.joined(separator: "; "))")
      }
    }
    // Those that had not begun only lose their place, unless there is something wrong with all.
    if counts || entry.hasSaved {
      entry.record.mishaps = 0
    } else if wasInHand || batch?.jobs.contains(where: { entries[$0]?.hasBegun == true }) != true {
      entry.record.mishaps += 1
      if entry.record.mishaps >= 3 { set(.mishaps, "jobs end in Slurm without an answer: \(words)") }
      entry.notBefore = now + pause(entry.record.mishaps)
    }
    if let name = entry.batch { batches[name]?.jobs.removeAll { $0 == id } }
    entry.batch = nil
    entry.since = now
    entries[id] = entry
    waiting.append(id)
    if let name = batch?.plan.name { dropIfDone(name) }
  }

  private mutating func tell(_ id: String, _ entry: Entry, _ verdict: AttemptVerdict, _ batch: RemoteBatch?) {
    outcome.append(
      .tell(
        .attemptEnded(
          job: id, attempt: entry.record.attempt, batch: batch?.plan.name ?? "", id: batch?.sight?.id,
          state: batch?.sight?.word ?? "", node: batch?.sight?.nodes ?? "", reason: verdict.words)))
  }

  private mutating func fail(_ id: String, _ reason: String) {
    outcome.append(.fail(id, reason: reason))
    forget(id)
  }

  // MARK: Cancelling

  /// Ends what is to be cancelled: at once where it waits here, else when it has ended or had its time to.
  mutating func endCancelled(_ now: Duration) {
    for id in cancelled.sorted() {
      guard let entry = entries[id], let since = entry.cancelledSince else { continue }
      guard let name = entry.batch, let batch = batches[name], batch.phase != .planned, !isUnsubmitted(batch) else {
        fail(id, "cancelled")
        continue
      }
      if !entry.isMarked {
        entries[id]?.isMarked = true
        outcome.append(.mark(id))
        if !batch.jobs.contains(where: { entries[$0]?.cancelledSince == nil }) {
          batches[name]?.isUnwanted = true
          if let slurm = batch.sight?.id { outcome.append(.scancel([slurm])) }
        }
      }
      if now - since >= cancelPatience { fail(id, "cancelled") }
    }
  }

  /// Never handed to Slurm with an unclear outcome.
  private func isUnsubmitted(_ batch: RemoteBatch) -> Bool {
    if case .ready = batch.phase { return batch.refusals > 0 && batch.sight == nil }
    return false
  }

  // MARK: Held

  /// After which a reason to wait that cannot pass by itself is told.
  private static let stuckPatience = Duration.seconds(600)

  mutating func tellStuck(_ now: Duration) {
    let stuck = batches.values.filter { batch in
      batch.stuckSince.map { !batch.isStuckTold && now - $0 >= Self.stuckPatience } ?? false
    }
    for batch in stuck.sorted(by: { $0.plan.name < $1.plan.name }) {
      let name = batch.plan.name
      batches[name]?.isStuckTold = true
      outcome.append(.tell(.held(batch: name, id: batch.sight?.id, reason: batch.sight?.reason ?? "", jobs: batch.jobs)))
    }
  }
}
