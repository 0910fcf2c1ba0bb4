internal import Slurm

/// A Slurm job: what was asked for and what is known of it.
struct RemoteBatch: Sendable {
  enum Phase: Sendable, Equatable {
    /// The intent is to be written.
    case planned
    /// To be submitted at that moment, for the first time or again.
    case ready(Duration)
    /// Slurm may have it or not.
    case unclear
    /// Slurm has it.
    case out
    /// Slurm says that it has ended.
    case ended(at: Duration)
  }

  let plan: BatchPlan
  var phase: Phase
  /// Those without an answer, in order.
  var jobs: [String]
  /// The last that Slurm said; nil before.
  var sight: QueueEntry?
  /// Since when looks that succeeded did not show it.
  var absentSince: Duration?
  /// Since when it has waited for a person.
  var stuckSince: Duration?
  var isStuckTold = false
  var refusals = 0
  /// Whether it is to end: nothing of it is wanted any more.
  var isUnwanted = false
  /// After the end was seen: whether the folders were looked at once more, and how the script ended.
  var isListed = false
  var details: Details?

  struct Details: Sendable, Equatable {
    var code: SlurmExitCode?
    var log: String
  }

  init(plan: BatchPlan, phase: Phase) {
    self.plan = plan
    self.phase = phase
    jobs = plan.jobs
  }

  var isOut: Bool {
    switch phase {
    case .planned, .ready, .unclear, .out: true
    case .ended: false
    }
  }

  /// Whether Slurm may be running it.
  var mayRun: Bool {
    switch phase {
    case .planned, .ready: false
    case .unclear, .ended: true
    case .out: absentSince != nil || (sight.map { $0.state != .waiting } ?? true)
    }
  }
}
