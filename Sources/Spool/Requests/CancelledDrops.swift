internal import Files
internal import Foundation

/// What lies in an inbox and is not to be done, because somebody cancelled it there, until it changes or goes. On disk: a
/// restart does not take it up either. One for the loop's parts, on the loop's thread.
final class CancelledDrops {
  private struct Drop: Codable, Hashable {
    var inbox: String
    var subfolder: Name
    var name: Name
    var size: Int64
    var modified: Int64
  }

  private struct Content: Codable {
    var format = 1
    /// Each with what helps it.
    var drops: [Drop]
    var reasons: [String]
  }

  private let store: JobStore
  private var drops: [Drop: String] = [:]

  init(store: JobStore) {
    self.store = store
  }

  var isEmpty: Bool { drops.isEmpty }

  /// Takes up what an earlier process left; nothing where that cannot be understood.
  func load() throws(FileError) {
    guard try store.root.contains(JobStore.cancelledName) else { return }
    let bytes = try store.root.read(JobStore.cancelledName, limit: JobStore.recordLimit).bytes
    guard let content = try? JSONDecoder().decode(Content.self, from: Data(bytes)), content.format == 1 else { return }
    for (drop, reason) in zip(content.drops, content.reasons) { drops[drop] = reason }
  }

  private func save() throws(FileError) {
    let state = store.root
    if drops.isEmpty {
      if try state.contains(JobStore.cancelledName) { try state.remove(JobStore.cancelledName) }
      return
    }
    let sorted = drops.sorted { ($0.key.inbox, $0.key.subfolder, $0.key.name) < ($1.key.inbox, $1.key.subfolder, $1.key.name) }
    let content = Content(drops: sorted.map(\.key), reasons: sorted.map(\.value))
    try state.write(
      JobStore.cancelledName, try encodeJSON(content, state.printablePath(of: JobStore.cancelledName)))
  }

  /// Marks what a job was made of, instead of what was marked under the same names.
  func add(_ record: JobRecord, reason: String) throws(FileError) {
    drops = drops.filter { !Self.isPart($0.key, of: record) }
    for entry in record.entries where !entry.isCopy {
      drops[Self.drop(record.inbox, record.subfolder, entry.name, entry.size, entry.modified)] = reason
    }
    try save()
  }

  func remove(_ record: JobRecord) throws(FileError) {
    try remove { Self.isPart($0, of: record) }
  }

  private static func isPart(_ drop: Drop, of record: JobRecord) -> Bool {
    drop.inbox == record.inbox && drop.subfolder == record.subfolder && record.entries.contains { $0.name == drop.name }
  }

  /// Forgets what was under a name that changed or went.
  func remove(_ name: Name, subfolder: Name, inbox: String) throws(FileError) {
    try remove { $0.inbox == inbox && $0.subfolder == subfolder && $0.name == name }
  }

  private func remove(where isMeant: (Drop) -> Bool) throws(FileError) {
    let kept = drops.filter { !isMeant($0.key) }
    guard kept.count < drops.count else { return }
    drops = kept
    try save()
  }

  /// What to say of a drop that is not to be done; nil for others.
  func reason(_ name: Name, _ seen: Settling.Observation, subfolder: Name, inbox: String) -> String? {
    drops.isEmpty ? nil : drops[Self.drop(inbox, subfolder, name, seen.size, seen.modified)]
  }

  /// Whether what a job was made of was cancelled, and an earlier process ended before it was in the inbox again.
  func contains(_ record: JobRecord) -> Bool {
    guard !drops.isEmpty, let entry = record.entries.first else { return false }
    return drops[Self.drop(record.inbox, record.subfolder, entry.name, entry.size, entry.modified)] != nil
  }

  func contains(where isMeant: (_ name: Name, _ inbox: String) -> Bool) -> Bool {
    drops.keys.contains { isMeant($0.name, $0.inbox) }
  }

  private static func drop(_ inbox: String, _ subfolder: Name, _ name: Name, _ size: Int64, _ modified: Int64) -> Drop {
    Drop(inbox: inbox, subfolder: subfolder, name: name, size: size, modified: modified)
  }
}
