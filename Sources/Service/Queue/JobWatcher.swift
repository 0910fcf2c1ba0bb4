internal import Editing
internal import Files
internal import Inversion
internal import PrintableText
internal import Spool

/// Why a job was ended before it was done.
enum JobEnd: Equatable {
  /// The process is to end: another attempt goes on from the checkpoint.
  case stopping
  case cancelled
  /// Its folder is gone: nobody wants the result.
  case gone
  case deadline(seconds: Double)
}

/// Who has a running job: the spool, or a work folder.
protocol JobKeeper {
  var admission: Admission { get }
  /// The longest that it may take.
  var jobSeconds: Double? { get }
  var checkpointSeconds: Double { get }

  /// Hears that it is being worked on, between two news.
  mutating func signOfLife(_ progress: WorkProgress)
  /// Hears how far it is.
  mutating func tell(_ progress: WorkProgress)
  /// Why it must end, other than that it took too long.
  mutating func reasonToEnd() -> JobEnd?
  /// Keeps what another attempt can go on from. Where that fails, it begins further back.
  func save(_ state: [UInt8])
}

/// Follows a running job: tells how far it is, saves its state now and then, and ends it where it must end.
final class JobWatcher: JobObserver, OutputWriter {
  private var keeper: any JobKeeper
  private let writer: FolderWriter
  private var place: Admission.Place?
  private var start = ContinuousClock.now
  private var lastSave = ContinuousClock.now
  private var told = WorkProgress(token: "", count: 0)
  private(set) var end: JobEnd?
  /// Steps of the inversion, and the loss at the last.
  private(set) var steps = 0
  private(set) var loss: Double?

  let checkpoint: [UInt8]?

  /// - Parameters:
  ///   - writer: takes the result.
  ///   - checkpoint: what an earlier attempt saved.
  init(_ keeper: any JobKeeper, into writer: FolderWriter, checkpoint: [UInt8]?) {
    self.keeper = keeper
    self.writer = writer
    self.checkpoint = checkpoint
  }

  /// Since its work began.
  var seconds: Double { (ContinuousClock.now - start).inSeconds }

  /// Called while other jobs leave no room for this one.
  ///
  /// - Throws: `EditingError` (`stopped`) when it shall not begin any more.
  func checkWhileWaiting() throws {
    start = .now
    try goOn()
  }

  /// The job has its place among those that run.
  func begin(_ place: Admission.Place, model: String? = nil) {
    self.place = place
    start = .now
    told.model = model
  }

  func progress(_ progress: JobProgress, state: (() -> [UInt8])?) -> StepAction {
    if let place { keeper.admission.divide(place) }
    told.take(progress, seconds: seconds)
    if progress.step > 0, progress.phase == .inverting { (steps, loss) = (progress.step, told.loss) }
    keeper.tell(told)
    if let reason = reasonToEnd() {
      if reason == .stopping, let state { keeper.save(state()) }
      return .stop
    }
    let now = ContinuousClock.now
    if let state, now - lastSave >= .seconds(keeper.checkpointSeconds) {
      keeper.save(state())
      lastSave = now
    }
    return .go
  }

  func write(_ path: String, _ bytes: [UInt8]) throws {
    try goOn()
    try writer.write(path, bytes)
  }

  private func goOn() throws {
    told.seconds = seconds
    keeper.signOfLife(told)
    guard reasonToEnd() == nil else { throw EditingError(.stopped, "the job was stopped") }
  }

  private func reasonToEnd() -> JobEnd? {
    if end == nil { end = keeper.reasonToEnd() }
    if end == nil, let limit = keeper.jobSeconds, seconds > limit { end = .deadline(seconds: limit) }
    return end
  }
}

enum TimeLimit {
  /// Why a job was ended at `limits.job_seconds`.
  static func tookTooLong(_ seconds: Double) -> String {
    "it took longer than \(shortNumber(seconds)) s (limits.job_seconds); ask for fewer steps, edits or frames"
  }
}
