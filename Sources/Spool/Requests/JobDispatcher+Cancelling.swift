internal import Files

/// Jobs that a person does not want any more.
extension JobDispatcher {
  /// Those that may be cancelled.
  var candidates: [CancelSearch.Candidate] {
    (queue.elements + trainings.elements).map { .init(target: .queued($0), id: $0.id, name: $0.name, inbox: $0.watch.inbox) }
      + schedule.jobs.map { .init(target: .delayed($0), id: $0.id, name: $0.name, inbox: $0.inbox) }
      + desk.totals.running.map { .init(target: .running($0.id), id: $0.id, name: $0.name, inbox: $0.inbox) }
  }

  /// Cancels a job that no worker has yet.
  ///
  /// - Returns: false where one took it in this moment.
  mutating func cancel(queued job: ClaimedJob, _ now: Moment) -> Bool {
    guard [queue, trainings].contains(where: { $0.remove { $0 === job } != nil }) else { return false }
    answer(job.record, failure: Self.cancelled, now)
    return true
  }

  /// Ends a job that waits for another try, whatever it failed at.
  mutating func cancel(delayed shown: JobRecord, _ now: Moment) throws(FileError) {
    var record = try store.record(of: shown.id)
    switch record.state {
    case .waiting:
      // What was taken of it goes back.
      guard try putBack(record, "it cannot be taken out of the inbox") else {
        throw FileError(.rename, record.name.description, "a new file in the inbox has its name; move that away first")
      }
    case .publishing:
      guard let stopped = try steps.stopPublishing(record) else {
        throw FileError(.open, record.name.description, "its answer is in the outbox already, or on its way")
      }
      record = stopped
      fallthrough
    case .claimed, .running:
      record.reason = nil
      schedule.remove(record.id)
      answer(record, failure: Self.cancelled, now)
    case .done, .failed:
      throw FileError(.open, record.name.description, "its answer is in the outbox already")
    }
  }
}
