internal import Files
internal import Foundation
internal import Glibc

extension SpoolLoop {
  /// Takes up every job an earlier process left, whatever its state.
  func recoverJobs() {
    let now = clock.now()
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

  func takeMessages(_ now: Moment) {
    if schedule.takeRecovery(due: now) { recoverJobs() }
    for message in desk.takeMessages() {
      switch message {
      case .delayed(let record): schedule.add(record, now, clock.date())
      case .finished(let record, let folder): recent.ended(record, folder: folder)
      case .takenBack(let id): recent.forget(id)
      case .ended: continue
      }
    }
  }

  /// Goes on with a job from where its record and its files stand.
  func resume(_ item: RetrySchedule.Item, _ now: Moment, isRestart: Bool = false) {
    var record: JobRecord
    do throws(FileError) {
      guard try store.root.contains(Name(item.id)) else {
        schedule.remove(item.id)
        return
      }
      record = try store.record(of: item.id)
    } catch {
      recordFailed(item, error, now)
      return
    }
    if let known = item.record {
      // The disk may lag behind what the worker knew.
      record.attempts = max(record.attempts, known.attempts)
      if known.state == .publishing, record.state == .claimed || record.state == .running {
        answer(record, failure: known.isFailure ? known.reason ?? "failed" : nil, now)
        return
      }
    }
    do throws(FileError) {
      switch record.state {
      case .waiting:
        // A power cut may take the name of every later record, and leave originals in the work folder.
        try steps.emptyOutput(of: record)
        finishClaim(record, now)
      case .claimed, .running: try resumeWork(record, now, isRestart: isRestart)
      case .publishing: answer(record, failure: record.isFailure ? record.reason ?? "failed" : nil, now)
      case .done, .failed:
        try steps.forget(record)
        schedule.remove(item.id)
      }
    } catch {
      postpone(record, error, now)
    }
    if isRestart, record.state != .done, record.state != .failed {
      reporter.emit(.recovered(job: record.id, name: record.name, inbox: record.inbox))
    }
  }

  private func resumeWork(_ old: JobRecord, _ now: Moment, isRestart: Bool) throws(FileError) {
    var record = old
    let hasCrashed = try steps.wasRunning(record)
    if hasCrashed, isRestart { record.crashes += 1 }
    // A pause is over, or the service was started anew: the try is now. A job that may be what ends the service keeps its
    // pause, so that others get done.
    if !isRestart || record.crashes < 2 || hasCrashed {
      if record.attempts > 0 || record.nextAttempt != nil { record.reason = nil }
      record.nextAttempt = nil
    }
    try steps.emptyOutput(of: record)
    if hasCrashed {
      try countCrash(&record, isRestart: isRestart)
      if record.crashes >= configuration.crashLimit {
        let reason = "the service ended \(record.crashes) times while working on it, each time without getting further; "
          + "it is not tried again"
        answer(record, failure: reason, now)
        return
      }
    }
    enqueue(record, now)
  }

  /// running → claimed, after the process ended in the middle of it.
  private func countCrash(_ record: inout JobRecord, isRestart: Bool) throws(FileError) {
    record.state = .claimed
    let seconds = isRestart ? record.backOffAfterCrash(at: clock.date()) : 0
    if seconds > 0 { record.reason = "the service ended \(record.crashes) times while working on it" }
    try steps.stopRunning(record)
    guard let reason = record.reason, record.nextAttempt != nil else { return }
    reporter.emit(.delayed(job: record.id, name: record.name, inbox: record.inbox, reason: reason, seconds: seconds))
  }

  private func recordFailed(_ item: RetrySchedule.Item, _ error: FileError, _ now: Moment) {
    do throws(FileError) {
      if error.errno == ENOENT || error.errno == ENODATA {
        if try isEmptyJob(item.id) {
          try store.remove(item.id)
          schedule.remove(item.id)
          return
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
