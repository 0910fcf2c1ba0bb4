internal import Files
internal import Foundation
internal import Slurm
internal import Spool

/// Tells people what becomes of jobs in Slurm: journal, `status`, metrics. Lives on the executor's thread.
final class RemoteTeller {
  private let environment: WorkerEnvironment
  private var lastShown: SpoolStatus.Remote?
  private var nextShow = Duration.zero
  private var lastLook: Date?

  private static let showPause = Duration.seconds(1)
  /// Beyond so many jobs `status` says only how many there are.
  private static let placesAtMost = 500

  init(_ environment: WorkerEnvironment) {
    self.environment = environment
  }

  // MARK: Commands

  /// Runs a command and counts it.
  func timed<Value>(_ body: () throws(SlurmCommands.Failure) -> Value) -> Result<Value, SlurmCommands.Failure> {
    let start = ContinuousClock.now
    let result: Result<Value, SlurmCommands.Failure>
    do throws(SlurmCommands.Failure) {
      result = .success(try body())
    } catch {
      result = .failure(error)
    }
    var isGood = false
    if case .success = result { isGood = true }
    count(seconds: (ContinuousClock.now - start).inSeconds, isGood: isGood)
    return result
  }

  func count(seconds: Double, isGood: Bool) {
    environment.remote.change { counts in
      counts.commands += 1
      counts.commandSeconds += seconds
      if !isGood { counts.failures += 1 }
    }
  }

  func looked(_ now: Duration) {
    let date = Date()
    lastLook = date
    environment.remote.change { $0.lastLook = date.timeIntervalSince1970.rounded() }
  }

  func answered() { environment.remote.change { $0.attempts["answered", default: 0] += 1 } }

  // MARK: Journal

  func tell(_ note: RemoteNote, job: (_ id: String) -> ClaimedJob? = { _ in nil }) {
    let log = environment.log
    switch note {
    case .submitted(_, let id, let names, let attempts):
      for (name, attempt) in zip(names, attempts) {
        log.tell(.jobSubmitted, nil, fields(job(name), name).merging([.slurmJob: String(id), .attempt: String(attempt)]) { $1 })
      }
    case .attemptEnded(let name, let attempt, _, let id, let state, let node, let reason):
      environment.remote.change { $0.attempts[state.isEmpty ? "lost" : state, default: 0] += 1 }
      var fields = fields(job(name), name)
      fields[.attempt] = String(attempt)
      fields[.reason] = reason
      if let id { fields[.slurmJob] = String(id) }
      if !state.isEmpty { fields[.slurmState] = state }
      if !node.isEmpty { fields[.node] = node }
      log.tell(.attemptEnded, nil, fields)
    case .held(_, let id, let reason, let names):
      for name in names {
        var fields = fields(job(name), name)
        fields[.reason] = reason
        if let id { fields[.slurmJob] = String(id) }
        log.tell(.jobHeld, nil, fields)
      }
    case .trouble(let reason): log.tell(.trouble, nil, [.reason: reason])
    case .troubleOver: log.tell(.troubleOver)
    }
  }

  private func fields(_ job: ClaimedJob?, _ id: String) -> [EventField: String] {
    guard let job else { return [.job: id] }
    return [.job: id, .name: job.name.description, .watch: job.watch.inbox]
  }

  // MARK: Status

  /// Shows what is out, at most once a second.
  func show(_ table: RemoteTable, _ spool: Spool, _ now: Duration) {
    guard now >= nextShow else { return }
    nextShow = now + Self.showPause
    let summary = table.summary(jobsAtMost: Self.placesAtMost)
    environment.remote.change { $0.jobs = summary.batches }
    var remote = SpoolStatus.Remote()
    remote.waiting = summary.waiting
    remote.batches = summary.batches
    remote.reason = summary.reasons.first
    remote.nodes = summary.nodes
    remote.lastLook = lastLook
    remote.trouble = summary.trouble
    remote.partition = environment.configuration.execution.slurm.request.partition
    for job in summary.jobs {
      let number = job.slurm.map { " \($0)" } ?? ""
      let node = job.node.isEmpty ? "" : " \(job.node)"
      remote.places[job.id] = "Slurm\(number) \(job.state)\(node), attempt \(job.attempt)"
    }
    guard remote != lastShown else { return }
    lastShown = remote
    spool.report(remote)
  }
}
