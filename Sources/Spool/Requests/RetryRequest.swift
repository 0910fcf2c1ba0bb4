internal import Files

/// Moves the originals of a failure back to their inbox; the rest of its folder goes.
struct RetryRequest {
  let request: SpoolRequest
  let inboxes: [InboxWatcher.Inbox]
  let steps: JobSteps

  /// - Throws: kind *refuse* where no failure is meant, or several could be, or a name is taken in the inbox.
  func run() throws(FileError) {
    var finding = "no failure of that name lies in an outbox's folder 'failed'"
    for inbox in inboxes {
      let settings = inbox.configuration
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
      let folder = try putBack(failure, to: inbox.path)
      do throws(FileError) {
        try folder.sync()
        try failure.remove(hiddenIn: outbox.folder(AnswerNames.failed))
      } catch where error.kind == .refuse {
        // The drop is in the inbox: what was asked for is done, but for the rest.
        throw FileError(error.call, error.path, error.finding, kind: .retry)
      }
      return
    }
    throw FileError(.open, request.job.description, finding)
  }

  /// - Returns: the folder they are in now.
  private func putBack(_ failure: Answer, to inboxPath: Name) throws(FileError) -> Folder {
    var inbox = try Folder(path: inboxPath)
    for component in failure.marker.subfolder.components { inbox = try steps.makeShared(component, in: inbox) }
    try PutBack(failure: failure, inbox: inbox).run()
    return inbox
  }
}
