internal import Files

/// How a folder is watched.
package enum WatchMode: String, Sendable, Codable {
  /// inotify where the file system reports all changes, else polling.
  case auto
  case inotify
  case poll
}

/// One inbox with its outbox.
package struct WatchConfiguration: Sendable, Equatable {
  package var inbox: String
  package var outbox: String
  /// How long a file's size and time must stay the same.
  package var settleMilliseconds = 500
  /// How long an image waits for a sidecar.
  package var pairingSeconds = 10.0
  /// How long a sidecar waits for its image, and a job for the images it names.
  package var orphanSeconds = 600.0
  /// How long an empty or truncated image waits for the rest.
  package var incompleteSeconds = 600.0
  package var rescanSeconds = 30.0
  /// Whether an image without a sidecar is left waiting.
  package var requireSidecar = false
  /// Whether folders without `job.yaml` are inboxes too, mirrored in the outbox.
  package var recursive = false
  package var mode = WatchMode.auto

  package init(inbox: String, outbox: String) {
    self.inbox = inbox
    self.outbox = outbox
  }
}

/// What a drop may be at most; checked before memory is taken.
package struct SpoolLimits: Sendable, Equatable {
  package var fileBytes = 64 << 20
  package var sidecarBytes = 64 << 10
  package var imagesPerJob = 64

  package init() {}
}

/// When results are removed from the outbox; never by default.
package struct Retention: Sendable, Equatable {
  package var keepDays: Double?
  package var keepResults: Int?

  package init() {}
}

/// All that a spool must be told.
package struct SpoolConfiguration: Sendable {
  /// The folder of claimed jobs; best in one tree with the inboxes, so that a claim is a rename.
  package var state: String
  package var watches: [WatchConfiguration]
  package var lease = LeaseRules()
  package var limits = SpoolLimits()
  package var retention = Retention()
  /// Lowercase extensions of the files that are jobs by themselves.
  package var imageExtensions = SpoolConfiguration.imageExtensionsByDefault
  package static let imageExtensionsByDefault: Set<String> = [
    "jpg", "jpeg", "jpe", "jfif", "png", "heic", "heif", "hif", "avif", "webp", "tif", "tiff",
  ]
  /// Patterns of names that are left alone without a word, beside those that begin with a dot; see `NameRules`.
  package var ignoredNames = NameRules.ignoredByDefault
  /// Which files a sidecar, or a folder's job file, names; nil where it cannot be read, which is the job's problem and not
  /// the spool's.
  package var namesReferenced: @Sendable (_ sidecar: [UInt8], _ isJobFile: Bool) -> [String]?
  /// What a file under another ending is, by its first bytes; nil where they say nothing.
  package var content: @Sendable (_ opening: [UInt8]) -> DropContent? = { _ in nil }
  /// How many jobs are claimed before they are asked for.
  package var claimAhead = 32
  /// How often in a row the process may end in the middle of a job, without the job getting further, before it is given
  /// up. With the growing pauses in between that takes half an hour: an accident, or a person with `kill`, does not.
  package var crashLimit = usualCrashLimit
  package static let usualCrashLimit = 10

  package init(
    state: String, watches: [WatchConfiguration],
    namesReferenced: @escaping @Sendable (_ sidecar: [UInt8], _ isJobFile: Bool) -> [String]? = { _, _ in [] }
  ) {
    self.state = state
    self.watches = watches
    self.namesReferenced = namesReferenced
  }
}
