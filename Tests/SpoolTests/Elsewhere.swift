import Files
import Foundation
import Spool

/// An executor whose work is done elsewhere, and whoever works there, as plain as both can be.
struct Elsewhere: Sendable {
  /// Gives what stands behind the calls of the next worker, instead of what stands behind the daemon's.
  var worker: (@Sendable () -> FaultInjector)?
  /// Told of each attempt that is on disk. Where it gives true, another machine has it, and the daemon lets go of the job.
  var handOver: (@Sendable (ClaimedJob, WorkFolder) -> Bool)?
  /// Told of each job that comes to be worked on.
  var takeUp: (@Sendable (ClaimedJob) -> Void)?

  struct Task: Codable {
    var attempt: AttemptMark
    var job: JobDescription
    var input: Name
  }

  func work(on job: ClaimedJob) {
    takeUp?(job)
    do throws(FileError) {
      if let mark = job.attempt {
        if let answer = try answer(of: job), answer.attempt == mark, answer.end != .retry { return settle(job, answer) }
        _ = try job.adoptCheckpoint()
        try job.giveUpAttempt()
      }
      let folder = try begin(job)
      if let handOver, handOver(job, folder) { return job.leave() }
      job.tellBegun()
      if let worker {
        FaultInjector.$current.withValue(worker()) { labor(folder.folder.path) }
      } else {
        labor(folder.folder.path)
      }
      guard let answer = try answer(of: job) else {
        if let times = job.crashed("its worker ended") { job.fail("its worker ended \(times) times") }
        return
      }
      settle(job, answer)
    } catch {
      if error.kind == .retry { job.retryLater(error.message) } else { job.fail(error.message) }
    }
  }

  func begin(_ job: ClaimedJob) throws(FileError) -> WorkFolder {
    let input = try job.workInput()
    // As a Slurm job is found again: by a name that is made before.
    let notes = ["batch": "\(job.id)-\((job.attempt?.number ?? 0) + 1)"]
    return try job.newAttempt(executor: "elsewhere", notes: notes) { mark throws(FileError) in
      try encodeJSON(Task(attempt: mark, job: job.source.description, input: input), job.id)
    }
  }

  /// What cannot be read is none.
  private func answer(of job: ClaimedJob) throws(FileError) -> WorkAnswer? {
    do throws(FileError) {
      return try job.attemptFolder().answer()
    } catch where error.kind == .refuse {
      return nil
    }
  }

  func settle(_ job: ClaimedJob, _ answer: WorkAnswer) {
    do throws(FileError) {
      switch answer.end {
      case .done:
        try job.accept(answer)
        job.publish()
      case .failed, .cancelled: job.fail(answer.reason ?? "cancelled")
      case .incomplete: if !job.settleAgain(answer.reason ?? "") { job.fail(answer.reason ?? "") }
      case .retry:
        _ = try job.adoptCheckpoint()
        try job.giveUpAttempt()
        job.retryLater(answer.reason ?? "")
      }
    } catch {
      if error.kind == .retry { return job.retryLater(error.message) }
      if let times = job.crashed(error.message) { job.fail("\(error.message), \(times) times") }
    }
  }

  // MARK: The worker

  /// Knows nothing but its folder.
  func labor(_ path: Name) {
    do throws(FileError) {
      let folder = try WorkFolder(path: path)
      guard let task = try? JSONDecoder().decode(Task.self, from: Data(folder.task())),
        try folder.begin("\(UUID())")
      else { return }
      var answer = WorkAnswer(job: task.job.id, attempt: task.attempt, end: .done)
      do throws(FileError) {
        answer = try labor(folder, task)
      } catch {
        answer.end = error.kind == .retry ? .retry : .failed
        answer.reason = error.message
      }
      try folder.finish(answer)
    } catch {
      return  // there is no answer then
    }
  }

  private func labor(_ folder: WorkFolder, _ task: Task) throws(FileError) -> WorkAnswer {
    var answer = WorkAnswer(job: task.job.id, attempt: task.attempt, end: .done)
    let source = JobSource(task.job, input: folder.folder.path.appending(task.input))
    let name = task.job.name
    if try source.sidecar()?.contents.bytes == Array("broken".utf8) {
      (answer.end, answer.reason) = (.failed, "bad.yaml:1:1: not understood")
      return answer
    }
    if name == "cut" {
      (answer.end, answer.reason) = (.incomplete, "cut.jpg: cut short")
      return answer
    }
    for file in try source.files() where file.role != .sidecar { _ = try source.contents(of: file.name) }
    try folder.tell(WorkProgress(token: task.attempt.token, count: 1))
    if name != "apple" { try folder.saveCheckpoint(Array("half of \(name)".utf8)) }
    let result = try folder.result()
    let frames = try result.makeFolder("frames")
    try frames.write("00.png", Array("frame of \(name)".utf8), durability: .none)
    try result.write("result.json", Array("result of \(name)".utf8), durability: .none)
    return answer
  }
}
