import Service
import Slurm
import TestSupport
import Testing

/// Carries out what a table says, against a simulated Slurm, with trouble on the way.
struct SimulatedExecutor {
  var table: RemoteTable
  var slurm: SimulatedSlurm
  var now = Duration.zero
  /// The records on disk.
  var disk: [String: RemoteRecord] = [:]
  var delivered: [String: Int] = [:]
  var failed: [String: String] = [:]
  var notes: [RemoteNote] = []
  var commands: [String: Int] = [:]
  /// Requests that come to slurmctld later.
  var late: [(moment: Duration, plan: BatchPlan)] = []
  var serial = 0

  /// What happens to the next sbatch and squeue.
  enum Trouble {
    case none, requestLost, replyLost, replyLate, refused, empty, garbage, noContact
  }

  var submitTrouble: () -> Trouble = { .none }
  var askTrouble: () -> Trouble = { .none }
  /// Nothing of the daemon's that needs a restart in between.
  var isDiskFull = false

  private let settings: RemoteSettings

  init(_ settings: RemoteSettings, slurm: SimulatedSlurm = SimulatedSlurm()) {
    self.settings = settings
    table = RemoteTable(settings, spool: "a1b2c3d4", serial: 0)
    self.slurm = slurm
  }

  /// Everything that is not on disk is gone.
  mutating func restart() {
    let ended = Set(delivered.keys).union(failed.keys)
    serial += 1_000_000
    let open = (0..<count).map(name).filter { !ended.contains($0) }
    table = RemoteTable(settings, spool: "a1b2c3d4", serial: serial)
    for id in open { table.adopt(RemoteJob(id: id, kind: "pack", megabytes: 100), disk[id] ?? RemoteRecord(), now: now) }
  }

  private var count = 0

  private func name(_ index: Int) -> String { "job-\(index)" }

  mutating func add(_ number: Int) {
    for _ in 0..<number {
      table.add(RemoteJob(id: name(count), kind: "pack", megabytes: 100), now: now)
      count += 1
    }
  }

  /// Does all that is due, then waits for what comes next.
  mutating func turn() {
    var turns = 0
    while let action = table.next(now) {
      turns += 1
      #expect(turns < 20_000, "the table never rests")
      if turns >= 20_000 { return }
      perform(action)
    }
    now = max(now + .milliseconds(250), min(table.nextMoment(now) ?? now + .seconds(5), now + .seconds(5)))
    for request in late where request.moment <= now { _ = slurm.submit(request.plan, now) }
    late.removeAll { $0.moment <= now }
    slurm.advance(to: now)
  }

  mutating func run(until moment: Duration, _ isDone: (Self) -> Bool = { $0.table.isEmpty }) {
    while now < moment, !isDone(self) { turn() }
  }

  mutating func perform(_ action: RemoteAction) {
    switch action {
    case .intend(let plan):
      commands["intend", default: 0] += 1
      if !isDiskFull {
        for id in plan.jobs { disk[id] = table.record(of: id) }
      }
      table.intended(plan.name, failure: isDiskFull ? "no space left" : nil, now: now)
    case .submit(let plan): submit(plan)
    case .list(let looks): list(looks)
    case .ask:
      commands["squeue", default: 0] += 1
      switch askTrouble() {
      case .noContact: table.looked(nil, failure: "squeue: Unable to contact slurm controller", now: now)
      case .empty: table.looked(QueueListing(""), now: now)
      case .garbage: table.looked(QueueListing("\u{0}garbage\n"), now: now)
      default: table.looked(slurm.queue(now), now: now)
      }
    case .inquire(let batch, _): table.detailed(batch, code: SlurmExitCode(status: 1, signal: 0), log: "")
    case .scancel(let ids):
      commands["scancel", default: 0] += 1
      slurm.cancel(ids, now)
    case .discard: commands["discard", default: 0] += 1
    case .mark: commands["mark", default: 0] += 1
    case .fail(let id, let reason):
      #expect(failed[id] == nil && delivered[id] == nil, "\(id) ends twice")
      failed[id] = reason
    case .tell(let note): notes.append(note)
    }
  }

  private mutating func submit(_ plan: BatchPlan) {
    commands["sbatch", default: 0] += 1
    for (id, attempt) in zip(plan.jobs, plan.attempts) {
      // Intent first.
      #expect(disk[id]?.batch == plan.name && disk[id]?.attempt == attempt, "\(id) is submitted before it is on disk")
    }
    let result: SubmissionOutcome
    switch submitTrouble() {
    case .requestLost: result = .unclear("Socket timed out on send/recv operation")
    case .replyLost:
      _ = slurm.submit(plan, now)
      result = .unclear("Socket timed out on send/recv operation")
    case .replyLate:
      late.append((now + .seconds(60), plan))
      result = .unclear("did not end within 30 s")
    case .refused: result = .refused("Invalid partition name specified")
    default: result = .accepted(id: slurm.submit(plan, now))
    }
    table.submitted(plan.name, result, now: now)
  }

  private mutating func list(_ looks: [BatchLook]) {
    for look in looks {
      var ahead = look.ahead
      for id in look.jobs {
        guard ahead > 0 else { break }
        commands["list", default: 0] += 1
        guard let record = table.record(of: id), let folder = slurm.attempts[SimulatedSlurm.key(id, record.attempt)] else {
          ahead -= 1
          continue
        }
        if folder.isAnswered {
          #expect(failed[id] == nil && delivered[id] == nil, "\(id) ends twice")
          delivered[id, default: 0] += 1
          table.answered(id, .delivered(seconds: nil), now: now)
        } else if folder.begunBy != nil {
          table.seen(id, hasBegun: true)
        } else {
          ahead -= 1
        }
      }
    }
    table.listed(now: now)
  }
}
