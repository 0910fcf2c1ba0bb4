internal import Files
internal import Foundation

/// The folder in which other processes leave what they ask for. Owns whether there may be something.
struct RequestFolder {
  private let store: JobStore
  private let clock: SpoolClock
  private let reporter: Reporter
  var isDirty = true
  /// Done or refused, but not to be removed yet: not done again.
  private var answered: Set<Name> = []

  init(store: JobStore, clock: SpoolClock, reporter: Reporter) {
    self.store = store
    self.clock = clock
    self.reporter = reporter
  }

  /// Opens the state folder anew where its mount was lost.
  ///
  /// - Returns: the folder of requests where it is another one.
  mutating func reopenIfLost() throws(FileError) -> Folder? {
    let isNew = try store.reopenIfLost()
    // Other machines' requests make no event.
    if NetworkFileSystems.name(ofType: try store.root.fileSystemType()) != nil { isDirty = true }
    return isNew ? try folder() : nil
  }

  func folder() throws(FileError) -> Folder { try store.root.folder(JobStore.requestsName) }

  /// Takes up all requests. Each is removed when it is done or refused, not before.
  ///
  /// - Parameter perform: does one; its errors of kind *refuse* refuse it.
  mutating func handle(_ perform: (SpoolRequest) throws(FileError) -> Void) {
    guard isDirty else { return }
    isDirty = false
    do throws(FileError) {
      let folder = try folder()
      let names = try folder.names()
      try removeOldRefusals(names, in: folder)
      for name in names.sorted() where name.hasSuffix(".json") && !name.hasPrefix(".") {
        if !answered.contains(name) { try answer(name, in: folder, perform) }
        answered.insert(name)
        try folder.remove(name)
        answered.remove(name)
      }
      reporter.over(at: .requests)
    } catch {
      reporter.met(error, at: .requests)
      isDirty = true
    }
  }

  private func answer(
    _ name: Name, in folder: Folder, _ perform: (SpoolRequest) throws(FileError) -> Void
  ) throws(FileError) {
    var request: SpoolRequest?
    do throws(FileError) {
      let read = try SpoolRequest.read(name, in: folder)
      request = read
      try perform(read)
    } catch where error.kind == .refuse {
      reporter.emit(.requestRefused(request: name.description, reason: error.message))
      if request?.wantsAnswer == true {
        // Whoever asked reads it, or is gone; only a help.
        try? folder.write(SpoolRequest.refusalName(name), Array(error.message.utf8), mode: 0o660, durability: .none)
      }
    }
  }

  /// Those that nobody came for.
  private func removeOldRefusals(_ names: [Name], in folder: Folder) throws(FileError) {
    for name in names where name.hasSuffix(SpoolRequest.refusalSuffix) {
      guard let modified = try folder.statusIfPresent(of: name)?.modified else { continue }
      if clock.date().timeIntervalSince1970 - Double(modified) / 1e9 > 60 { try? folder.remove(name) }  // gone is gone
    }
  }
}
