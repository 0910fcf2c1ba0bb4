internal import Files
internal import Glibc

/// Jobs that an earlier process left, and those whose pause is over.
extension JobDispatcher {
  /// Takes up every job in the state folder, whatever its state.
  mutating func recover(_ now: Moment) {
    do throws(FileError) {
      let (jobs, strangers) = try store.identifiers()
      for name in strangers {
        reporter.emit(.held(inbox: configuration.state, name: name, reason: "no job of this program; left alone"))
      }
      for id in jobs { resume(RetrySchedule.Item(id: id), now, isRestart: true) }
      reporter.over(at: .recovery)
    } catch {
      reporter.met(error, at: .recovery)
      schedule.recoveryFailed(now)
    }
  }

  /// Takes up what is due.
  mutating func resumeDue(_ now: Moment) {
    while let item = schedule.pop(due: now) { resume(item, now) }
  }

  /// Goes on with a job from where its record and its files stand.
  private mutating func resume(_ item: RetrySchedule.Item, _ now: Moment, isRestart: Bool = false) {
    var record: JobRecord
    reporter.alive()
    do throws(FileError) {
      guard try store.root.contains(Name(item.id)) else { return schedule.remove(item.id) }
      record = try store.record(of: item.id)
    } catch {
      return recordFailed(item, error, now)
    }
    if isRestart, record.state != .done, record.state != .failed {
      reporter.emit(.recovered(job: record.id, name: record.name, inbox: record.inbox))
    }
    // The disk may lag behind what the worker knew.
    if let known = item.record { record.attempts = max(record.attempts, known.attempts) }
    do throws(FileError) {
      let plan = try RecoveryPlan(
        record, known: item.record, isRestart: isRestart, crashLimit: configuration.crashLimit, date: clock.date()
      ) { () throws(FileError) -> Bool in try steps.wasRunning(record) }
      try follow(plan, record, now)
    } catch {
      postpone(record, error, now)
    }
  }

  private mutating func follow(_ plan: RecoveryPlan, _ record: JobRecord, _ now: Moment) throws(FileError) {
    switch plan {
    case .claim:
      // A power cut may take the name of every later record, and leave originals in the work folder.
      try steps.emptyOutput(of: record)
      finishClaim(record, now)
    case .answer(let failure): answer(record, failure: failure, now)
    case .work(let record):
      try steps.emptyOutput(of: record)
      enqueue(record, now)
    case .workAfterCrash(let record, let pause):
      try steps.emptyOutput(of: record)
      try steps.stopRunning(record)
      if pause > 0, let reason = record.reason {
        reporter.emit(.delayed(job: record.id, name: record.name, inbox: record.inbox, reason: reason, seconds: pause))
      }
      enqueue(record, now)
    case .giveUp(let record, let reason):
      try steps.emptyOutput(of: record)
      try steps.stopRunning(record)
      answer(record, failure: reason, now)
    case .forget:
      try steps.forget(record)
      schedule.remove(record.id)
    }
  }

  private mutating func recordFailed(_ item: RetrySchedule.Item, _ error: FileError, _ now: Moment) {
    do throws(FileError) {
      if error.errno == ENOENT || error.errno == ENODATA {
        if try isEmptyJob(item.id) {
          try store.remove(item.id)
          return schedule.remove(item.id)
        }
      } else if error.errno != 0 {
        throw error
      }
      try store.quarantine(item.id)
      schedule.remove(item.id)
      reporter.emit(.quarantined(job: item.id, reason: error.message))
    } catch {
      reporter.met(error, at: .recovery)
      schedule.repeatUnreadable(item, now)
    }
  }

  /// Whether a folder without record holds nothing: made, but its record never came; or all but removed.
  private func isEmptyJob(_ id: String) throws(FileError) -> Bool {
    let job = try store.folder(of: id)
    for name in [JobStore.inputName, JobStore.outputName] {
      guard try job.contains(name) else { continue }
      if try !job.folder(name).names().isEmpty { return false }
    }
    return true
  }
}
