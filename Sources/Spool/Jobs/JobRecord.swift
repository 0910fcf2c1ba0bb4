package import Files
package import struct Foundation.Date

/// Where a job stands. The record on disk says so; the place of its files alone never does.
package enum JobState: String, Sendable, Codable {
  /// Chosen; its files are on their way out of the inbox.
  case waiting
  case claimed
  case running
  /// Its answer is complete and on its way to the outbox; only moving is left.
  case publishing
  case done
  case failed
}

/// One thing that was dropped and belongs to a job: a file, or a job folder.
package struct JobEntry: Sendable, Codable, Equatable {
  package enum Role: String, Sendable, Codable {
    case image, sidecar, reference, folder
  }

  package var name: Name
  package var role: Role
  package var identity: FileIdentity
  package var size: Int64
  package var modified: Int64
  /// Whether another drop needs the file too, so that this job gets a copy.
  package var isCopy = false
}

/// The record of a job, `job.json` in its folder.
package struct JobRecord: Sendable, Codable, Equatable {
  package static let currentFormat = 1

  package var format = currentFormat
  package var id: String
  package var state: JobState
  package var name: Name
  package var inbox: String
  package var outbox: String
  /// The folder below the inbox where it was dropped, mirrored in the outbox; empty for the inbox itself.
  package var subfolder: Name
  package var entries: [JobEntry]
  /// Names the sidecar gives that never came.
  package var missing: [Name] = []
  /// Files that lay beside the drop and are nearly named as the missing ones; nil in records of older versions.
  package var nearby: [Name]?
  /// What is worth knowing about how its parts were found; nil in records of older versions.
  package var notes: [String]?
  package var created: Date
  package var started: Date?
  package var attempts = 0
  /// How often the process ended while the job ran.
  package var crashes = 0
  package var nextAttempt: Date?
  /// Why it failed or was delayed.
  package var reason: String?
  /// In state publishing: whether the answer is a failure.
  package var isFailure = false
  /// Whether the job folder stays in its inbox under a hidden name because it may not be moved out.
  package var isInPlace = false
  /// Set when the answer was copied to another file system: the hidden folder there and the outbox it lies in.
  package var copied: CopiedAnswer?
  /// In states done and failed: the folder that holds the answer.
  package var destination: Name?
  /// Whether `train.yaml` describes the folder; nil in records of older versions.
  package var isTraining: Bool?
  /// Of work outside of the daemon; nil before the first, and in records of older versions.
  package var attempt: AttemptRecord?

  package var inPlaceName: Name { Name(".idinvert-" + id) }
  var isFolder: Bool { entries.first?.role == .folder }

  /// The attempt that counts; nil where the job is worked on here, or waits.
  var mark: AttemptMark? { attempt?.mark }
}

/// An answer that lies complete in an outbox on another file system, still under a hidden name.
package struct CopiedAnswer: Sendable, Codable, Equatable {
  package var outbox: FileIdentity
  package var folder: FileIdentity
}
