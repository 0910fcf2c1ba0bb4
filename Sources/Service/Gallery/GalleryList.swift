package import Editing
internal import Files
internal import PrintableText

/// The entries of a gallery and how they are divided into pages. Pages are numbered from the oldest, so that a full one
/// never changes when results are added; the newest results are on `index.html`.
package struct GalleryList: Sendable {
  package static let pageSize = 100

  /// Oldest first.
  private var entries: [GalleryPage.Entry] = []
  private var folders: Set<String> = []

  package init() {}

  package var count: Int { entries.count }

  /// Adds an entry, or renews the one of its folder.
  package mutating func add(_ entry: GalleryPage.Entry) {
    remove([entry.folder])
    // What comes is nearly always the newest.
    let place = entries.lastIndex { ($0.time, $0.folder) < (entry.time, entry.folder) }.map { $0 + 1 } ?? 0
    entries.insert(entry, at: place)
    folders.insert(entry.folder)
  }

  /// Takes over many entries at once.
  package mutating func add(_ many: [GalleryPage.Entry]) {
    let new = Set(many.map(\.folder))
    entries = (entries.filter { !new.contains($0.folder) } + many).sorted { ($0.time, $0.folder) < ($1.time, $1.folder) }
    folders.formUnion(new)
  }

  /// - Returns: whether there was one of them.
  @discardableResult
  package mutating func remove(_ gone: Set<String>) -> Bool {
    guard !folders.isDisjoint(with: gone) else { return false }
    folders.subtract(gone)
    entries.removeAll { gone.contains($0.folder) }
    return true
  }

  /// Full pages: `index-1.html` to `index-N.html`.
  package var fullPages: Int { entries.count / Self.pageSize }

  /// The newest entries: those that fill no page yet, and the last full page.
  package var newest: [GalleryPage.Entry] {
    Array(entries[(max(0, fullPages - 1) * Self.pageSize)...].reversed())
  }

  package var index: [UInt8] {
    GalleryPage(newest, of: count, newer: nil, older: fullPages > 1 ? Self.name(fullPages - 1) : nil).bytes
  }

  /// - Parameter number: from 1, the oldest, to `fullPages`.
  package func page(_ number: Int) -> [UInt8] {
    let shown = entries[(number - 1) * Self.pageSize..<number * Self.pageSize].reversed()
    return GalleryPage(
      Array(shown), of: number * Self.pageSize, newer: number < fullPages ? Self.name(number + 1) : "index.html",
      older: number > 1 ? Self.name(number - 1) : nil
    ).bytes
  }

  package static func name(_ number: Int) -> String { AnswerNames.galleryPage(number).description }
}
