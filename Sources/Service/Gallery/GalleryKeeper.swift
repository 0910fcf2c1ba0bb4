internal import Files
internal import Foundation
internal import Logging
internal import Spool
internal import Synchronization

/// Keeps the galleries of all outboxes up to date, on a thread of its own, so that no job waits for them.
final class GalleryKeeper: Sendable {
  /// A burst of jobs is shown together.
  private static let pause = 0.2

  private struct State {
    var added: [Name] = []
    var removed: [Name] = []
    var isStopping = false
  }

  private let outboxes: [String]
  private let log: EventLog
  private let state = Mutex(State())
  private let work = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)

  /// - Parameter outboxes: those that are to have a gallery.
  init(outboxes: [String], log: EventLog) {
    self.outboxes = outboxes
    self.log = log
  }

  func start() {
    guard !outboxes.isEmpty else { return }
    let thread = Thread { [self] in
      run()
      ended.signal()
    }
    thread.name = "gallery"
    thread.qualityOfService = .utility
    thread.start()
  }

  func take(_ event: SpoolEvent) {
    switch event {
    case .published(_, _, _, let folder), .failed(_, _, _, _, let folder): state.withLock { $0.added.append(folder) }
    case .removedResult(let folder): state.withLock { $0.removed.append(folder) }
    default: return
    }
    work.signal()
  }

  /// Shows what is left to be shown, and ends the thread.
  func stop() {
    guard !outboxes.isEmpty, state.withLock({ state in
      defer { state.isStopping = true }
      return !state.isStopping
    }) else { return }
    work.signal()
    // A slow share is no reason to wait: the next start finds everything.
    _ = ended.wait(timeout: .now() + 1)
  }

  private func run() {
    var galleries = outboxes.map { OutboxGallery($0) }
    var told: Set<String> = []
    while true {
      let (added, removed, isStopping) = state.withLock { state in
        defer { (state.added, state.removed) = ([], []) }
        return (state.added, state.removed, state.isStopping)
      }
      for index in galleries.indices {
        do throws(FileError) {
          try galleries[index].update(added: added, removed: removed)
          told.remove(outboxes[index])
        } catch {
          if told.insert(outboxes[index]).inserted { log.tell(.trouble, .warning, [.reason: "gallery: " + error.message]) }
        }
      }
      if isStopping { return }
      work.wait()
      Thread.sleep(forTimeInterval: state.withLock { $0.isStopping } ? 0 : Self.pause)
      while work.wait(timeout: .now()) == .success {}
    }
  }
}
