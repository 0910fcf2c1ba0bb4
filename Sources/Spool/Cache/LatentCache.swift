package import Files
internal import Foundation
internal import PrintableText
internal import Synchronization

/// Results of long work kept by the hash of what they were made from. Bounded; the least recently used goes first.
///
/// Losing an entry costs time and nothing else: entries are not fsynced, and one whose bytes are not those that were
/// stored is dropped when it is read.
package final class LatentCache: Sendable {
  private struct Entry {
    var size: Int64
    /// Nanoseconds since 1970.
    var used: Int64
  }

  private struct State {
    var entries: [String: Entry] = [:]
    var total: Int64 = 0
  }

  static let valueLimit = 1 << 28

  private let folder: Folder
  private let limit: Int64
  private let clock: SpoolClock
  private let state: Mutex<State>

  /// Opens a cache and makes its folder where it is missing.
  ///
  /// - Parameter limitBytes: the most it may hold, headers included; 0 keeps nothing.
  package init(path: String, limitBytes: Int64, clock: SpoolClock = .system) throws(FileError) {
    folder = try makeFolders(Name(path))
    limit = limitBytes
    self.clock = clock
    var state = State()
    for name in try folder.names() {
      guard let key = name.string, Self.isKey(key), let status = try folder.statusIfPresent(of: name),
        status.kind == .regular
      else { continue }
      state.entries[key] = Entry(size: status.size, used: status.modified)
      state.total += status.size
    }
    self.state = Mutex(state)
    evict()
  }

  package var totalBytes: Int64 { state.withLock { $0.total } }
  package var count: Int { state.withLock { $0.entries.count } }

  /// The bytes stored under a key (hexadecimal digits); nil where there are none that are whole.
  package func value(for key: String) -> [UInt8]? {
    guard Self.isKey(key), state.withLock({ $0.entries[key] != nil }) else { return nil }
    do throws(FileError) {
      let contents = try folder.read(Name(key), limit: Self.valueLimit)
      if let bytes = Envelope.open(contents.bytes, kind: "latent") {
        touch(key)
        return bytes
      }
    } catch {
      // A cache that cannot be read is an empty one.
    }
    drop(key)
    return nil
  }

  /// Stores bytes under a key and makes room for them.
  package func store(_ bytes: [UInt8], for key: String) throws(FileError) {
    guard Self.isKey(key) else { throw FileError(.write, escaped(key), "it is not a key of the cache") }
    let sealed = Envelope.seal(bytes, kind: "latent")
    guard Int64(sealed.count) <= limit, sealed.count <= Self.valueLimit else { return }
    try folder.write(Name(key), sealed, durability: .none)
    let now = Self.nanoseconds(clock)
    state.withLock { state in
      state.total += Int64(sealed.count) - (state.entries[key]?.size ?? 0)
      state.entries[key] = Entry(size: Int64(sealed.count), used: now)
    }
    evict()
  }

  private func touch(_ key: String) {
    let now = Self.nanoseconds(clock)
    state.withLock { $0.entries[key]?.used = now }
    // Only the order after a restart hangs on it.
    try? folder.touch(Name(key))
  }

  private func drop(_ key: String) {
    state.withLock { state in
      guard let entry = state.entries.removeValue(forKey: key) else { return }
      state.total -= entry.size
    }
    // What cannot be removed is found again at the next start.
    try? folder.remove(Name(key))
  }

  private func evict() {
    let victims: [String] = state.withLock { state in
      guard state.total > limit else { return [] }
      var rest = state.total
      var victims: [String] = []
      for (key, entry) in state.entries.sorted(by: { ($0.value.used, $0.key) < ($1.value.used, $1.key) }) {
        if rest <= limit { break }
        rest -= entry.size
        victims.append(key)
      }
      return victims
    }
    for key in victims { drop(key) }
  }

  static func isKey(_ key: String) -> Bool {
    (8...128).contains(key.utf8.count) && key.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  private static func nanoseconds(_ clock: SpoolClock) -> Int64 {
    Int64(clock.date().timeIntervalSince1970 * 1_000_000_000)
  }
}
