internal import Editing
package import Files
internal import PrintableText
package import Spool
internal import Synchronization

/// Ends jobs as the answers of their attempts say. For every executor whose work is done elsewhere.
package struct AttemptSettlement: Sendable {
  private let environment: WorkerEnvironment
  private let publisher: Publisher

  init(_ environment: WorkerEnvironment, _ publisher: Publisher) {
    self.environment = environment
    self.publisher = publisher
  }

  /// What an earlier process, or an executor that was configured before, left of a job.
  ///
  /// - Returns: true where that ended the job; false where it is to be begun, from its checkpoint if there is one.
  package func takeUp(_ job: ClaimedJob) throws(FileError) -> Bool {
    guard let mark = job.attempt else { return false }
    let answer: WorkAnswer?
    do {
      answer = try job.attemptFolder().answer()
    } catch where error.kind == .refuse {
      answer = nil  // gone, or damaged
    }
    if let answer, answer.attempt == mark, answer.end != .retry {
      settle(job, answer)
      return true
    }
    _ = try job.adoptCheckpoint()
    try job.giveUpAttempt()
    return false
  }

  /// Ends a job by the answer of its attempt. One of another attempt is left alone: the job goes on.
  ///
  /// - Returns: false where the answer is not that of the attempt that counts.
  @discardableResult
  package func settle(_ job: ClaimedJob, _ answer: WorkAnswer) -> Bool {
    guard let mark = job.attempt, answer.attempt == mark, answer.job == job.id else { return false }
    note(job, answer)
    let reason = answer.reason.map(printable)
    switch answer.end {
    case .done: accept(job, answer)
    case .failed: publisher.deliver(.failure(job, reason: reason ?? "failed"))
    case .cancelled: publisher.deliver(.failure(job, reason: "cancelled"))
    case .incomplete: publisher.giveBack(job, reason ?? "it ends too early")
    case .retry: again(job, reason)
    }
    return true
  }

  /// Ends a job whose attempt ended without an answer, which may be the job's doing.
  ///
  /// - Parameter reason: how it ended: "the process that did it was ended by signal 11".
  package func crashed(_ job: ClaimedJob, _ reason: String) {
    if job.isCancelled { return publisher.deliver(.failure(job, reason: "cancelled")) }
    guard let times = job.crashed(printable(reason)) else { return }
    let words = "\(printable(reason)), \(times) times in a row without getting further; it is not tried again"
    publisher.deliver(.failure(job, reason: words))
  }

  /// Ends a try that was interrupted, or that met trouble which may pass.
  ///
  /// - Parameter reason: the trouble; nil for an interruption.
  package func again(_ job: ClaimedJob, _ reason: String?) {
    if job.isCancelled { return publisher.deliver(.failure(job, reason: "cancelled")) }
    do throws(FileError) {
      _ = try job.adoptCheckpoint()
      try job.giveUpAttempt()
    } catch {
      return job.retryLater(reason ?? error.message)
    }
    if let reason { return job.retryLater(reason) }
    if environment.isStopping.withLock({ $0 }) { job.release() } else { job.goOn() }
  }

  /// Ends a job that could not be handed out.
  func refuse(_ job: ClaimedJob, _ error: any Error) {
    switch FailureDisposition(error) {
    case .fail(let reason): publisher.deliver(.failure(job, reason: printable(reason)))
    case .retry(let reason): again(job, printable(reason))
    case .incomplete(let reason): publisher.giveBack(job, printable(reason))
    case .stopped: again(job, nil)
    }
  }

  private func accept(_ job: ClaimedJob, _ answer: WorkAnswer) {
    do throws(FileError) {
      try job.accept(answer)
      keepCodes(job, answer)
    } catch {
      return error.kind == .refuse ? crashed(job, error.message) : job.retryLater(error.message)
    }
    environment.log.tell(warnings: answer.warnings.map(printable), of: job)
    publisher.deliver(.result(job))
  }

  private func note(_ job: ClaimedJob, _ answer: WorkAnswer) {
    environment.tally.note(job.id) { notes in
      notes.seconds = answer.seconds
      if let model = answer.model { notes.model = printable(model) }
      if answer.steps > 0 { (notes.steps, notes.loss) = (answer.steps, answer.loss) }
    }
  }

  /// The cache is this process's alone: what an attempt found comes with its answer.
  private func keepCodes(_ job: ClaimedJob, _ answer: WorkAnswer) {
    guard let cache = environment.cache else { return }
    // Read, and so known to be in use.
    for key in answer.usedCodes { _ = cache.latent(for: key) }
    guard !answer.codes.isEmpty, let folder = try? job.attemptFolder().codes() else { return }  // computed again
    for code in answer.codes {
      guard let key = code.path.string, code.path.isPlain,
        let contents = try? folder.read(code.path, limit: 1 << 28), contents.sha256 == code.sha256  // computed again
      else { continue }
      cache.store(contents.bytes, for: key)
    }
  }
}
