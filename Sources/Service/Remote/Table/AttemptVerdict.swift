internal import Slurm

/// What becomes of a job whose Slurm job has ended without its answer.
struct AttemptVerdict: Equatable {
  enum Counting: Equatable {
    case always, never, unlessFurther
  }

  /// The job fails for this reason; nil: another attempt.
  var failure: String?
  /// Whether the attempt counts against those who were in its hands.
  var counts = Counting.always
  var excludesNode = false
  var needsTwice = false
  /// How it ended, for people.
  let words: String

  private init(words: String) { self.words = words }

  /// - Parameters:
  ///   - state: the last that Slurm said; nil where it knows nothing of the job.
  ///   - word: as Slurm words it.
  ///   - code: how the script ended; nil where that is not known.
  ///   - log: the end of what it wrote.
  ///   - isUnstarted: it had a node, and nothing began there.
  init(_ state: SlurmState?, word: String, code: SlurmExitCode?, log: String, isUnstarted: Bool = false) {
    let last = SlurmText.complaint(log)
    guard let state else {
      self.init(words: "Slurm does not know it any more")
      return
    }
    var words = code.map { "\(word) \($0)" } ?? word
    if !last.isEmpty, state == .failed || state == .completed { words += ": \(last)" }
    self.init(words: words)
    switch state {
    case .waiting, .running, .unknown, .completed: break
    case .failed:
      if code?.isLaunchFailure == true {
        (counts, excludesNode) = (.never, true)
        self = Self(self, words: "its log could not be opened there (\(word) 0:53)")
      } else if code?.isProgramMissing == true {
        (counts, excludesNode) = (.never, true)
      } else if code?.signal == 9, log.contains("exceeded") {
        needsTwice = true
        self = Self(self, words: "it needed more memory than it was given")
      } else {
        counts = .unlessFurther
      }
    case .nodeLost: counts = .never
    case .outOfMemory:
      needsTwice = true
      self = Self(self, words: "it needed more memory than it was given")
    case .timeout, .deadline: counts = .unlessFurther
    // A slurmctld that lost its state gives numbers twice. A node that knows the older job cancels the younger one; Slurm drains it.
    case .cancelled where isUnstarted:
      counts = .never
      self = Self(self, words: "Slurm could not start it (\(word))")
    case .cancelled: failure = "cancelled in Slurm"
    }
  }

  /// Makes a failure of an end that neither the machine nor its settings have caused.
  mutating func failIfOwnDoing() {
    if counts == .unlessFurther { failure = "it ended in Slurm: \(words)" }
  }

  private init(_ other: Self, words: String) {
    self.init(words: words)
    (counts, excludesNode, needsTwice) = (other.counts, other.excludesNode, other.needsTwice)
  }
}
