/// How jobs come, and how long they take lately.
struct JobPace: Sendable, Equatable {
  var lastArrival = Duration.zero
  private var seconds: Double?

  /// A start costs a second or two in Slurm and the loading of a model.
  private static let leastSeconds = 15.0

  /// - Parameter seconds: of work; nil for a job that did none.
  mutating func sees(_ seconds: Double?) {
    // A node says so.
    guard let seconds = seconds.map({ min(max($0, 0), 1e6) }) else { return }
    self.seconds = self.seconds.map { $0 + (seconds - $0) / 8 } ?? seconds
  }

  /// A batch of fewer jobs spends too much of its time on its start. A quarter of a whole one where nothing is known yet.
  func leastJobs(_ settings: RemoteSettings) -> Int {
    guard let seconds else { return (settings.batchJobs + 3) / 4 }
    let jobs = Self.leastSeconds * Double(settings.sideBySide) / max(seconds, 0.001)
    return Int(min(max(jobs, 1), Double(settings.batchJobs)).rounded(.up))
  }
}
