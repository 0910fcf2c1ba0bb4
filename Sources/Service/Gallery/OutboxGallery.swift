internal import Editing
package import Files
internal import PrintableText
internal import Spool

/// The pages of one outbox on disk. What they show is found in the outbox itself, so that nothing is lost or shown twice
/// after a crash; a job that ends costs one page.
package struct OutboxGallery {
  private let path: Name
  private var list = GalleryList()
  /// What lies in the outbox, by hash.
  private var written: [String: String] = [:]
  private var hasScanned = false
  /// Pages that are full and on disk, with the neighbors they have now.
  private var settledPages = 0

  /// - Parameter path: of the outbox.
  package init(_ path: String) {
    self.path = Name(path)
  }

  /// Takes what changed and writes the pages that show it.
  ///
  /// - Parameters:
  ///   - added: answers that appeared, by absolute paths.
  ///   - removed: answers that went away.
  /// - Throws: `FileError`; what was taken is shown by the next call.
  package mutating func update(added: [Name] = [], removed: [Name] = []) throws(FileError) {
    let outbox = try Folder(path: path)
    if !hasScanned {
      list = GalleryList()
      var found: [GalleryPage.Entry] = []
      for answer in try PublishedAnswer.all(in: outbox) {
        if let entry = try entry(answer) { found.append(entry) }
      }
      list.add(found)
      try removeDrafts(outbox)
      hasScanned = true
      settledPages = 0
    }
    var isChanged = list.remove(Set(removed.compactMap(below)))
    for folder in added {
      guard let relative = below(folder), let answer = try PublishedAnswer(Name(relative), in: outbox) else { continue }
      if let entry = try entry(answer) { list.add(entry) }
    }
    // Who took a result away did not tell.
    var gone: Set<String> = []
    for entry in list.newest {
      if try !isThere(entry.folder, in: outbox) { gone.insert(entry.folder) }
    }
    if list.remove(gone) { isChanged = true }
    if isChanged { settledPages = 0 }
    try write(outbox)
  }

  /// A path below the outbox, as text; nil for others, and for names that are no text.
  private func below(_ folder: Name) -> String? {
    guard let text = folder.string, let start = path.string.map({ $0.hasSuffix("/") ? $0 : $0 + "/" }), text.hasPrefix(start)
    else { return nil }
    return String(text.dropFirst(start.count))
  }

  private func isThere(_ folder: String, in outbox: Folder) throws(FileError) -> Bool {
    try outbox.statusIfPresent(of: Name(folder).appending(AnswerNames.marker)) != nil
  }

  /// nil for a name that is no text, which no link could lead to.
  private func entry(_ answer: PublishedAnswer) throws(FileError) -> GalleryPage.Entry? {
    guard let folder = answer.path.string else { return nil }
    var entry = GalleryPage.Entry(folder: folder, time: answer.made)
    if answer.isFailure {
      let text = try answer.folder.contains(AnswerNames.error) ? answer.folder.read(AnswerNames.error, limit: 1 << 16).bytes : []
      entry.reason = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline).first.map(String.init) ?? "failed"
      return entry
    }
    entry.hasPage = try answer.folder.contains(AnswerNames.page)
    let picture: Name = "inverted.png", samples: Name = "samples.png"
    if try answer.folder.contains(picture) {
      entry.picture = "\(folder)/\(picture)"
    } else if try answer.folder.contains(samples) {
      // Of a training.
      (entry.picture, entry.pictureText) = ("\(folder)/\(samples)", "Samples of")
    } else if entry.hasPage {
      // Of several photographs each has a folder.
      let names = try answer.folder.names().filter { !$0.hasPrefix(".") }.sorted()
      for name in names {
        guard let text = name.string, try answer.folder.status(of: name).kind == .folder,
          try answer.folder.folder(name).contains(picture)
        else { continue }
        entry.picture = "\(folder)/\(text)/\(picture)"
        break
      }
    }
    return entry
  }

  private mutating func write(_ outbox: Folder) throws(FileError) {
    // A full page's neighbor is another one once the next page is full.
    for number in stride(from: max(1, settledPages), through: list.fullPages, by: 1) {
      try write(GalleryList.name(number), list.page(number), outbox)
    }
    if settledPages == 0 { try removePages(above: list.fullPages, outbox) }
    settledPages = list.fullPages
    try write(AnswerNames.gallery.description, list.index, outbox)
  }

  /// - Throws: also where a file of that name is somebody else's; it stays.
  private mutating func write(_ name: String, _ bytes: [UInt8], _ outbox: Folder) throws(FileError) {
    let hash = sha256(bytes), file = Name(name)
    if written[name] == hash, try outbox.contains(file) { return }
    if let status = try outbox.statusIfPresent(of: file) {
      guard status.kind == .regular else { throw foreign(file, outbox) }
      let old = try outbox.read(file, limit: 16 << 20).bytes
      if old == bytes {
        written[name] = hash
        return
      }
      // An empty one is what a power cut leaves.
      guard old.isEmpty || Self.isOurs(old) else { throw foreign(file, outbox) }
    }
    let access = try outbox.status()
    let draft = try outbox.writeDraft(of: file, bytes)
    do throws(FileError) {
      let open = try outbox.openFile(draft)
      if open.status.group != access.group { try? open.setGroup(access.group) }  // not a member: its own group stays
      try open.setModeIfPossible(0o600 | access.mode & 0o666)
      try open.close()
    } catch {
      try? outbox.remove(draft)  // the first error counts
      throw error
    }
    try outbox.placeDraft(of: file)
    written[name] = hash
  }

  /// Half-written pages of a process that was killed.
  private func removeDrafts(_ outbox: Folder) throws(FileError) {
    for name in try outbox.names() where name.hasPrefix(".index") {
      let pages = [AnswerNames.gallery] + (1...max(1, list.fullPages + 1)).map(AnswerNames.galleryPage)
      guard pages.contains(where: { Folder.temporaryName(for: $0) == name }), try outbox.status(of: name).kind == .regular
      else { continue }
      try outbox.remove(name)
    }
  }

  private func removePages(above last: Int, _ outbox: Folder) throws(FileError) {
    for name in try outbox.names() {
      guard let number = AnswerNames.galleryNumber(name), number > last, try outbox.status(of: name).kind == .regular,
        Self.isOurs(try outbox.read(name, limit: 16 << 20).bytes)
      else { continue }
      try outbox.remove(name)
    }
  }

  private static func isOurs(_ bytes: [UInt8]) -> Bool {
    String(decoding: bytes.prefix(8192), as: UTF8.self).contains(GalleryPage.mark)
  }

  private func foreign(_ name: Name, _ outbox: Folder) -> FileError {
    FileError(
      .rename, outbox.printablePath(of: name),
      "is not the service's, so no gallery is written; move it away, or write output: {report: false} in the watch's defaults")
  }
}
