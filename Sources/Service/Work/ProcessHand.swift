internal import Editing
internal import Files
internal import Foundation
internal import Glibc
internal import Kernels
internal import PrintableText
internal import Spool

/// Does each job in a process of its own: what a job does to its process costs that process and nothing else.
struct ProcessHand: JobHand {
  private let environment: WorkerEnvironment
  private let publisher: Publisher
  private let settlement: AttemptSettlement

  init(_ environment: WorkerEnvironment, _ publisher: Publisher) {
    self.environment = environment
    self.publisher = publisher
    settlement = AttemptSettlement(environment, publisher)
  }

  func work(on job: ClaimedJob, _ worker: Int) {
    do {
      if try settlement.takeUp(job) { return }
      let handout = try Handout(job, environment.configuration, environment.models)
      let watch = ChildWatch(job, environment, worker: worker)
      try environment.admission.run(
        bytes: handout.memoryBytes + handout.packBytes, isAlone: job.crashes > 0, whileWaiting: watch.checkWhileWaiting
      ) { _ in
        let folder = try handout.newAttempt(executor: .process)
        job.tellBegun()
        let child = try WorkerChild(environment.program, arguments(folder, handout))
        settle(job, folder, watch.follow(child, folder), child, watch)
      }
    } catch {
      settlement.refuse(job, error)
    }
  }

  private func arguments(_ folder: WorkFolder, _ handout: Handout) -> [String] {
    // The others' part is theirs, also of those that are about to begin.
    let side = max(1, min(environment.admission.count + environment.tally.waiting, environment.configuration.execution.jobs ?? .max))
    let threads = max(1, Workers.common.threads / side)
    let limit = environment.configuration.limits.memoryBytes + 2 * handout.packBytes + Self.ownBytes
    return [
      "work", "--parent", String(getpid()), "--threads", String(threads), "--memory-limit", String(limit >> 20),
      folder.folder.path.description,
    ]
  }

  /// What the program takes before it works on anything.
  private static let ownBytes = 256 << 20

  /// Ends the job by what its process left.
  private func settle(
    _ job: ClaimedJob, _ folder: WorkFolder, _ end: WorkerChild.End, _ child: WorkerChild, _ watch: ChildWatch
  ) {
    var answer: WorkAnswer?
    do throws(FileError) {
      answer = try folder.answer()
    } catch {
      guard error.kind == .refuse else { return settlement.again(job, error.message) }
    }
    if let answer, settlement.settle(job, answer) { return }
    if job.isCancelled { return publisher.deliver(.failure(job, reason: "cancelled")) }
    switch (watch.reason, end) {
    case (.stopping?, _), (.cancelled?, _): settlement.again(job, nil)
    case (.deadline(let seconds)?, _): publisher.deliver(.failure(job, reason: TimeLimit.tookTooLong(seconds)))
    case (.silence(let seconds)?, _):
      settlement.crashed(job, "the process that did it gave no sign of life for \(shortNumber(seconds)) s")
    case (nil, .signaled):
      let words = child.lastWords
      settlement.crashed(job, "the process that did it \(end.words)" + (words.isEmpty ? "" : ": \(words)"))
    case (nil, _):
      let words = child.lastWords
      settlement.again(job, "the process that did it \(end.words)" + (words.isEmpty ? " and gave no answer" : ": \(words)"))
    }
  }
}
