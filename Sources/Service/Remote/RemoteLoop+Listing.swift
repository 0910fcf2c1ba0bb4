internal import Files
internal import Spool
internal import Synchronization

extension RemoteLoop {
  /// So many batches at a time: between them a stop is noticed, and a sign of life given.
  private static let share = 64

  /// Looks into the folders of attempts, and ends the jobs whose answers are there.
  mutating func list(_ batches: [BatchLook]) {
    var rest = batches[...]
    while !rest.isEmpty {
      environment.heartbeat.workerProgressed(SlurmExecutor.number)
      if environment.isStopping.withLock({ $0 }) { return }
      let looks = rest.prefix(Self.share).map { look in
        (looks: look.jobs.compactMap { id in jobs[id].map { AttemptLook(id: id, job: $0.job, settlement: settlement) } }, ahead: look.ahead)
      }
      rest = rest.dropFirst(Self.share)
      for sights in together(looks, { AttemptLook.sights($0.looks, ahead: $0.ahead) }) {
        for sight in sights { take(sight) }
      }
      takeJobs()
    }
    table.listed(now: now)
  }

  private mutating func take(_ sight: AttemptLook.Sight) {
    guard var out = jobs[sight.id] else { return }
    if let progress = sight.progress { out.teller.tell(progress) }
    table.seen(sight.id, hasBegun: sight.hasBegun, hasSaved: sight.hasSaved, step: sight.progress?.step ?? 0)
    if !out.isBegunTold, sight.hasBegun {
      // Of one that has ended nobody needs to know that it had begun.
      if !sight.isDelivered { out.job.tellBegun() }
      out.isBegunTold = true
    }
    jobs[sight.id] = out
    guard let answer = sight.answer else { return }
    if sight.isDelivered {
      jobs[sight.id] = nil
      teller.answered()
    }
    table.answered(sight.id, answer, now: now)
  }
}

/// A look into the folder of an attempt. Ends the job where its answer is there.
struct AttemptLook: Sendable {
  struct Sight: Sendable {
    let id: String
    var hasBegun = false
    var hasSaved = false
    var progress: WorkProgress?
    var answer: RemoteAnswer?

    var isDelivered: Bool { if case .delivered = answer { true } else { false } }
  }

  let id: String
  let job: ClaimedJob
  let settlement: AttemptSettlement

  /// Looks at a batch's jobs in order.
  ///
  /// - Parameter ahead: after so many that have not begun nothing more is there yet.
  static func sights(_ looks: [AttemptLook], ahead: Int) -> [Sight] {
    var sights: [Sight] = []
    var ahead = ahead
    for look in looks {
      guard ahead > 0 else { break }
      let sight = look.sight()
      if let sight { sights.append(sight) }
      if sight?.hasBegun != true { ahead -= 1 }
    }
    return sights
  }

  /// - Returns: nil where nothing can be seen; it is looked for again.
  private func sight() -> Sight? {
    var sight = Sight(id: id)
    do throws(FileError) {
      let folder = try job.attemptFolder()
      // The listing asks a share's server; what it does not show is not there yet.
      let names = try folder.folder.names()
      sight.hasBegun = names.contains(WorkFolder.begunName)
      sight.hasSaved = names.contains(WorkFolder.checkpointName)
      // One that is damaged is none: the attempt ends without it.
      let answer = names.contains(WorkFolder.answerName) ? try? folder.answer() : nil
      if let answer, let mark = job.attempt, answer.attempt == mark {
        if answer.end == .retry, answer.reason == nil, !job.isCancelled {
          // It was told to stop: time, or a person. The next attempt goes on from its checkpoint.
          sight.answer = .stopped
        } else if settlement.settle(job, answer) {
          sight.answer = .delivered(seconds: answer.seconds)
        }
      } else if names.contains(WorkFolder.progressName) {
        sight.progress = folder.progress()
      }
    } catch {
      return nil
    }
    return sight
  }
}
