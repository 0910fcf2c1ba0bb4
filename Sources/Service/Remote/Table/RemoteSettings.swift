/// What the table goes by.
package struct RemoteSettings: Sendable, Equatable {
  /// Slurm jobs that may be out at a time.
  package var places = 100
  /// Jobs in one Slurm job.
  package var batchJobs = 16
  /// How long the oldest job waits for others at most; a quarter of it where no more come.
  package var batchSeconds = 2.0
  /// Attempts that end without an answer and count against the job.
  package var tries = 3
  package var pollSeconds = 15.0
  /// How long an answer may stay unseen because of a file system's caches.
  package var visibleSeconds = 60.0
  /// How long a job that Slurm does not show is looked for.
  package var lostSeconds = 120.0
  /// How many jobs of a batch a worker may have begun at a time.
  package var sideBySide = 1
  /// Whether there is one long job in place of many short ones: what ends by itself without an answer has failed, for its
  /// program answers to all that it knows.
  package var isLong = false

  package init() {}
}

/// A job as the table sees it.
package struct RemoteJob: Sendable, Equatable {
  package let id: String
  /// Jobs of one kind may share a batch.
  package let kind: String
  /// What it is estimated to need.
  package let megabytes: Int

  package init(id: String, kind: String, megabytes: Int) {
    self.id = id
    self.kind = kind
    self.megabytes = megabytes
  }
}

/// What of a job's ways must outlive the process; written with each intent.
package struct RemoteRecord: Sendable, Equatable {
  /// The attempt that counts: only its answer is read. 0 before the first.
  package var attempt = 0
  /// The Slurm job's name; nil before the first attempt.
  package var batch: String?
  /// Attempts without an answer that count.
  package var tries = 0
  /// Attempts without an answer in a row that were nobody's doing: pauses grow with them.
  package var mishaps = 0
  /// Whether it needed more memory than it was given.
  package var needsTwice = false
  /// Whether it shares no batch, for it may be what ended one.
  package var isAlone = false
  /// How the attempts before ended, the last few.
  package var ends: [String] = []

  package init() {}
}

/// A Slurm job to be: its name, its jobs in order, and what it needs.
package struct BatchPlan: Sendable, Equatable {
  package let name: String
  package let jobs: [String]
  /// The number of the attempt of each job.
  package let attempts: [Int]
  package let megabytes: Int
  package let excludedNodes: [String]
}

/// Where a batch's answers are to be looked for.
package struct BatchLook: Sendable, Equatable {
  /// Those without an answer, in the order in which they are worked on.
  package let jobs: [String]
  /// How many that have not begun are looked at: after so many nothing more is there yet.
  package let ahead: Int
}

/// What is to be done next. Each is done, and its outcome told, before the next is asked for.
package enum RemoteAction: Sendable, Equatable {
  /// Write the jobs' records and attempts to disk; then tell `intended`.
  case intend(BatchPlan)
  /// Hand it to Slurm; then tell `submitted`.
  case submit(BatchPlan)
  /// Look into the attempts' folders of these batches; tell `seen` and `answered` of what is there, then `listed`.
  case list([BatchLook])
  /// Ask Slurm about all jobs; then tell `looked`.
  case ask
  /// Ask how a job ended; then tell `detailed`.
  case inquire(batch: String, id: Int)
  /// Cancel these jobs in Slurm. Nothing needs to be told.
  case scancel([Int])
  /// Nothing is left of a batch: its log is not needed any more. Nothing needs to be told.
  case discard(String)
  /// Tell the worker that the job is not wanted any more. Nothing needs to be told.
  case mark(String)
  /// The job has failed, and is not the table's any more.
  case fail(String, reason: String)
  case tell(RemoteNote)
}

/// What people should know.
package enum RemoteNote: Sendable, Equatable {
  case submitted(batch: String, id: Int, jobs: [String], attempts: [Int])
  case attemptEnded(job: String, attempt: Int, batch: String, id: Int?, state: String, node: String, reason: String)
  case held(batch: String, id: Int?, reason: String, jobs: [String])
  case trouble(String)
  case troubleOver
}

/// What a worker left as its answer, as far as it matters here.
package enum RemoteAnswer: Sendable, Equatable {
  /// It was delivered, after so many seconds of work if there was any: the job is not the table's any more.
  case delivered(seconds: Double?)
  /// The worker was told to stop; it goes on from its checkpoint.
  case stopped
}
