internal import Synchronization

/// What the service counts while it runs: for the status line, the metrics and the fields of "job finished".
package final class JobTotals: Sendable {
  /// What a worker knows of a job when it ends.
  package struct Notes: Sendable, Equatable {
    package var model = ""
    package var seconds = 0.0
    package var steps = 0
    package var loss: Double?

    package init() {}
  }

  package struct Counts: Sendable, Equatable {
    package var accepted = 0
    package var done = 0
    package var failed = 0
    package var delayed = 0
    package var recovered = 0
    package var takenBack = 0
    package var quarantined = 0
    package var overflows = 0
    package var steps = 0
    package var jobSeconds = 0.0
    package var lastEnd: Double?
    package var waiting = 0
    package var running = 0
    package var lostWatches: [String] = []
    package var hasTrouble = false

    package init() {}
  }

  private struct State {
    var counts = Counts()
    var waiting: Set<String> = []
    var backlog = 0
    var running: Set<String> = []
    var lost: Set<String> = []
    var notes: [String: Notes] = [:]
  }

  private let state = Mutex(State())

  package init() {}

  package var counts: Counts {
    state.withLock { state in
      var counts = state.counts
      counts.waiting = state.waiting.count + state.backlog
      counts.running = state.running.count
      counts.lostWatches = state.lost.sorted()
      return counts
    }
  }

  /// Jobs that are claimed and wait, and complete drops that will be.
  package var waiting: Int { state.withLock { $0.waiting.count + $0.backlog } }

  /// How many complete drops are not claimed yet.
  package func backlog(_ drops: Int) {
    state.withLock { $0.backlog = drops }
  }

  package func note(_ job: String, _ change: (inout Notes) -> Void) {
    state.withLock { change(&$0.notes[job, default: Notes()]) }
  }

  package func stepped() {
    state.withLock { $0.counts.steps += 1 }
  }

  func isWaiting(_ job: String, _ count: WritableKeyPath<Counts, Int>? = nil) {
    state.withLock { state in
      state.running.remove(job)
      state.waiting.insert(job)
      if let count { state.counts[keyPath: count] += 1 }
    }
  }

  func isRunning(_ job: String) {
    state.withLock { state in
      state.waiting.remove(job)
      state.running.insert(job)
    }
  }

  /// Counts an ended job and gives what was noted of it.
  func ended(_ job: String, _ count: WritableKeyPath<Counts, Int>, at time: Double) -> Notes {
    state.withLock { state in
      state.waiting.remove(job)
      state.running.remove(job)
      state.counts[keyPath: count] += 1
      state.counts.lastEnd = time
      let notes = state.notes.removeValue(forKey: job) ?? Notes()
      state.counts.jobSeconds += notes.seconds
      return notes
    }
  }

  func count(_ count: WritableKeyPath<Counts, Int>) {
    state.withLock { $0.counts[keyPath: count] += 1 }
  }

  func watch(_ inbox: String, isLost: Bool) {
    state.withLock { state in
      if isLost { state.lost.insert(inbox) } else { state.lost.remove(inbox) }
    }
  }

  func trouble(_ hasTrouble: Bool) {
    state.withLock { $0.counts.hasTrouble = hasTrouble }
  }

  /// A spool begins anew: it will tell again what waits.
  func restarted() {
    state.withLock { state in
      state.waiting = []
      state.backlog = 0
      state.running = []
      state.lost = []
    }
  }
}
