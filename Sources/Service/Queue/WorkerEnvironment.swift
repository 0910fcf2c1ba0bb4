package import Editing
internal import Kernels
package import Spool
internal import Synchronization

/// What the workers and their jobs use.
package final class WorkerEnvironment: Sendable {
  let configuration: ServiceConfiguration
  let models: ModelCache
  let cache: (any LatentStore)?
  let log: EventLog
  let tally: JobTotals
  let notifier: ServiceNotifier
  let heartbeat: Heartbeat
  let signals: Signals
  let admission: Admission
  let remote = RemoteTotals()
  /// The path of this program, which is started for pictures and jobs in processes of their own; also where another one was
  /// installed meanwhile.
  let program: String
  let isStopping = Mutex(false)

  package init(
    configuration: ServiceConfiguration, models: ModelCache, cache: (any LatentStore)?, log: EventLog, tally: JobTotals,
    notifier: ServiceNotifier, heartbeat: Heartbeat, signals: Signals, program: String = "/proc/self/exe"
  ) {
    self.configuration = configuration
    self.models = models
    self.cache = cache
    self.log = log
    self.tally = tally
    self.notifier = notifier
    self.heartbeat = heartbeat
    self.signals = signals
    self.program = program
    // Side by side not more than the system has room for, whatever one job may need.
    admission = Admission(bytes: min(configuration.limits.memoryBytes, SystemMemory.bytes / 4 * 3))
  }
}
