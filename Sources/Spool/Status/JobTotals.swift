internal import Foundation
internal import PrintableText
internal import Synchronization

/// What the spool counts and how its jobs stand: the one truth from which `status.json`, the metrics and fields of the log
/// are made. Workers note in it what they do; the rest follows from the spool's events. Outlives a reload.
package final class JobTotals: Sendable {
  package enum Counter: Sendable {
    case accepted, done, failed, delayed, recovered, takenBack, quarantined, overflows, steps
  }

  /// What a worker knows of a job when it ends.
  package struct Notes: Sendable, Equatable {
    package var model = ""
    package var seconds = 0.0
    package var steps = 0
    package var loss: Double?

    package init() {}

    /// For the log.
    package var fields: [EventField: String] {
      var fields: [EventField: String] = [:]
      if !model.isEmpty { fields[.model] = model }
      if seconds > 0 { fields[.seconds] = shortNumber(seconds) }
      if steps > 0 { fields[.steps] = String(steps) }
      if let loss { fields[.loss] = shortNumber(loss) }
      return fields
    }
  }

  /// For the metrics.
  package struct Counts: Sendable, Equatable {
    private var numbers: [Counter: Int] = [:]
    package var jobSeconds = 0.0
    /// When the last job ended, in seconds since 1970.
    package var lastEnd: Double?
    package var waiting = 0
    package var running = 0
    package var lostWatches = 0
    package var hasTrouble = false

    package init() {}

    package subscript(counter: Counter) -> Int {
      get { numbers[counter] ?? 0 }
      set { numbers[counter] = newValue }
    }
  }

  private struct State {
    var counts = Counts()
    var waiting: Set<String> = []
    var backlog = 0
    var running: [String: SpoolStatus.Running] = [:]
    var failures: [SpoolStatus.Failure] = []
    var lost: Set<String> = []
    var trouble: String?
    var notes: [String: Notes] = [:]
    var remote: SpoolStatus.Remote?
    /// Whether the status has news.
    var isDirty = true

    mutating func wait(_ job: String, _ counter: Counter? = nil) {
      running[job] = nil
      waiting.insert(job)
      if let counter { counts[counter] += 1 }
      isDirty = true
    }

    mutating func end(_ job: String, _ counter: Counter, _ date: Date) {
      waiting.remove(job)
      running[job] = nil
      counts[counter] += 1
      counts.lastEnd = date.timeIntervalSince1970
      counts.jobSeconds += notes[job]?.seconds ?? 0
    }
  }

  private let state = Mutex(State())

  package init() {}

  package var counts: Counts {
    state.withLock { state in
      var counts = state.counts
      counts.waiting = state.waiting.count + state.backlog
      counts.running = state.running.count
      counts.lostWatches = state.lost.count
      counts.hasTrouble = state.trouble != nil
      return counts
    }
  }

  /// Jobs that are claimed and wait, and complete drops that will be.
  package var waiting: Int { state.withLock { $0.waiting.count + $0.backlog } }

  // MARK: What workers do

  package func note(_ job: String, _ change: (inout Notes) -> Void) {
    state.withLock { change(&$0.notes[job, default: Notes()]) }
  }

  /// What was noted of a job that ended; forgotten by that.
  package func takeNotes(_ job: String) -> Notes {
    state.withLock { $0.notes.removeValue(forKey: job) } ?? Notes()
  }

  package func stepped() {
    state.withLock { $0.counts[.steps] += 1 }
  }

  /// A worker has it.
  func isRunning(_ job: SpoolStatus.Running) {
    state.withLock { state in
      state.waiting.remove(job.id)
      state.running[job.id] = job
      state.isDirty = true
    }
  }

  /// A worker gave it up, and it waits again.
  func isWaiting(_ job: String) {
    state.withLock { $0.wait(job) }
  }

  /// - Returns: whether a worker has it.
  func report(_ job: String, _ change: (inout SpoolStatus.Running) -> Void) -> Bool {
    state.withLock { state in
      guard var running = state.running[job] else { return false }
      change(&running)
      state.running[job] = running
      state.isDirty = true
      return true
    }
  }

  /// What is out on other machines.
  func report(_ remote: SpoolStatus.Remote) {
    state.withLock { state in
      state.remote = remote
      state.isDirty = true
    }
  }

  /// What workers have, by identifier.
  var running: [SpoolStatus.Running] { state.withLock { $0.running.values.sorted { $0.id < $1.id } } }

  // MARK: What happens

  /// Counts an event.
  func take(_ event: SpoolEvent, at date: Date) {
    state.withLock { state in
      switch event {
      case .watchLost(let inbox, _): state.lost.insert(inbox)
      case .watchFound(let inbox): state.lost.remove(inbox)
      case .overflow: state.counts[.overflows] += 1
      case .accepted(let job, _, _): state.wait(job, .accepted)
      case .delayed(let job, _, _, _, _): state.wait(job, .delayed)
      case .recovered(let job, _, _): state.wait(job, .recovered)
      case .published(let job, _, _, _): state.end(job, .done, date)
      case .failed(let job, let name, _, let reason, let folder):
        state.failures.insert(.init(id: job, name: name, reason: reason, folder: folder, date: date), at: 0)
        if state.failures.count > 20 { state.failures.removeLast() }
        state.end(job, .failed, date)
      case .takenBack(let job, _, _, _):
        state.end(job, .takenBack, date)
        state.notes[job] = nil
      case .quarantined(let job, _):
        state.end(job, .quarantined, date)
        state.notes[job] = nil
      case .backlog(let drops): state.backlog = drops
      case .modeChosen, .fileSystemLacks, .ignored, .held, .started, .removedResult, .requestRefused, .trouble, .troubleOver, .superseded:
        return
      }
      state.isDirty = true
    }
  }

  /// What is wrong with the spool itself; nil where nothing is.
  func trouble(_ reason: String?) {
    state.withLock { state in
      guard state.trouble != reason else { return }
      state.trouble = reason
      state.isDirty = true
    }
  }

  /// A spool begins anew: it will tell again what waits.
  package func restarted() {
    state.withLock { state in
      state.waiting = []
      state.backlog = 0
      state.running = [:]
      state.lost = []
      state.trouble = nil
      state.remote = nil
    }
  }

  // MARK: For the status

  /// Whether something that the status shows is new.
  var isDirty: Bool { state.withLock { $0.isDirty } }

  func markDirty() {
    state.withLock { $0.isDirty = true }
  }

  /// Fills in what is known here, and takes the mark that something is new.
  func fill(_ status: inout SpoolStatus) {
    state.withLock { state in
      // Of thousands that are out elsewhere some stand for all.
      status.running = state.running.values.prefix(SpoolStatus.runningAtMost).sorted { $0.id < $1.id }
      status.runningInAll = state.running.count
      status.remote = state.remote
      status.failures = state.failures
      status.done = state.counts[.done]
      status.failed = state.counts[.failed]
      status.trouble = state.trouble
      state.isDirty = false
    }
  }
}
