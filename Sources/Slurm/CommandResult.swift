/// What came of running a command.
package struct CommandResult: Sendable, Equatable {
  package enum End: Sendable, Equatable {
    case exited(Int)
    case signaled(Int)
    /// It was ended because it took too long, or because the caller wanted no more of it. What it began may be done yet.
    case abandoned(String)
    /// It never began.
    case notStarted(String)
  }

  package var end: End
  /// What it wrote to standard output; not whole where `isCut`.
  package var output: String
  /// What it wrote to standard error, shortened.
  package var errors: String
  package var isCut: Bool
  package var seconds: Double

  package init(_ end: End, output: String = "", errors: String = "", isCut: Bool = false, seconds: Double = 0) {
    self.end = end
    self.output = output
    self.errors = errors
    self.isCut = isCut
    self.seconds = seconds
  }

  /// Whether it ended by itself with status 0 and all of its output is here.
  package var isGood: Bool { end == .exited(0) && !isCut }

  /// Why it is no good, in one line: its own last words, else how it ended.
  package var complaint: String {
    let words = SlurmText.complaint(errors)
    return switch end {
    case .exited(0) where isCut: "its answer is too long"
    case .exited(let status): words.isEmpty ? "ended with status \(status)" : words
    case .signaled(let number): "was ended by signal \(number)" + (words.isEmpty ? "" : ": \(words)")
    case .abandoned(let reason), .notStarted(let reason): reason
    }
  }
}
