internal import Files
internal import Glibc

extension InboxWatcher {
  /// Makes outboxes and inboxes that are missing and refuses folders that would feed each other.
  func checkFolders(_ steps: JobSteps) throws(SpoolError) {
    do throws(FileError) {
      for watched in inboxes {
        let inbox = try makeFolders(watched.path)
        let outbox = try makeFolders(Name(watched.configuration.outbox))
        _ = try steps.makeShared(AnswerNames.failed, in: outbox)
        for other in inboxes {
          try refuse(outbox, inside: try makeFolders(other.path), "the outbox lies inside the inbox: results would be jobs")
        }
        try refuse(inbox, inside: outbox, "the inbox lies inside the outbox")
      }
      for (index, watched) in inboxes.enumerated() {
        for (otherIndex, other) in inboxes.enumerated() where index != otherIndex {
          guard other.configuration.recursive || index < otherIndex else { continue }
          let inbox = try makeFolders(watched.path)
          let otherInbox = try makeFolders(other.path)
          let isSame = try inbox.status().identity == otherInbox.status().identity
          if isSame || other.configuration.recursive {
            try refuse(inbox, inside: otherInbox, "two watches would take the same files")
          }
        }
      }
    } catch {
      throw SpoolError(error)
    }
  }

  /// Walks up from a folder and compares device and inode, so that links and bind mounts of names do not deceive.
  private func refuse(_ folder: Folder, inside outer: Folder, _ reason: String) throws(FileError) {
    let outerIdentity = try outer.status().identity
    var current = folder
    var identity = try current.status().identity
    for _ in 0..<256 {
      if identity == outerIdentity {
        throw FileError(
          .status, folder.printablePath, "\(reason) (\(outer.printablePath)); choose separate folders", kind: .stop)
      }
      current = try current.parent()
      let above = try current.status().identity
      if above == identity { return }
      identity = above
    }
  }
}
