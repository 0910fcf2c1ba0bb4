internal import Files
internal import ModelPacks
internal import PrintableText

/// A pack that gets a new part in place.
extension Workspace {
  private static let replacedName: Name = "replaced", finishedName = "finished"

  /// Puts a folder of this one in the place of a pack, which is gone afterwards. Both are exchanged at once where the file
  /// system can; elsewhere there is no pack for a moment. `recover` mends what a stop leaves.
  ///
  /// - Parameter hash: of the new pack, by which `isFinished` knows it.
  func replace(_ name: String, at path: String, hash: String) throws(TrainingError) {
    do throws(FileError) {
      try mayWrite()
      try folder.removeTree(Self.replacedName)
      try folder.write(Name(Self.finishedName), Array(hash.utf8))
      let (parent, last) = try Self.split(path)
      try folder.move(Name(name), to: folder, as: Self.replacedName)
      if try !folder.exchange(Self.replacedName, with: last, in: parent) {
        try folder.move(Self.replacedName, to: folder, as: Name(name))
        try parent.move(last, to: folder, as: Self.replacedName)
        try folder.move(Name(name), to: parent, as: last)
      }
      try parent.sync()
      try folder.sync()
      try dropReplaced(by: try parent.folder(last))
    } catch {
      throw TrainingError(error)
    }
  }

  /// Removes the old pack, whose folders, such as one of examples, go on with the new one.
  private func dropReplaced(by pack: Folder) throws(FileError) {
    let old = try folder.folder(Self.replacedName)
    for name in try old.names() {
      guard try old.status(of: name).kind == .folder, try !pack.contains(name) else { continue }
      try old.move(name, to: pack, as: name)
    }
    try pack.sync()
    try folder.removeTree(Self.replacedName)
  }

  /// Puts a pack back that was taken from its place before the other got there, and removes what is left of an exchange.
  package func recover(_ path: String) throws(TrainingError) {
    let finished = try read(Self.finishedName).map { String(decoding: $0, as: UTF8.self) }
    do throws(FileError) {
      guard try folder.contains(Self.replacedName) else { return }
      let (parent, last) = try Self.split(path)
      if try !parent.contains(last) {
        try folder.move(Self.replacedName, to: parent, as: last)
        try parent.sync()
      } else if finished != nil, Self.hash(of: path) == finished {
        try dropReplaced(by: try parent.folder(last))
      } else if finished != nil, Self.hash(of: self.path + "/" + Self.replacedName.description) == finished {
        // The new pack, before the exchange: it is made again.
        try folder.removeTree(Self.replacedName)
      } else {
        throw FileError(
          .rename, folder.printablePath(of: Self.replacedName),
          "is a pack that was replaced, and \(printable(path)) is not the one that came for it; remove one of them")
      }
    } catch {
      throw TrainingError(error)
    }
  }

  /// Whether a pack of that hash came from here by `replace`.
  func isFinished(_ hash: String) throws(TrainingError) -> Bool {
    try read(Self.finishedName) == Array(hash.utf8)
  }

  private static func hash(of pack: String) -> String? { try? ModelPack.load(pack, verification: .sizes).hash }
}
