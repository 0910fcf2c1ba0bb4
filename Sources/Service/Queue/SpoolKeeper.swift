internal import Spool
internal import Synchronization

/// The spool has the job, and this process works on it.
struct SpoolKeeper: JobKeeper {
  private let job: ClaimedJob
  private let environment: WorkerEnvironment
  private let worker: Int
  private var teller: ProgressTeller

  init(_ job: ClaimedJob, _ environment: WorkerEnvironment, worker: Int) {
    self.job = job
    self.environment = environment
    self.worker = worker
    teller = ProgressTeller(job, environment)
  }

  var admission: Admission { environment.admission }
  var jobSeconds: Double? { environment.configuration.limits.jobSeconds }
  var checkpointSeconds: Double { environment.configuration.checkpointSeconds }

  func signOfLife(_ progress: WorkProgress) { environment.heartbeat.workerProgressed(worker) }

  mutating func tell(_ progress: WorkProgress) {
    environment.heartbeat.workerProgressed(worker)
    teller.tell(progress)
  }

  func reasonToEnd() -> JobEnd? {
    if job.isCancelled { return .cancelled }
    return environment.isStopping.withLock { $0 } ? .stopping : nil
  }

  func save(_ state: [UInt8]) {
    // A full disk is told of by the spool.
    try? job.saveCheckpoint(state)
  }
}
