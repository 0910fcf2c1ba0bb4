internal import Editing
internal import Files
internal import Spool
internal import Synchronization

/// Finished inversions for a job in a work folder: those of the daemon's cache, read only, and those that it finds itself,
/// which go with its answer.
final class WorkCodes: LatentStore {
  private let shared: SharedLatents?
  private let folder: WorkFolder
  private let isKeeping: Bool
  private let keys = Mutex<[String]>([])

  /// - Parameter cache: the folder of the daemon's cache; nil for none.
  init(cache: String?, folder: WorkFolder) {
    shared = cache.flatMap { SharedLatents(path: $0) }
    isKeeping = cache != nil
    self.folder = folder
  }

  /// The keys of the cache that were used.
  var used: [String] { keys.withLock { $0 } }

  func latent(for key: String) -> [UInt8]? {
    guard let bytes = shared?.value(for: key) else { return nil }
    keys.withLock { $0.append(key) }
    return bytes
  }

  func store(_ bytes: [UInt8], for key: String) {
    guard isKeeping else { return }
    // A result that is not kept is computed again.
    try? folder.keepCode(bytes, for: key)
  }
}
