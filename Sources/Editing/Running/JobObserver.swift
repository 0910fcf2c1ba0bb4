package import Inversion

/// Where a job is.
package struct JobProgress: Sendable {
  package enum Phase: Hashable, Sendable {
    case decoding
    case inverting
    /// An edit's title: `manipulate redness`.
    case editing(String)
    case writing
  }

  /// The picture being worked on.
  package let picture: String
  package let phase: Phase
  /// Steps of the optimization made, and all of them; 0 of 0 where there is none.
  package let step: Int
  package let steps: Int
  /// At the last step.
  package let losses: LossTerms?
}

/// Who wants to know how a job goes on, and may end it.
package protocol JobObserver {
  /// Called at the beginning of each phase and after each step of an optimization.
  ///
  /// - Parameter state: gives what a later run can continue from: keep its bytes and offer them as `checkpoint`. nil
  ///   outside of optimizations.
  func progress(_ progress: JobProgress, state: (() -> [UInt8])?) -> StepAction

  /// The last state kept by an interrupted run of the same job, if any. It is used where it fits and ignored where not.
  var checkpoint: [UInt8]? { get }
}

/// Finished inversions, kept from job to job.
package protocol LatentStore: Sendable {
  /// What was stored under a key, if it is still there.
  func latent(for key: String) -> [UInt8]?
  /// Stores bytes; failing to is no error of the job's.
  func store(_ bytes: [UInt8], for key: String)
}

/// An observer that lets everything run.
package struct SilentObserver: JobObserver {
  package init() {}
  package func progress(_ progress: JobProgress, state: (() -> [UInt8])?) -> StepAction { .go }
  package var checkpoint: [UInt8]? { nil }
}
