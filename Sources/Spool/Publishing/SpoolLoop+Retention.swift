internal import Files
internal import Foundation

extension SpoolLoop {
  /// Removes results older, or more, than the configuration keeps. Only folders that carry our marker; never failures.
  func removeOldResults(_ now: Moment) {
    nextRetention = now + .seconds(3600)
    let retention = configuration.retention
    guard retention.keepDays != nil || retention.keepResults != nil else { return }
    for outbox in Set(watches.map(\.configuration.outbox)).sorted() {
      do throws(FileError) {
        try removeOldResults(in: try makeFolders(Name(outbox)), retention)
      } catch {
        tell(trouble: error)
      }
    }
  }

  private func removeOldResults(in outbox: Folder, _ retention: Retention) throws(FileError) {
    var results: [(name: Name, modified: Int64)] = []
    for name in try outbox.names() where name != JobSteps.failedName && !name.hasPrefix(".") {
      guard let status = try outbox.statusIfPresent(of: name), status.kind == .folder,
        let marker = try ResultMarker.read(in: try outbox.folder(name)), !marker.isFailure,
        let modified = try outbox.folder(name).statusIfPresent(of: ResultMarker.fileName)?.modified
      else { continue }
      results.append((name, modified))
    }
    results.sort { $0.modified > $1.modified }
    let oldest = retention.keepDays.map { days in
      Int64((clock.date().timeIntervalSince1970 - days * 86400) * 1_000_000_000)
    }
    for (index, result) in results.enumerated() {
      let isTooMany = retention.keepResults.map { index >= $0 } ?? false
      let isTooOld = oldest.map { result.modified < $0 } ?? false
      guard isTooMany || isTooOld else { continue }
      // Hidden first: nobody sees a result half-removed.
      let hidden = Name(".removed-") + (result.name.string.map { String($0.prefix(100)) } ?? hexadecimal(result.name.bytes.prefix(100)))
      try outbox.removeTree(hidden)
      try outbox.move(result.name, to: outbox, as: hidden)
      try outbox.removeTree(hidden)
      emit(.removedResult(folder: outbox.path.appending(result.name)))
    }
  }
}
