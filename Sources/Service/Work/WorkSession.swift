internal import Decoding
internal import Editing
internal import Files
internal import Foundation
internal import Kernels
internal import PrintableText
internal import Spool
internal import StrictYAML
internal import Synchronization

/// Works on a list of work folders: one after the other, or side by side as far as memory reaches. What `idinvert work` does.
package final class WorkSession: Sendable {
  /// What became of a folder.
  package enum Outcome: Sendable, Equatable {
    /// There is an answer.
    case answered
    /// Another worker has it, or it is gone: nothing was to be done.
    case notWanted
    /// There could be no answer, for this reason.
    case noAnswer(String)
  }

  private let models = Mutex<[[String]: ModelCache]>([:])
  private let admission: Admission
  private let sideBySide: Int
  private let isStopping: @Sendable () -> Bool
  private let note: @Sendable (String) -> Void

  /// How often an answer that cannot be written is tried again, with pauses of that many seconds.
  private static let pauses = [0.2, 1, 3, 10]

  /// - Parameters:
  ///   - sideBySide: how many jobs may run at the same time.
  ///   - isStopping: whether the process is to end; asked at each step.
  ///   - note: takes a line for whoever looks on.
  package init(
    sideBySide: Int, isStopping: @escaping @Sendable () -> Bool, note: @escaping @Sendable (String) -> Void
  ) {
    // One alone is let in whatever it needs.
    admission = Admission(bytes: SystemMemory.bytes / 4 * 3)
    self.sideBySide = max(1, sideBySide)
    self.isStopping = isStopping
    self.note = note
  }

  /// Works on all folders. Each that could be begun has an answer when this returns.
  ///
  /// - Returns: what became of each, in their order.
  package func run(_ folders: [String]) -> [Outcome] {
    Crew.map(folders, threads: sideBySide, name: "worker") { [self] in run($0) }
  }

  private func run(_ path: String) -> Outcome {
    do throws(FileError) {
      let folder = try WorkFolder(path: Name(path))
      guard try folder.hasTask() else { return .noAnswer("\(path): there is no task.json; give the folder of an attempt") }
      guard let task = WorkTask(json: try folder.task()) else {
        return .noAnswer("\(path)/task.json: it is no task that this program knows")
      }
      guard try folder.begin("\(ProcessInfo.processInfo.processIdentifier) \(AttemptMark.randomToken())") else {
        note("\(path): another worker has it, or had it")
        return .notWanted
      }
      return try work(folder, task, path)
    } catch where WorkFolder.isGone(error) {
      note("\(path): it is gone; nothing is to be done")
      return .notWanted
    } catch {
      return .noAnswer(error.message)
    }
  }

  private func work(_ folder: WorkFolder, _ task: WorkTask, _ path: String) throws(FileError) -> Outcome {
    let watcher = JobWatcher(
      FolderKeeper(folder, task, admission: admission, isStopping: isStopping), into: FolderWriter(try folder.result()),
      checkpoint: folder.checkpoint(at: task.checkpoint))
    let store = WorkCodes(cache: task.cache, folder: folder)
    var answer: WorkAnswer
    do {
      let result = try edit(folder, task, watcher, store)
      answer = WorkAnswer(job: task.job.id, attempt: task.attempt, end: .done)
      answer.warnings = result.warnings
    } catch {
      guard watcher.end != .gone else {
        note("\(path): it is gone; nothing is to be done")
        return .notWanted
      }
      let (end, reason) = Self.end(error, watcher.end)
      answer = WorkAnswer(job: task.job.id, attempt: task.attempt, end: end, reason: reason)
    }
    answer.seconds = watcher.seconds
    (answer.steps, answer.loss) = (watcher.steps, watcher.loss)
    answer.model = task.model
    answer.kernels = Processor.variant.rawValue
    answer.usedCodes = store.used
    try finish(folder, answer)
    note("\(path): \(answer.end.rawValue)" + (answer.reason.map { ": " + $0 } ?? ""))
    return .answered
  }

  private func edit(
    _ folder: WorkFolder, _ task: WorkTask, _ watcher: JobWatcher, _ store: WorkCodes
  ) throws -> JobResult {
    guard task.program == Program.version else {
      throw EditingError(.retry, "the task is of idinvert \(task.program), this is \(Program.version); install the same everywhere")
    }
    let models = models(of: task)
    let needs = try models.needs(task.model)
    guard needs.hash == task.modelHash else {
      throw EditingError(
        .retry, "the pack \(task.model) is another one here (\(needs.hash.prefix(12))…) than where the job was taken (\(task.modelHash.prefix(12))…)")
    }
    let defaults = try SidecarDefaults(YAML.parse(Array(task.defaults.utf8), file: "defaults"))
    let source = JobSource(task.job, input: folder.place(of: task.input))
    let prepared = try PreparedJob(source, defaults: defaults.sidecar, model: task.watchModel, limits: task.limits)
    return try admission.run(bytes: task.memoryBytes, isAlone: false, whileWaiting: watcher.checkWhileWaiting) { place in
      watcher.begin(place, model: task.model)
      let options = EditorOptions(
        decoder: DecoderProcess(), programVersion: Program.version, memoryLimitInBytes: task.limits.memoryBytes,
        pictureLimits: task.limits.pictures, limits: task.limits.forJobs, copiesOriginals: false)
      let editor = Editor(model: try models.model(task.model), options: options, store: store)
      return try editor.run(prepared.input, into: watcher, observer: watcher)
    }
  }

  /// Folders of packs are the same for all tasks of a service: a model is loaded once.
  private func models(of task: WorkTask) -> ModelCache {
    models.withLock { known in
      let models = known[task.models] ?? ModelCache(folders: task.models)
      known[task.models] = models
      return models
    }
  }

  private static func end(_ error: any Error, _ end: JobEnd?) -> (WorkAnswer.End, String?) {
    switch FailureDisposition(error) {
    case .fail(let reason): return (.failed, reason)
    case .retry(let reason): return (.retry, reason)
    case .incomplete(let reason): return (.incomplete, reason)
    case .stopped: break
    }
    return switch end {
    case .cancelled: (.cancelled, nil)
    case .deadline(let seconds): (.failed, TimeLimit.tookTooLong(seconds))
    case .stopping, .gone, nil: (.retry, nil)
    }
  }

  /// Writes the answer, again where that fails for something that may pass.
  private func finish(_ folder: WorkFolder, _ answer: WorkAnswer) throws(FileError) {
    for pause in Self.pauses {
      do throws(FileError) {
        return try folder.finish(answer)
      } catch where error.kind == .retry {
        Thread.sleep(forTimeInterval: pause)
      }
    }
    try folder.finish(answer)
  }
}
