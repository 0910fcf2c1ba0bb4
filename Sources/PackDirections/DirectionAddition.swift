internal import Files
internal import Foundation
package import ModelPacks
internal import PrintableText
internal import WeightFiles

/// Gives a pack one more attribute.
package struct DirectionAddition {
  private let attribute: PackAttribute
  private let direction: DirectionFile

  package init(_ attribute: PackAttribute, _ direction: DirectionFile) {
    self.attribute = attribute
    self.direction = direction
  }

  /// Writes a copy of the pack with the attribute.
  ///
  /// - Parameters:
  ///   - path: where the copy gets its name when it is complete and checked. nil to put it in the pack's own place; then
  ///     the old one is gone.
  /// - Returns: the pack's path.
  /// - Throws: `PackError`: the attribute is there already, a folder cannot be written. The old pack is then as it was; a
  ///   power cut between two renames leaves it beside its place, as `.NAME.old`.
  package func write(_ pack: ModelPack, to path: String?) throws(PackError) -> String {
    let description = pack.description
    guard description.attribute(attribute.name) == nil else {
      throw PackError("\(description.name) has an attribute \(quoted(attribute.name)) already; choose another --name")
    }
    let place = URL(fileURLWithPath: path ?? pack.folder).standardizedFileURL
    do throws(FileError) {
      let parent = try Folder(path: Name(place.deletingLastPathComponent().path)), name = Name(place.lastPathComponent)
      let source = try Folder(path: Name(pack.folder))
      let draft = Name(".\(place.lastPathComponent.prefix(100)).part"), old = Name(".\(place.lastPathComponent.prefix(100)).old")
      if path != nil, try parent.contains(name) {
        throw FileError(.rename, parent.printablePath(of: name), "exists already; choose another --output or remove it")
      }
      try parent.removeTree(draft)
      if path == nil { try parent.removeTree(old) }
      let folder = try parent.makeFolder(draft, mode: 0o755, exclusive: true)
      let boundaries = self.boundaries(pack)
      let replaced: Set<Name> = [Name(PackFileName.description), Name(PackFileName.boundaries)]
      for file in try source.names() where !replaced.contains(file) && !file.hasPrefix(".") {
        switch try source.status(of: file).kind {
        case .folder: try source.copyTree(file, to: folder, as: file, limit: .max)
        case .regular: try source.copy(file, to: folder, as: file, limit: .max)
        default: continue
        }
      }
      try folder.write(Name(PackFileName.boundaries), boundaries, mode: 0o644)
      try folder.write(Name(PackFileName.description), Array(changed(description, boundaries).yaml.utf8), mode: 0o644)
      try check(parent.path.appending(draft), parent, draft)
      try folder.sync()
      if path == nil { try parent.move(name, to: parent, as: old) }
      do throws(FileError) {
        try parent.move(draft, to: parent, as: name)
      } catch {
        // The old pack comes back; the first error counts.
        if path == nil { try? parent.move(old, to: parent, as: name) }
        throw error
      }
      try parent.sync()
      if path == nil { try parent.removeTree(old) }
      return place.path
    } catch {
      throw PackError(error)
    }
  }

  private func check(_ path: Name, _ parent: Folder, _ draft: Name) throws(FileError) {
    do {
      _ = try ModelPack.load(path.string ?? "", verification: .full)
    } catch {
      try? parent.removeTree(draft)  // it harms nobody
      throw FileError(.open, parent.printablePath(of: draft), "the pack would not be whole: \(error)")
    }
  }

  private func boundaries(_ pack: ModelPack) -> [UInt8] {
    var writer = SafetensorsWriter()
    let width = pack.description.wDimension
    for attribute in pack.description.attributes {
      guard let rows = pack.boundaries[attribute.name]?.rows else { continue }
      writer.add(attribute.name, shape: rows.count == 1 ? [width] : [rows.count, width], values: rows.flatMap(\.self))
    }
    let count = direction.values.count
    writer.add(attribute.name, shape: count == width ? [width] : [count / width, width], values: direction.values)
    return writer.bytes()
  }

  private func changed(_ description: PackDescription, _ boundaries: [UInt8]) -> PackDescription {
    var description = description
    description.attributes.append(attribute)
    description.files.removeAll { $0.name == PackFileName.boundaries }
    description.files.append(PackFile(name: PackFileName.boundaries, sha256: sha256(boundaries), bytes: boundaries.count))
    description.files.sort { $0.name < $1.name }
    return description
  }
}
