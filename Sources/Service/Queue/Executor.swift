/// What does the jobs of a spool. Tests hold every executor to the same contract (`ServiceTests/ExecutorContract`):
///
/// - It takes jobs from the spool while it has room for them, and ends each exactly once.
/// - The bytes of a result are those of every other executor.
/// - Trouble that may pass makes a job come again after a pause; an image that ends too early goes back to its inbox.
/// - `ClaimedJob.isCancelled` is looked at at least each second, and ends the job with the reason "cancelled".
/// - A job that was interrupted goes on from its checkpoint.
/// - What a job does to the process it runs in never makes another job, or the same one, be answered wrongly or twice.
///
/// An executor whose work is done elsewhere hands each job out in a `WorkFolder` and settles what comes back with
/// `AttemptSettlement`.
package protocol Executor: AnyObject, Sendable {
  /// Begins to take jobs, on threads of its own.
  func start()

  /// Waits for the end of all that it does, after the spool was stopped and `WorkerEnvironment.isStopping` was set.
  ///
  /// - Returns: false when the time passed first. The jobs that are still out go on at the next start.
  func waitForEnd(_ timeout: Duration) -> Bool
}

/// Where jobs are done: the configuration's `executor`.
package enum ExecutorChoice: String, Sendable, CaseIterable {
  /// In the service's own process.
  case local
  /// Each in a process of its own on this machine.
  case process
  /// By Slurm, on other machines that see the same folders.
  case slurm
}
