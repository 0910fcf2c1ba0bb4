package import Editing
package import Images
package import Spool

/// All that `idinvert.yaml` can say. A value made without arguments holds the built-in defaults.
package struct ServiceConfiguration: Sendable, Equatable {
  package static let defaultPath = "/etc/idinvert/idinvert.yaml"

  /// The folder of claimed jobs.
  package var state = "/var/spool/idinvert/.jobs"
  /// Threads of the engine; nil: as many as affinity and the control group's quota allow.
  package var threads: Int?
  package var execution = Execution()
  /// Folders of packs, in the order of search.
  package var models = ["/usr/share/idinvert/models", "/var/lib/idinvert/models"]
  package var watches = [WatchSettings()]
  /// Patterns of names in inboxes that are left alone without a word.
  package var ignoredNames = NameRules.ignoredByDefault
  package var limits = Limits()
  package var retention = Retention()
  package var cache = Cache()
  /// How often a running inversion is put on disk.
  package var checkpointSeconds = 5.0
  /// Where the metrics go; nil: nowhere.
  package var metricsFile: String?
  package var log = Log()

  package init() {}

  /// How jobs are done.
  package struct Execution: Sendable, Equatable {
    package var executor = ExecutorChoice.local
    /// How, where that is Slurm.
    package var slurm = SlurmSettings()
    /// How many may run side by side; nil: as many as threads.
    package var jobs: Int?

    package init() {}
  }

  /// What one job may cost; whoever writes to an inbox is not trusted with more.
  package struct Limits: Sendable, Equatable, Codable {
    package var fileBytes = 64 << 20
    package var sidecarBytes = 64 << 10
    package var pixels = 100_000_000
    package var side = 65_535
    package var scans = 100
    package var chunks = 100_000
    package var decoderMemoryBytes = 640 << 20
    package var nesting = 16
    package var edits = EditLimits.maximumEdits
    package var frames = EditLimits.maximumFrames
    package var steps = EditLimits.maximumSteps
    package var images = EditLimits.maximumImages
    /// Of one job, and of those that run side by side together.
    package var memoryBytes = 4 << 30
    /// How long a job may run; nil: for ever.
    package var jobSeconds: Double? = 3600
    /// How long a training may run, and the most that one may ask for; nil: no trainings.
    package var trainingHours: Double? = 48

    package init() {}

    /// What one job may ask for.
    package var forJobs: JobLimits { JobLimits(edits: edits, frames: frames, steps: steps) }

    package var pictures: PictureLimits {
      var pictures = PictureLimits()
      pictures.pixels = pixels
      pictures.side = side
      pictures.scans = scans
      pictures.chunks = chunks
      pictures.decoderMemoryInBytes = decoderMemoryBytes
      return pictures
    }
  }

  /// Finished inversions that are used again.
  package struct Cache: Sendable, Equatable {
    package var folder = "/var/lib/idinvert/cache"
    package var bytes = 256 << 20

    package init() {}
  }

  package struct Log: Sendable, Equatable {
    package var level = LogLevel.info
    package var format = LogFormat.auto

    package init() {}
  }
}

/// From which level on events are told.
package enum LogLevel: String, Sendable, CaseIterable {
  case debug, info, notice, warning, error
}

/// How events are told.
package enum LogFormat: String, Sendable, CaseIterable {
  /// journal where the standard error stream is the journal, else text.
  case auto
  case journal
  case text
  case json
}

/// A watch: folders, what is done by default, and how long files are waited for.
package struct WatchSettings: Sendable, Equatable {
  package var folders = WatchConfiguration(
    inbox: "/var/spool/idinvert/inbox", outbox: "/var/spool/idinvert/outbox")
  package var model = "portraits64"
  package var defaults = SidecarDefaults.reconstruction

  package init() {}
}
