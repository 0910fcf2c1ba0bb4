internal import Spool

/// How a job comes to the executor: new, or out since an earlier process.
enum Reception: Sendable {
  /// It is to be done.
  case toDo(Handout, RemoteRecord)
  /// Its attempt may be with Slurm.
  case out(RemoteJob, RemoteRecord)
  /// It has its answer: what another executor left, or that it cannot be done.
  case ended

  init(_ job: ClaimedJob, _ settlement: AttemptSettlement, _ environment: WorkerEnvironment) {
    do {
      var record = RemoteRecord()
      if let (executor, notes) = job.attemptNotes, executor == ExecutorChoice.slurm.rawValue {
        record = RemoteRecord(notes: notes)
        if job.attempt != nil, let old = RemoteJob(id: job.id, notes: notes) {
          self = .out(old, record)
          return
        }
      } else if try settlement.takeUp(job) {
        self = .ended
        return
      }
      self = .toDo(try Handout(job, environment.configuration, environment.models), record)
    } catch {
      settlement.refuse(job, error)
      self = .ended
    }
  }
}
