internal import Files
internal import Foundation

/// Removes results older, or more, than the configuration keeps, once an hour. Only folders that carry our marker; never
/// failures.
struct ResultRetention {
  private let retention: Retention
  private let outboxes: [String]
  private let clock: SpoolClock
  private let reporter: Reporter
  /// When to look again.
  private(set) var next: Moment = .zero

  init(_ configuration: SpoolConfiguration, clock: SpoolClock, reporter: Reporter) {
    retention = configuration.retention
    outboxes = Set(configuration.watches.map(\.outbox)).sorted()
    self.clock = clock
    self.reporter = reporter
  }

  /// Looks where it is due.
  mutating func run(_ now: Moment) {
    guard next <= now else { return }
    next = now + .seconds(3600)
    guard retention.keepDays != nil || retention.keepResults != nil else { return }
    for outbox in outboxes {
      do throws(FileError) {
        try removeOldResults(in: try makeFolders(Name(outbox)))
        reporter.over(at: .retention)
      } catch {
        reporter.met(error, at: .retention)
      }
    }
  }

  private func removeOldResults(in outbox: Folder) throws(FileError) {
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
      reporter.emit(.removedResult(folder: answer.parent.path.appending(answer.name)))
    }
  }
}
