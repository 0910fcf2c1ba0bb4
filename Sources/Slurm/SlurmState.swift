/// A job's state as `squeue -o %T` words it.
package enum SlurmState: Sendable, Equatable {
  /// Not yet on a node, or not again.
  case waiting
  case running
  case completed
  /// Ended by itself with a status or signal that `ExitCode` has.
  case failed
  case timeout
  case outOfMemory
  /// `scancel`, or whoever has the right.
  case cancelled
  /// Past its deadline.
  case deadline
  /// The machine's doing, or that of a more important job.
  case nodeLost
  /// A word of a version that this program does not know.
  case unknown

  package init(_ word: some StringProtocol) {
    switch word {
    case "PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "SPECIAL_EXIT", "RESV_DEL_HOLD": self = .waiting
    case "RUNNING", "COMPLETING", "SUSPENDED", "STOPPED", "RESIZING", "SIGNALING", "STAGE_OUT", "POWER_UP_NODE",
      "RECONFIG_FAIL", "LAUNCH_FAILED", "UPDATE_DB":
      self = .running
    case "COMPLETED": self = .completed
    case "FAILED": self = .failed
    case "TIMEOUT": self = .timeout
    case "OUT_OF_MEMORY": self = .outOfMemory
    case "DEADLINE": self = .deadline
    case "NODE_FAIL", "BOOT_FAIL", "PREEMPTED", "REVOKED": self = .nodeLost
    case _ where word == "CANCELLED" || word.hasPrefix("CANCELLED "): self = .cancelled
    default: self = .unknown
    }
  }

  /// Whether the job will do nothing any more. Of an unknown word that is not believed.
  package var isEnded: Bool {
    switch self {
    case .waiting, .running, .unknown: false
    case .completed, .failed, .timeout, .outOfMemory, .cancelled, .deadline, .nodeLost: true
    }
  }

  /// Whether a job that waits for this reason waits until a person does something.
  package static func isStuck(_ reason: String) -> Bool {
    ["PartitionConfig", "BadConstraints", "JobHeldUser", "JobHeldAdmin", "DependencyNeverSatisfied", "InvalidAccount",
      "InvalidQOS", "PartitionInactive", "PartitionTimeLimit", "PartitionNodeLimit", "AccountNotAllowed", "QOSNotAllowed",
      "launch_failed_requeued_held", "JobHoldMaxRequeue", "AssocMaxWallDurationPerJobLimit", "QOSMaxWallDurationPerJobLimit",
    ].contains(reason)
  }
}
