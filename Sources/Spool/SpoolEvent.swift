package import Files
internal import PrintableText

/// What the spool has to tell: one line of a log each.
package enum SpoolEvent: Sendable {
  case modeChosen(inbox: String, mode: WatchMode, reason: String)
  case watchLost(inbox: String, reason: String)
  case watchFound(inbox: String)
  case overflow(inbox: String)
  /// What a file system cannot do, and what is done without it. Said once for each.
  case fileSystemLacks(path: String, what: String)
  /// A file that is no job: a pipe, a link, `notes.txt`. Said once.
  case ignored(inbox: String, name: Name, reason: String)
  /// A drop that cannot be taken until a person does something. Said once.
  case held(inbox: String, name: Name, reason: String)
  case accepted(job: String, name: Name, inbox: String)
  case started(job: String, name: Name, inbox: String)
  case published(job: String, name: Name, inbox: String, folder: Name)
  case failed(job: String, name: Name, inbox: String, reason: String, folder: Name)
  case delayed(job: String, name: Name, inbox: String, reason: String, seconds: Double)
  case recovered(job: String, name: Name, inbox: String)
  case takenBack(job: String, name: Name, inbox: String, reason: String)
  case quarantined(job: String, reason: String)
  case removedResult(folder: Name)
  /// How many complete drops wait in inboxes for room in the queue. Not for the log.
  case backlog(drops: Int)
  case requestRefused(request: String, reason: String)
  /// Something failed that may pass; told once until it passes.
  case trouble(reason: String)
  case troubleOver

  package enum Level: String, Sendable {
    case debug, info, notice, warning, error
  }

  package var level: Level {
    switch self {
    case .backlog: .debug
    case .accepted, .started, .takenBack, .troubleOver: .info
    case .modeChosen, .fileSystemLacks, .watchFound, .published, .recovered, .ignored, .removedResult: .notice
    case .watchLost, .overflow, .held, .failed, .delayed, .requestRefused: .warning
    case .quarantined, .trouble: .error
    }
  }

  /// The event in one line, safe to print.
  package var message: String {
    switch self {
    case .modeChosen(let inbox, let mode, let reason): "\(escaped(inbox)): watched by \(mode.rawValue): \(reason)"
    case .watchLost(let inbox, let reason): "\(escaped(inbox)): watch lost: \(reason); it is picked up when it returns"
    case .watchFound(let inbox): "\(escaped(inbox)): watch found again"
    case .overflow(let inbox): "\(escaped(inbox)): too many events at once; the folder is scanned"
    case .fileSystemLacks(let path, let what): "\(path): the file system is one of those that can do less: \(what)"
    case .ignored(let inbox, let name, let reason), .held(let inbox, let name, let reason):
      "\(escaped(inbox))/\(name): \(reason)"
    case .accepted(let job, let name, _): "\(job): accepted \(name)"
    case .started(let job, let name, _): "\(job): started \(name)"
    case .published(let job, let name, _, let folder): "\(job): \(name) is in \(folder)"
    case .failed(let job, let name, _, let reason, let folder): "\(job): \(name) failed: \(reason); originals in \(folder)"
    case .delayed(let job, let name, _, let reason, let seconds):
      "\(job): \(name) waits \(Int(seconds)) s for another try: \(reason)"
    case .recovered(let job, let name, _): "\(job): \(name) goes on after a restart"
    case .takenBack(let job, let name, _, let reason): "\(job): \(name) went back to the inbox: \(reason)"
    case .quarantined(let job, let reason): "\(job): set aside in quarantine: \(reason)"
    case .removedResult(let folder): "\(folder): removed, as the configuration's retention says"
    case .backlog(let drops): "\(drops) drops wait in inboxes"
    case .requestRefused(let request, let reason): "\(request): \(reason)"
    case .trouble(let reason): "\(reason); tried again with growing pauses"
    case .troubleOver: "the trouble is over"
    }
  }
}
