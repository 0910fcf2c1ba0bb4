internal import Files

/// Writes `status.json` when something is new, at most once a second.
struct StatusWriter {
  private let store: JobStore
  private let reporter: Reporter
  private var last: SpoolStatus?
  private var lastWrite: Moment?

  init(store: JobStore, reporter: Reporter) {
    self.store = store
    self.reporter = reporter
  }

  /// When what is new may be written; nil where nothing was written yet.
  var next: Moment? { lastWrite.map { $0 + .seconds(1) } }

  /// Writes a status that has news, unless it is too early.
  ///
  /// - Parameter isLast: whether no later one will come.
  mutating func write(_ now: Moment, isLast: Bool, _ status: () -> SpoolStatus) {
    if let next, now < next, !isLast { return }
    lastWrite = now
    let status = status()
    if var last {
      last.updated = status.updated
      if last == status { return }
    }
    do throws(FileError) {
      // Not fsynced: it only has to be whole, and a crash makes it void anyway.
      let bytes = try encodeJSON(status, store.root.printablePath(of: JobStore.statusName))
      try store.root.write(JobStore.statusName, bytes, mode: 0o644, durability: .none)
      last = status
      reporter.over(at: .status)
    } catch {
      reporter.met(error, at: .status)
    }
  }
}
