package import Files
package import struct Foundation.Date

/// What to do with a job whose record was read: after a restart, or when its pause is over. Pure.
package enum RecoveryPlan {
  /// Its files are on their way out of the inbox, or were given back.
  case claim
  /// Its answer is complete, or it has failed for this reason.
  case answer(failure: String?)
  /// It is to be worked on, from its checkpoint.
  case work(JobRecord)
  /// The process ended in it.
  ///
  /// - Parameters:
  ///   - JobRecord: as it is to be written, claimed again, with its pause.
  ///   - pause: seconds.
  case workAfterCrash(JobRecord, pause: Double)
  /// The process ended in it once too often.
  case giveUp(JobRecord, reason: String)
  /// It was answered; what is left of it goes.
  case forget

  /// - Parameters:
  ///   - record: from the disk, which may lag behind.
  ///   - known: what a worker knew at the end of its try; nil after a restart.
  ///   - wasRunning: whether the process that last had the job ended while it ran; asked only where that matters.
  package init(
    _ record: JobRecord, known: JobRecord?, isRestart: Bool, crashLimit: Int, date: Date,
    wasRunning: () throws(FileError) -> Bool
  ) throws(FileError) {
    if let known, known.state == .publishing, record.state == .claimed || record.state == .running {
      self = .answer(failure: known.isFailure ? known.reason ?? "failed" : nil)
      return
    }
    switch record.state {
    case .waiting: self = .claim
    case .publishing: self = .answer(failure: record.isFailure ? record.reason ?? "failed" : nil)
    case .done, .failed: self = .forget
    case .claimed, .running:
      self = Self.work(
        record, hasCrashed: try wasRunning(), isRestart: isRestart, crashLimit: crashLimit, date: date)
    }
  }

  private static func work(
    _ old: JobRecord, hasCrashed: Bool, isRestart: Bool, crashLimit: Int, date: Date
  ) -> RecoveryPlan {
    var record = old
    if hasCrashed, isRestart { record.crashes += 1 }
    // A pause is over, or the service was started anew: the try is now. A job that may be what ends the service keeps its
    // pause, so that others get done.
    if !isRestart || record.crashes < 2 || hasCrashed {
      if record.attempts > 0 || record.nextAttempt != nil { record.reason = nil }
      record.nextAttempt = nil
    }
    guard hasCrashed else { return .work(record) }
    record.state = .claimed
    let count = "the service ended \(record.crashes) times while working on it"
    if record.crashes >= crashLimit {
      return .giveUp(record, reason: count + ", each time without getting further; it is not tried again")
    }
    let pause = isRestart ? record.backOffAfterCrash(at: date) : 0
    if pause > 0 { record.reason = count }
    return .workAfterCrash(record, pause: pause)
  }
}
