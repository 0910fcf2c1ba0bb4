internal import Editing
package import Files
internal import Foundation
internal import Glibc
internal import Kernels
internal import Logging
internal import Spool
internal import Synchronization

/// The service from start to stop: one session at a time, signals, reload, watchdog, metrics. All on the main thread;
/// the work is done by the session's own. To be made before there are other threads.
package final class ServiceRunner {
  private let place: ConfigurationPlace
  private let format: LogFormat?
  private let notifier = ServiceNotifier()
  private let heartbeat = Heartbeat()
  private let signals: Signals
  private let tally = JobTotals()
  private var log: EventLog
  private var session: Session?
  /// Opens when the last session has let go of its state folder.
  private var released: Latch?
  private var metrics: Metrics?
  private var lastMetrics: ContinuousClock.Instant?
  private var areMetricsDue = false
  private var hasToldMetrics = false

  /// How long running jobs have to save their states when the service stops; systemd would wait longer.
  private static let stopPatience = Duration.seconds(4)

  private static let metricsPause = Duration.seconds(1)

  /// How the service ended.
  package enum End: Sendable, Equatable {
    case stopped
    /// As `stopped`, but a job did not end in time and its thread still runs: the process must end without cleaning up.
    case abandoned
    /// The configuration, or what it names, cannot be used.
    case configuration(String)
    /// A model cannot be used.
    case model(String)
    /// Something failed that may pass: start it again.
    case trouble(String)
  }

  /// - Parameters:
  ///   - place: of the configuration.
  ///   - format: of the log, over the configuration's.
  /// - Throws: where the signals cannot be listened to.
  package init(_ place: ConfigurationPlace, format: LogFormat?) throws(FileError) {
    signals = try Signals()
    self.place = place
    self.format = format
    log = EventLog.standard(format: format ?? .auto, level: .info)
  }

  /// Runs until a signal ends it. On the main thread.
  package func run() -> End {
    do {
      let configuration = try ServiceConfiguration.load(place)
      begin(try open(prepare(configuration)))
    } catch let error as ModelError {
      return .model(error.description)
    } catch let error as SpoolError where error.kind == .retry {
      return .trouble(error.message)
    } catch {
      return .configuration("\(error)")
    }
    while true {
      switch signals.wait(pause) {
      case .stop:
        return stop() ? .stopped : .abandoned
      case .reload: reload()
      case .nothing: break
      }
      feedWatchdog()
      writeMetrics()
    }
  }

  /// Tells why the service could not start.
  package func tellFailure(_ reason: String) {
    log.tell(.serviceFailed, .error, [.reason: reason])
  }

  /// - Returns: whether all ended in time.
  private func stop() -> Bool {
    notifier.stopping()
    log.tell(.serviceStopping, .notice)
    let isClean = session?.stop(within: Self.stopPatience) ?? true
    if !isClean {
      log.tell(
        .serviceStopping, .warning, [.reason: "a running job did not stop in time; it goes on from its last checkpoint"])
    }
    lastMetrics = nil
    writeMetrics()
    return isClean
  }

  /// A model that the configuration names and that cannot be used.
  private struct ModelError: Error {
    let description: String
  }

  /// Prepares all that can fail without touching the folders.
  private func prepare(_ configuration: ServiceConfiguration) throws -> WorkerEnvironment {
    let log = EventLog.standard(format: format ?? configuration.log.format, level: configuration.log.level)
    let models = ModelCache(folders: configuration.models)
    var names: [String] = []
    for watch in configuration.watches where !names.contains(watch.model) { names.append(watch.model) }
    for (index, name) in names.enumerated() {
      do {
        // Processes of their own load it themselves.
        if index < models.capacity, configuration.execution.executor == .local { _ = try models.model(name) } else { try models.check(name) }
      } catch {
        throw ModelError(description: "\(error)")
      }
    }
    return WorkerEnvironment(
      configuration: configuration, models: models, cache: cache(configuration), log: log, tally: tally,
      notifier: notifier, heartbeat: heartbeat, signals: signals)
  }

  private func open(_ environment: WorkerEnvironment) throws(SpoolError) -> Session {
    let hasMetrics = environment.configuration.metricsFile != nil
    return try Session(environment: environment) { event in
      environment.log.tell(event, environment.tally)
      // Whatever a thread of this process still writes would be beside another's.
      if case .superseded = event { _exit(1) }
      if hasMetrics { environment.signals.wake() }
    }
  }

  private func begin(_ session: Session) {
    self.session = session
    let configuration = session.configuration
    log = session.environment.log
    Workers.use(threads: configuration.threads ?? Processors.defaultThreadCount())
    metrics = configuration.metricsFile.map(Metrics.init)
    lastMetrics = nil
    session.start()
    notifier.ready("waiting for files")
    log.tell(
      .serviceReady, .notice,
      [
        .watch: configuration.watches.map(\.folders.inbox).joined(separator: ", "),
        .model: configuration.watches.map(\.model).joined(separator: ", "),
        .reason: "version \(Program.version), \(Workers.common.threads) threads, kernels \(Processor.variant.rawValue)",
      ])
  }

  private func cache(_ configuration: ServiceConfiguration) -> (any LatentStore)? {
    guard configuration.cache.bytes > 0 else { return nil }
    do {
      return CachedLatents(
        cache: try LatentCache(path: configuration.cache.folder, limitBytes: Int64(configuration.cache.bytes)))
    } catch {
      log.tell(.trouble, .warning, [.reason: "\(error.message); finished inversions are not kept"])
      return nil
    }
  }

  /// Goes on under the new configuration, or under the old one where the new one cannot be used.
  private func reload() {
    notifier.reloading()
    log.tell(.serviceReloading, .notice)
    let environment: WorkerEnvironment
    do {
      environment = try prepare(ServiceConfiguration.load(place))
    } catch {
      refuse((error as? ModelError)?.description ?? "\(error)")
      notifier.ready("waiting for files")
      return
    }
    let configuration = endSession()
    tally.restarted()
    heartbeat.spoolTurned()
    do {
      begin(try openSoon(environment))
    } catch {
      refuse(error.description)
      reopen(configuration)
    }
  }

  /// Ends the session. Jobs go on from their checkpoints. The state folder's lock goes with its last reference.
  private func endSession() -> ServiceConfiguration {
    guard let old = session.take() else { return ServiceConfiguration() }
    _ = old.stop(within: .seconds(60))
    released = old.released
    return old.configuration
  }

  private func reopen(_ configuration: ServiceConfiguration) {
    while true {
      do {
        begin(try openSoon(prepare(configuration)))
        return
      } catch {
        // It worked a moment ago: what is in the way passes, or a person has to help.
        log.tell(.trouble, .error, [.reason: "\(error)"])
        if signals.wait(.seconds(5)) == .stop { Glibc.exit(0) }
      }
    }
  }

  /// Opens a session, while threads of the last one may still be about to let go of the lock.
  private func openSoon(_ environment: WorkerEnvironment) throws(SpoolError) -> Session {
    do {
      return try open(environment)
    } catch {
      _ = released?.wait(.seconds(1))
      return try open(environment)
    }
  }

  private func refuse(_ reason: String) {
    log.tell(.reloadRefused, .error, [.reason: "\(reason); the old configuration stays in force"])
  }

  /// How long the main thread may sleep.
  private var pause: Duration? {
    let watchdog = notifier.watchdog.map { $0 / 4 }
    guard metrics != nil, let lastMetrics, areMetricsDue else { return watchdog }
    let rest = max(Self.metricsPause - (ContinuousClock.now - lastMetrics), .zero)
    return watchdog.map { min($0, rest) } ?? rest
  }

  private func feedWatchdog() {
    guard let limit = notifier.watchdog, let session else { return }
    let rest = session.configuration.watches.map(\.folders.rescanSeconds).max() ?? 30
    if heartbeat.isAlive(patience: limit * 3 / 4, rest: .seconds(rest)) { notifier.alive() }
  }

  private func writeMetrics() {
    guard let metrics else { return }
    if let lastMetrics, ContinuousClock.now - lastMetrics < Self.metricsPause {
      areMetricsDue = true
      return
    }
    areMetricsDue = false
    lastMetrics = .now
    let reason = metrics.write(tally.counts, remote: session?.environment.remote.counts)
    if let reason, !hasToldMetrics { log.tell(.trouble, .warning, [.reason: reason]) }
    hasToldMetrics = reason != nil
  }
}

/// The spool's cache as the editor's store.
struct CachedLatents: LatentStore {
  let cache: LatentCache

  func latent(for key: String) -> [UInt8]? { cache.value(for: key) }

  func store(_ bytes: [UInt8], for key: String) {
    // A result that is not kept is computed again.
    try? cache.store(bytes, for: key)
  }
}
