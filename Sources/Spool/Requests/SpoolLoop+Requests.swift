internal import Files
internal import Foundation
internal import PrintableText

extension SpoolLoop {
  /// Does what other processes asked for. A request is removed when it is done or refused, not before.
  func handleRequests(_ now: Moment) {
    isRequestsDirty = false
    do throws(FileError) {
      let folder = try store.root.folder(JobStore.requestsName)
      let names = try folder.names()
      try removeOldRefusals(names, in: folder)
      for name in names.sorted() where name.hasSuffix(".json") && !name.hasPrefix(".") {
        var request: SpoolRequest?
        do throws(FileError) {
          let read = try SpoolRequest.read(name, in: folder)
          request = read
          switch read.action {
          case .cancel: try cancel(read, now)
          case .retry: try retry(read, now)
          }
        } catch where error.kind == .refuse {
          reporter.emit(.requestRefused(request: name.description, reason: error.message))
          if request?.wantsAnswer == true {
            // Whoever asked reads it, or is gone; only a help.
            try? folder.write(SpoolRequest.refusalName(name), Array(error.message.utf8), mode: 0o660, durability: .none)
          }
        }
        try folder.remove(name)
      }
      reporter.over(at: .requests)
    } catch {
      reporter.met(error, at: .requests)
      isRequestsDirty = true
    }
  }

  /// Those that nobody came for.
  private func removeOldRefusals(_ names: [Name], in folder: Folder) throws(FileError) {
    for name in names where name.hasSuffix(SpoolRequest.refusalSuffix) {
      guard let modified = try folder.statusIfPresent(of: name)?.modified else { continue }
      if clock.date().timeIntervalSince1970 - Double(modified) / 1e9 > 60 { try? folder.remove(name) }  // gone is gone
    }
  }

  // MARK: Retry

  /// Moves the originals of a failure back to their inbox; the rest of its folder goes.
  private func retry(_ request: SpoolRequest, _ now: Moment) throws(FileError) {
    var finding = "no failure of that name lies in an outbox's folder 'failed'"
    for watched in watches {
      let settings = watched.configuration
      guard request.inbox == nil || request.inbox == settings.inbox else { continue }
      let outbox = try makeFolders(Name(settings.outbox))
      let hidden = try outbox.contains(AnswerNames.failed) ? Answer.endRemovals(in: outbox.folder(AnswerNames.failed)) : []
      var failures = try Failures(in: outbox)
      failures.items.removeAll { $0.marker.inbox != settings.inbox }
      guard let failure = try failures.find(request.job) else {
        // An earlier process put its originals back and ended while it removed the rest.
        if let name = request.job.components.last, hidden.contains(Answer.hiddenName(of: name)) { return }
        finding += failures.suggestion(for: request.job)
        continue
      }
      try putBack(failure, to: watched.path)
      try failure.remove(hiddenIn: outbox.folder(AnswerNames.failed))
      for index in watches.indices { watches[index].nextRescan = now }
      return
    }
    throw FileError(.open, request.job.description, finding)
  }

  private func putBack(_ failure: Answer, to inboxPath: Name) throws(FileError) {
    var inbox = try Folder(path: inboxPath)
    for component in failure.marker.subfolder.components { inbox = try steps.makeShared(component, in: inbox) }
    try PutBack(failure: failure, inbox: inbox).run()
  }
}
