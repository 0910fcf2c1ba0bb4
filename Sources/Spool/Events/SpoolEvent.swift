package import Files
internal import PrintableText

/// What happens in the spool. Each but `backlog` is an event of the log, with the name that `name` gives.
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
  /// Another process serves the state folder. Nothing more is done: this one is to end.
  case superseded(reason: String)

  /// Its name in the log; nil where it is not for the log.
  package var name: EventName? {
    switch self {
    case .modeChosen: .watchStarted
    case .watchLost: .watchLost
    case .watchFound: .watchFound
    case .overflow: .queueOverflow
    case .fileSystemLacks: .fileSystemLimited
    case .ignored: .fileIgnored
    case .held: .fileHeld
    case .accepted: .jobAccepted
    case .started: .jobStarted
    case .published: .jobFinished
    case .failed: .jobFailed
    case .delayed: .jobDelayed
    case .recovered: .jobRecovered
    case .takenBack: .jobTakenBack
    case .quarantined: .jobQuarantined
    case .removedResult: .resultRemoved
    case .requestRefused: .requestRefused
    case .trouble: .trouble
    case .troubleOver: .troubleOver
    case .superseded: .serviceFailed
    case .backlog: nil
    }
  }

  /// What the log says beside the name.
  package var fields: [EventField: String] {
    switch self {
    case .modeChosen(let inbox, let mode, let reason): [.watch: inbox, .reason: "\(mode.rawValue): \(reason)"]
    case .watchLost(let inbox, let reason): [.watch: inbox, .reason: reason]
    case .watchFound(let inbox), .overflow(let inbox): [.watch: inbox]
    case .fileSystemLacks(let path, let what): [.folder: path, .reason: what]
    case .ignored(let inbox, let name, let reason), .held(let inbox, let name, let reason):
      [.watch: inbox, .name: name.description, .reason: reason]
    case .accepted(let job, let name, let inbox), .started(let job, let name, let inbox), .recovered(let job, let name, let inbox):
      [.job: job, .name: name.description, .watch: inbox]
    case .published(let job, let name, let inbox, let folder):
      [.job: job, .name: name.description, .watch: inbox, .output: folder.description]
    case .failed(let job, let name, let inbox, let reason, let folder):
      [.job: job, .name: name.description, .watch: inbox, .output: folder.description, .reason: reason]
    case .delayed(let job, let name, let inbox, let reason, let seconds):
      [.job: job, .name: name.description, .watch: inbox, .reason: reason, .seconds: shortNumber(seconds)]
    case .takenBack(let job, let name, let inbox, let reason):
      [.job: job, .name: name.description, .watch: inbox, .reason: reason]
    case .quarantined(let job, let reason): [.job: job, .reason: reason]
    case .removedResult(let folder): [.output: folder.description]
    case .requestRefused(let request, let reason): [.name: request, .reason: reason]
    case .trouble(let reason), .superseded(let reason): [.reason: reason]
    case .troubleOver, .backlog: [:]
    }
  }

  /// The line of the log; nil where it is not for the log.
  package var sentence: String? {
    name.map { name in
      let fields = fields
      return EventText.sentence(
        name.message,
        EventField.allCases.compactMap { field in fields[field].map { (field.rawValue, printable($0)) } })
    }
  }
}
