internal import Files
internal import PrintableText

/// Finds the job that a person means by a request to cancel. Pure.
struct CancelSearch {
  enum Target {
    /// Waits for a worker.
    case queued(ClaimedJob)
    /// Waits for another try.
    case delayed(JobRecord)
    /// A worker has it.
    case running(String)
    /// Waits for room in the queue; its place among those.
    case drop(Int)
  }

  struct Candidate {
    var target: Target
    /// Empty where it is no job yet.
    var id: String
    var name: Name
    var inbox: String
  }

  let request: SpoolRequest
  private let candidates: [Candidate]

  /// - Parameter candidates: all that could be meant, those first that are to be taken first.
  init(_ request: SpoolRequest, among candidates: [Candidate]) {
    self.request = request
    self.candidates = candidates.filter { request.inbox == nil || request.inbox == $0.inbox }
  }

  /// By exact letters first, and only then the one that is spelled otherwise.
  ///
  /// - Throws: kind *refuse* where several spellings could be meant.
  func find() throws(FileError) -> Target? {
    if let exact = candidates.first(where: { Name($0.id) == request.job || $0.name == request.job }) { return exact.target }
    let match = NameMatch(request.job, among: candidates.map(\.name))
    if let doubt = match.doubt { throw FileError(.open, request.job.description, doubt) }
    return match.name.flatMap { name in candidates.first { $0.name == name }?.target }
  }

  /// Why nothing is cancelled.
  func refusal(isInInbox: Bool) -> FileError {
    var finding = "no job of that name is waiting or running"
    if isInInbox { finding = "it lies in the inbox and is no job yet; take it out there" }
    let names = candidates.compactMap(\.name.string).sorted()
    let clause = request.job.string.map { Suggestion.clause(for: $0, in: names) } ?? ""
    return FileError(.open, request.job.description, finding + clause)
  }
}
