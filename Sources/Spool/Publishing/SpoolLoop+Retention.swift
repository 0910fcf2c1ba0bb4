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
        tellNoTrouble(at: .retention)
      } catch {
        tell(trouble: error, at: .retention)
      }
    }
  }

  private func removeOldResults(in outbox: Folder, _ retention: Retention) throws(FileError) {
    var results: [(answer: Answer, modified: Int64)] = []
    try Answer.endRemovals(in: outbox)
    for answer in try Answer.all(in: outbox, skipping: AnswerNames.failed) where !answer.marker.isFailure {
      guard let modified = try answer.folder.statusIfPresent(of: AnswerNames.marker)?.modified else { continue }
      results.append((answer, modified))
      if answer.path.components.count > 1 { try Answer.endRemovals(in: answer.parent) }
    }
    results.sort { $0.modified > $1.modified }
    let oldest = retention.keepDays.map { days in
      Int64((clock.date().timeIntervalSince1970 - days * 86400) * 1_000_000_000)
    }
    for (index, result) in results.enumerated() {
      let isTooMany = retention.keepResults.map { index >= $0 } ?? false
      let isTooOld = oldest.map { result.modified < $0 } ?? false
      guard isTooMany || isTooOld else { continue }
      let answer = result.answer
      try answer.remove(hiddenIn: answer.parent)
      emit(.removedResult(folder: answer.parent.path.appending(answer.name)))
    }
  }
}
