internal import Editing
internal import Files
internal import Foundation
internal import Images
package import Spool
internal import StrictYAML
internal import Synchronization

/// A spool with its workers under one configuration. A reload makes a new one.
package final class Session {
  package let configuration: ServiceConfiguration
  private let spool: Spool
  private let executor: any Executor
  private let trainer: TrainingWorker
  private let gallery: GalleryKeeper
  let environment: WorkerEnvironment

  /// Opens when the last thread has let go of the state folder.
  var released: Latch { spool.released }

  /// Opens the folders. Nothing is moved before `start`.
  ///
  /// - Parameter crashLimit: see `SpoolConfiguration`.
  package init(
    environment: WorkerEnvironment, crashLimit: Int = SpoolConfiguration.usualCrashLimit,
    listener: @escaping @Sendable (SpoolEvent) -> Void
  ) throws(SpoolError) {
    self.environment = environment
    configuration = environment.configuration
    let gallery = GalleryKeeper(outboxes: Self.outboxesWithGallery(environment.configuration), log: environment.log)
    self.gallery = gallery
    var spoolConfiguration = Self.spoolConfiguration(environment.configuration)
    spoolConfiguration.crashLimit = crashLimit
    spool = try Spool(
      spoolConfiguration, totals: environment.tally, alive: { environment.heartbeat.spoolTurned() }
    ) { event in
      listener(event)
      gallery.take(event)
    }
    executor = Self.executor(spool, environment)
    trainer = TrainingWorker(spool: spool, environment: environment)
  }

  package func start() {
    gallery.start()
    spool.start()
    executor.start()
    trainer.start()
  }

  /// Ends the work: running jobs save their state and go on at the next start.
  ///
  /// - Returns: false when a worker did not end in time; its job goes on from its last checkpoint.
  package func stop(within timeout: Duration) -> Bool {
    environment.isStopping.withLock { $0 = true }
    let start = ContinuousClock.now
    spool.stop()
    let isExecutorEnded = executor.waitForEnd(timeout)
    let hasEnded = trainer.waitForEnd(max(timeout - (ContinuousClock.now - start), .zero)) && isExecutorEnded
    gallery.stop()
    return hasEnded
  }

  private static func executor(_ spool: Spool, _ environment: WorkerEnvironment) -> any Executor {
    switch environment.configuration.execution.executor {
    case .local: WorkerPool(spool: spool, environment: environment) { LocalHand(environment, $0) }
    case .process: WorkerPool(spool: spool, environment: environment) { ProcessHand(environment, $0) }
    case .slurm: SlurmExecutor(spool: spool, environment: environment)
    }
  }

  /// An outbox of which any watch wants reports.
  private static func outboxesWithGallery(_ configuration: ServiceConfiguration) -> [String] {
    Set(configuration.watches.filter(\.defaults.sidecar.wantsReport).map(\.folders.outbox)).sorted()
  }

  private static func spoolConfiguration(_ configuration: ServiceConfiguration) -> SpoolConfiguration {
    let limits = configuration.limits
    var spool = SpoolConfiguration(
      state: configuration.state, watches: configuration.watches.map(\.folders),
      namesReferenced: { referencedNames($0, isJobFile: $1) })
    spool.content = { dropContent($0) }
    spool.limits.fileBytes = limits.fileBytes
    spool.limits.sidecarBytes = limits.sidecarBytes
    spool.limits.imagesPerJob = limits.images
    spool.retention = configuration.retention
    spool.ignoredNames = configuration.ignoredNames
    // They are handed on in batches, and not one by one.
    if configuration.execution.executor == .slurm { spool.claimAhead = 256 }
    return spool
  }
}

/// What a file is, whatever its name.
private func dropContent(_ opening: [UInt8]) -> DropContent? {
  if CodeFile.isOne(opening) { return .subject }
  switch FileSignature(opening) {
  case .picture: return .subject
  case .other(let other): return .unread(other.refusal)
  case .begun, .unknown: return nil
  }
}

/// The pictures that a sidecar or a `job.yaml` names; nil where it cannot be read: what is wrong with it is told by the job.
private func referencedNames(_ bytes: [UInt8], isJobFile: Bool) -> [String]? {
  try? Sidecar.referencedNames(bytes, file: "", kind: isJobFile ? .job : .photograph)
}
