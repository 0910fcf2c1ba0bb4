internal import Editing
internal import Spool
internal import Synchronization
internal import Kernels

/// What the workers and their jobs use.
final class WorkerEnvironment: Sendable {
  let configuration: ServiceConfiguration
  let models: ModelCache
  let cache: (any LatentStore)?
  let log: EventLog
  let tally: JobTotals
  let notifier: ServiceNotifier
  let heartbeat: Heartbeat
  let signals: Signals
  let admission: Admission
  let isStopping = Mutex(false)

  init(
    configuration: ServiceConfiguration, models: ModelCache, cache: (any LatentStore)?, log: EventLog, tally: JobTotals,
    notifier: ServiceNotifier, heartbeat: Heartbeat, signals: Signals
  ) {
    self.configuration = configuration
    self.models = models
    self.cache = cache
    self.log = log
    self.tally = tally
    self.notifier = notifier
    self.heartbeat = heartbeat
    self.signals = signals
    // Side by side not more than the system has room for, whatever one job may need.
    admission = Admission(bytes: min(configuration.limits.memoryBytes, SystemMemory.bytes / 4 * 3))
  }
}
