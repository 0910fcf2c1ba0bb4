internal import Files
internal import Synchronization

/// Drops that were taken back because they are cut short, and how long each is waited for. Workers ask and add, the tracker
/// asks; in memory alone: after a restart the wait begins anew.
final class IncompleteDrops: Sendable {
  /// What it looked like, and how long it is waited for.
  struct Hold: Sendable {
    var size: Int64
    var modified: Int64
    /// Of a job folder, as in `Settling.Observation`.
    var content: UInt64
    var until: Moment
  }

  private let patience: [String: Duration]
  private let holds = Mutex<[FileIdentity: Hold]>([:])

  init(_ watches: [WatchConfiguration]) {
    patience = Dictionary(watches.map { ($0.inbox, .seconds($0.incompleteSeconds)) }) { first, _ in first }
  }

  /// Whether the drop may go back and wait for more bytes; remembers what it looks like now.
  ///
  /// - Parameters:
  ///   - entry: the one that is cut short.
  ///   - content: of a job folder.
  func mayWait(_ record: JobRecord, _ entry: JobEntry, content: UInt64, _ now: Moment) -> Bool {
    guard entry.role != .sidecar else { return false }
    let patience = patience[record.inbox] ?? .zero
    return holds.withLock { holds in
      // As long as it grows, or what is in it changes, the rest is on its way.
      let last = holds[entry.identity].flatMap {
        $0.size == entry.size && $0.modified == entry.modified && $0.content == content ? $0 : nil
      }
      let until = last?.until ?? now + patience
      guard now < until else { return false }
      holds[entry.identity] = Hold(size: entry.size, modified: entry.modified, content: content, until: until)
      return true
    }
  }

  /// A drop that was copied back is another file now: what is known of it goes with it.
  func move(_ entry: JobEntry, to status: FileStatus, content: UInt64) {
    guard status.size == entry.size || entry.role == .folder else { return }
    holds.withLock { holds in
      guard let hold = holds.removeValue(forKey: entry.identity) else { return }
      holds[status.identity] = Hold(size: status.size, modified: status.modified, content: content, until: hold.until)
    }
  }

  /// It was answered.
  func forget(_ record: JobRecord) {
    holds.withLock { holds in
      for entry in record.entries { holds[entry.identity] = nil }
    }
  }

  func hold(of observation: Settling.Observation) -> Hold? {
    holds.withLock { holds in
      guard let hold = holds[observation.identity], hold.size == observation.size,
        hold.modified == observation.modified, hold.content == observation.content
      else { return nil }
      return hold
    }
  }
}
