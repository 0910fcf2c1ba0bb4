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
      try putBack(failure, to: inbox.path)
      try failure.remove(hiddenIn: outbox.folder(AnswerNames.failed))
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
