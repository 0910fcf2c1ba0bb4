package import Files
package import Foundation

/// What the service does, as another process can read it from `status.json` in the state folder.
package struct SpoolStatus: Sendable, Codable, Equatable {
  package struct Watch: Sendable, Codable, Equatable {
    package var inbox: String
    package var outbox: String
    package var mode: WatchMode
    /// Why it is lost; nil while it is watched.
    package var lost: String?
    /// How many entries of the inbox are known and not yet claimed.
    package var inInbox: Int

    package init(inbox: String, outbox: String, mode: WatchMode, lost: String? = nil, inInbox: Int) {
      self.inbox = inbox
      self.outbox = outbox
      self.mode = mode
      self.lost = lost
      self.inInbox = inInbox
    }
  }

  package struct Waiting: Sendable, Codable, Equatable {
    package var id: String
    package var name: Name
    package var inbox: String
    /// Why it was delayed, and until when.
    package var reason: String?
    package var nextAttempt: Date?

    package init(id: String, name: Name, inbox: String, reason: String? = nil, nextAttempt: Date? = nil) {
      self.id = id
      self.name = name
      self.inbox = inbox
      self.reason = reason
      self.nextAttempt = nextAttempt
    }
  }

  package struct Running: Sendable, Codable, Equatable {
    package var id: String
    package var name: Name
    package var inbox: String
    package var started: Date
    package var step: Int
    package var steps: Int
    package var loss: Double?
    /// How a training goes; nil for other jobs, empty at its start.
    package var training: String?

    package init(id: String, name: Name, inbox: String, started: Date, step: Int, steps: Int, loss: Double? = nil) {
      self.id = id
      self.name = name
      self.inbox = inbox
      self.started = started
      self.step = step
      self.steps = steps
      self.loss = loss
    }
  }

  package struct Failure: Sendable, Codable, Equatable {
    package var id: String
    package var name: Name
    package var reason: String
    package var folder: Name
    package var date: Date

    package init(id: String, name: Name, reason: String, folder: Name, date: Date) {
      self.id = id
      self.name = name
      self.reason = reason
      self.folder = folder
      self.date = date
    }
  }

  package struct Held: Sendable, Codable, Equatable {
    package var inbox: String
    package var name: Name
    package var reason: String
  }

  /// Work on other machines.
  package struct Remote: Sendable, Codable, Equatable {
    package var partition: String?
    /// Jobs that have no place there yet.
    package var waiting = 0
    /// How many of the scheduler's jobs are in which state, in its own words.
    package var batches: [String: Int] = [:]
    /// Why most of those that wait do.
    package var reason: String?
    /// Where the others run.
    package var nodes: [String] = []
    /// When the scheduler last answered.
    package var lastLook: Date?
    package var trouble: String?
    /// Where each job is, by its identifier; empty where there are too many.
    package var places: [String: String] = [:]

    package init() {}
  }

  package var format = 1
  package var process: Int32
  package var updated: Date
  package var isStopped = false
  package var watches: [Watch] = []
  /// Claimed jobs that wait for a worker, the next one first.
  package var queue: [Waiting] = []
  /// Jobs that wait for another try.
  package var delayed: [Waiting] = []
  /// At most `runningAtMost`.
  package var running: [Running] = []
  package static let runningAtMost = 500
  /// How many there are; nil in a status of an older version.
  package var runningInAll: Int?
  /// nil where all work is done here, and in a status of an older version.
  package var remote: Remote?
  /// What lies in inboxes and is not worked on, at most `heldAtMost`.
  package var held: [Held] = []
  package static let heldAtMost = 20
  /// How many there are; nil in a status of an older version.
  package var heldInAll: Int?
  /// The last failures, the newest first, at most 20.
  package var failures: [Failure] = []
  package var done = 0
  package var failed = 0
  /// What is wrong with the spool itself; nil where nothing.
  package var trouble: String?

  package init(process: Int32, updated: Date) {
    self.process = process
    self.updated = updated
  }

  /// Reads the status of a running (or stopped) service.
  ///
  /// - Parameter state: the state folder's path.
  package static func read(state: String) throws(FileError) -> SpoolStatus {
    let path = Name(state).appending(JobStore.statusName)
    let contents = try readFile(path, limit: 4 << 20)
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    do {
      return try decoder.decode(SpoolStatus.self, from: Data(contents.bytes))
    } catch {
      throw FileError(.read, path.description, "it is not a status this program knows")
    }
  }
}
