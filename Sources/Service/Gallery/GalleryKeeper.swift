internal import Files
internal import Foundation
internal import Logging
internal import Spool
internal import Synchronization

/// Keeps the galleries of all outboxes up to date, on a thread of its own, so that no job waits for them.
final class GalleryKeeper: Sendable {
  /// A burst of jobs is shown together.
  private static let pause = Duration.milliseconds(200)

  private enum Change: Sendable {
    case added(Name), removed(Name)
  }

  private let outboxes: [String]
  private let log: EventLog
  private let changes = BlockingQueue<Change>()
  private let isStopping = Mutex(false)
  private let ended = Latch()

  /// - Parameter outboxes: those that are to have a gallery.
  init(outboxes: [String], log: EventLog) {
    self.outboxes = outboxes
    self.log = log
  }

  func start() {
    guard !outboxes.isEmpty else { return }
    let thread = Thread { [self] in
      run()
      ended.open()
    }
    thread.name = "gallery"
    thread.qualityOfService = .utility
    thread.start()
  }

  func take(_ event: SpoolEvent) {
    switch event {
    case .published(_, _, _, let folder), .failed(_, _, _, _, let folder): changes.add(.added(folder))
    case .removedResult(let folder): changes.add(.removed(folder))
    default: return
    }
  }

  /// Shows what is left to be shown, and ends the thread.
  func stop() {
    guard !outboxes.isEmpty, isStopping.withLock({ isStopping in
      defer { isStopping = true }
      return !isStopping
    }) else { return }
    changes.finish()
    // A slow share is no reason to wait: the next start finds everything.
    _ = ended.wait(.seconds(1))
  }

  private func run() {
    var galleries = outboxes.map { OutboxGallery($0) }
    var told: Set<String> = []
    // Nothing is known to have changed at first, and everything is looked at.
    var burst: [Change]? = []
    while let changes = burst {
      let added = changes.compactMap { if case .added(let folder) = $0 { folder } else { nil } }
      let removed = changes.compactMap { if case .removed(let folder) = $0 { folder } else { nil } }
      for index in galleries.indices {
        do throws(FileError) {
          try galleries[index].update(added: added, removed: removed)
          told.remove(outboxes[index])
        } catch {
          if told.insert(outboxes[index]).inserted { log.tell(.trouble, .warning, [.reason: "gallery: " + error.message]) }
        }
      }
      burst = nextBurst()
    }
  }

  /// Waits for a change and those that follow it at once; nil at the end.
  private func nextBurst() -> [Change]? {
    guard let first = changes.next() else { return nil }
    var burst = [first]
    let end = ContinuousClock.now + Self.pause
    while let change = changes.next(timeout: max(end - .now, .zero)) { burst.append(change) }
    return burst
  }
}
