internal import Files
internal import Glibc

extension SpoolLoop {
  /// Does what other processes asked for. A request is removed when it is done or refused, not before.
  func handleRequests(_ now: Moment) {
    isRequestsDirty = false
    do throws(FileError) {
      let folder = try store.root.folder(JobStore.requestsName)
      for name in try folder.names().sorted() where name.hasSuffix(".json") && !name.hasPrefix(".") {
        do throws(FileError) {
          let request = try SpoolRequest.read(name, in: folder)
          switch request.action {
          case .cancel: try cancel(request, now)
          case .retry: try retry(request, now)
          }
        } catch where error.kind == .refuse {
          emit(.requestRefused(request: name.description, reason: error.message))
        }
        try folder.remove(name)
      }
    } catch {
      tell(trouble: error)
      isRequestsDirty = true
    }
  }

  private func cancel(_ request: SpoolRequest, _ now: Moment) throws(FileError) {
    func isMeant(_ id: String, _ name: Name, _ inbox: String) -> Bool {
      (Name(id) == request.job || name == request.job) && (request.inbox == nil || request.inbox == inbox)
    }
    if let job = queue.jobs.first(where: { isMeant($0.id, $0.name, $0.watch.inbox) }), queue.remove(job.id) != nil {
      answer(job.record, failure: "cancelled", now)
      return
    }
    if let record = delayed.values.first(where: { isMeant($0.id, $0.name, $0.inbox) }), record.state != .publishing,
      record.state != .waiting
    {
      delayed[record.id] = nil
      answer(record, failure: "cancelled", now)
      return
    }
    if desk.cancelRunning(where: isMeant) { return }
    if let index = ready[readyStart...].firstIndex(where: { drop in
      drop.name == request.job && (request.inbox == nil || request.inbox == watches[drop.place.watch].configuration.inbox)
    }) {
      ready[index].problem = "cancelled"
      return
    }
    throw FileError(.open, request.job.description, "no job of that name is waiting or running")
  }

  /// Moves the originals of a failure back to their inbox; the rest of its folder goes.
  private func retry(_ request: SpoolRequest, _ now: Moment) throws(FileError) {
    for watched in watches {
      let settings = watched.configuration
      guard request.inbox == nil || request.inbox == settings.inbox else { continue }
      let failures = try makeFolders(Name(settings.outbox)).folder(JobSteps.failedName)
      guard let status = try failures.statusIfPresent(of: request.job), status.kind == .folder,
        let marker = try ResultMarker.read(in: try failures.folder(request.job)), marker.inbox == settings.inbox
      else { continue }
      try putBack(marker, failures, request.job, watched.path)
      for index in watches.indices { watches[index].nextRescan = now }
      return
    }
    throw FileError(.open, request.job.description, "no failure of that name lies in an outbox's folder 'failed'")
  }

  private func putBack(
    _ marker: ResultMarker, _ failures: Folder, _ name: Name, _ inboxPath: Name
  ) throws(FileError) {
    let failure = try failures.folder(name)
    var inbox = try Folder(path: inboxPath)
    for component in marker.subfolder.components { inbox = try inbox.makeFolder(component) }
    let originals = try failure.contains(JobSteps.originalsName) ? try failure.folder(JobSteps.originalsName) : nil
    // The sidecar first: an image alone might start without it.
    for original in marker.originals.reversed() where !original.isCopy {
      if marker.isFolder {
        try putBack(JobSteps.originalsName, from: failure, to: inbox, as: original.name)
      } else if let originals, try originals.contains(original.name) {
        try putBack(original.name, from: originals, to: inbox, as: original.name)
      } else {
        try putBack(original.name, from: failure, to: inbox, as: original.name)
      }
    }
    try inbox.sync()
    try failures.removeTree(name)
  }

  private func putBack(_ name: Name, from source: Folder, to inbox: Folder, as newName: Name) throws(FileError) {
    guard let status = try source.statusIfPresent(of: name) else { return }  // moved by an earlier try
    do {
      try source.move(name, to: inbox, as: newName)
    } catch where error.errno == EEXIST {
      throw FileError(.rename, inbox.printablePath(of: newName), "a file of that name lies in the inbox; move it away first")
    } catch where error.errno == EXDEV {
      if status.kind == .folder {
        let partial = Folder.temporaryName(for: newName)
        try inbox.removeTree(partial)
        try source.copyTree(name, to: inbox, as: partial, limit: .max)
        try inbox.move(partial, to: inbox, as: newName)
      } else {
        try source.copy(name, to: inbox, as: newName, limit: .max)
      }
      try source.removeTree(name)
    }
  }
}
