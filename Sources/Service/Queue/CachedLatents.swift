internal import Editing
internal import Files
internal import Spool

/// The spool's cache as the editor's store.
struct CachedLatents: LatentStore {
  let cache: LatentCache

  func latent(for key: String) -> [UInt8]? { cache.value(for: key) }

  func store(_ bytes: [UInt8], for key: String) {
    // A result that is not kept is computed again.
    try? cache.store(bytes, for: key)
  }
}
