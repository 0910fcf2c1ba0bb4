package import Editing
internal import Glibc
internal import ModelPacks
internal import Synchronization

/// What a job with a pack is judged by before the pack is loaded.
struct PackNeeds: Sendable {
  /// Of one optimization; see `MemoryEstimate`.
  let workingBytes: Int
  /// How photographs are placed for it.
  let alignment: Alignment
  /// The pack's hash.
  let hash: String
  /// All its files together.
  let packBytes: Int

  init(_ pack: PackDescription.Document) throws(PackError) {
    workingBytes = try MemoryEstimate.workingBytes(pack.document)
    alignment = pack.document.alignment
    hash = pack.hash
    packBytes = pack.document.files.reduce(0) { $0 + $1.bytes }
  }

  /// What a job is estimated to need, in bytes.
  func bytes(for prepared: PreparedJob, _ limits: ServiceConfiguration.Limits) throws(EditingError) -> Int {
    try MemoryEstimate.bytes(
      for: prepared.input, workingBytes: workingBytes, alignment: alignment, limits: limits.pictures)
  }
}

/// Models in memory, the last used first. A pack whose description changed on disk is loaded again.
package final class ModelCache: Sendable {
  private struct Item {
    var name: String
    var folder: String
    /// What changes when the pack's description is written anew.
    var stamp: String
    var model: LoadedModel
  }

  private let library: PackLibrary
  package let capacity: Int
  private let items = Mutex<[Item]>([])
  private let described = Mutex<[String: (folder: String, stamp: String, needs: PackNeeds)]>([:])
  /// One model is loaded at a time, so that two jobs do not load the same.
  private let loading = Mutex(())

  /// - Parameters:
  ///   - folders: where packs are searched.
  ///   - capacity: how many models stay in memory.
  package init(folders: [String], capacity: Int = 2) {
    library = PackLibrary(folders: folders)
    self.capacity = max(1, capacity)
  }

  /// The model of a pack.
  ///
  /// - Parameter isPathAllowed: whether the name may be a folder's path: for command lines, never for an inbox.
  /// - Throws: `PackError` in one line.
  package func model(_ name: String, isPathAllowed: Bool = false) throws -> LoadedModel {
    if let model = known(name) { return model }
    return try loading.withLock { _ in
      if let model = known(name) { return model }
      let folder = try isPathAllowed ? library.folder(ofPack: name) : library.folder(ofPackNamed: name)
      let stamp = Self.stamp(folder)
      let model = try LoadedModel(ModelPack.load(folder))
      touch(Item(name: name, folder: folder, stamp: stamp, model: model))
      return model
    }
  }

  /// What one optimization with a pack needs, and how photographs are placed for it, without loading its weights; see
  /// `MemoryEstimate`.
  ///
  /// - Throws: `PackError` in one line.
  func needs(_ name: String) throws -> PackNeeds {
    if let known = described.withLock({ $0[name] }), Self.stamp(known.folder) == known.stamp { return known.needs }
    let folder = try library.folder(ofPackNamed: name)
    let stamp = Self.stamp(folder)
    let needs = try PackNeeds(PackDescription.read(folder: folder))
    described.withLock { $0[name] = (folder, stamp, needs) }
    return needs
  }

  private func known(_ name: String) -> LoadedModel? {
    let known = items.withLock { items in items.first { $0.name == name } }
    guard let known, Self.stamp(known.folder) == known.stamp else { return nil }
    touch(known)
    return known.model
  }

  /// The folder of a pack.
  ///
  /// - Throws: `PackError` in one line.
  func folder(_ name: String) throws -> String { try library.folder(ofPackNamed: name) }

  /// Checks that a pack is there and can be read, without keeping it in memory.
  package func check(_ name: String) throws {
    _ = try ModelPack.load(library.folder(ofPackNamed: name)).description.networksForInversion()
  }

  private func touch(_ item: Item) {
    items.withLock { items in
      items.removeAll { $0.name == item.name }
      items.insert(item, at: 0)
      if items.count > capacity { items.removeLast(items.count - capacity) }
    }
  }

  private static func stamp(_ folder: String) -> String {
    var status = stat()
    guard unsafe stat(folder + "/pack.yaml", &status) == 0 else { return "" }
    let time = status.st_mtim
    return "\(status.st_dev) \(status.st_ino) \(status.st_size) \(time.tv_sec) \(time.tv_nsec)"
  }
}
