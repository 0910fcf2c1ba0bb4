import Service
import Slurm

/// Slurm, its nodes, the workers on them and the folder that all share, in a time of its own.
struct SimulatedSlurm {
  struct Job {
    var id: Int
    let plan: BatchPlan
    var state = "PENDING"
    var node = ""
    var ended: Duration?
    /// The worker's process; nil where it is not alive.
    var worker: Worker?
    /// Whether slurmctld knows of it.
    var isKnown = true
    var submitted: Duration
  }

  /// One process of `idinvert work`.
  struct Worker {
    var next = 0
    var until: Duration?
  }

  /// What lies in an attempt's folder.
  struct Attempt: Equatable {
    var begunBy: Int?
    var isAnswered = false
  }

  var jobs: [Job] = []
  var attempts: [String: Attempt] = [:]
  let slots: Int
  /// How long a job takes.
  let work: Duration
  private var nextID = 1

  init(slots: Int = 4, work: Duration = .seconds(1)) {
    self.slots = slots
    self.work = work
  }

  static func key(_ job: String, _ attempt: Int) -> String { "\(job)/\(attempt)" }

  mutating func submit(_ plan: BatchPlan, _ now: Duration) -> Int {
    jobs.append(Job(id: nextID, plan: plan, submitted: now))
    nextID += 1
    return nextID - 1
  }

  func queue(_ now: Duration) -> QueueListing {
    QueueListing(
      entries: jobs.filter { $0.isKnown && ($0.ended.map { now - $0 < .seconds(300) } ?? true) }.map {
        QueueEntry(id: $0.id, word: $0.state, reason: $0.state == "PENDING" ? "Resources" : "None", nodes: $0.node, name: $0.plan.name)
      })
  }

  mutating func cancel(_ ids: [Int], _ now: Duration) {
    for index in jobs.indices where ids.contains(jobs[index].id) && jobs[index].isKnown && jobs[index].ended == nil {
      jobs[index].worker = nil
      end(index, "CANCELLED", now)
    }
  }

  /// The oldest that runs ends with this state; its process too, unless Slurm is wrong about it.
  mutating func strike(_ state: String, isAlive: Bool, _ now: Duration) {
    guard let index = jobs.firstIndex(where: { $0.state == "RUNNING" }) else { return }
    if !isAlive { jobs[index].worker = nil }
    end(index, state, now)
  }

  /// slurmctld is killed before it saved what it accepted last: it forgets these jobs, which run on, and gives their numbers again.
  mutating func forgetLast(_ now: Duration) {
    for index in jobs.indices where jobs[index].isKnown && now - jobs[index].submitted < .seconds(8) {
      jobs[index].isKnown = false
      nextID = min(nextID, jobs[index].id)
    }
  }

  /// slurmctld takes an ended job for a running one, and runs it again.
  mutating func runAgain(_ now: Duration) {
    guard let index = jobs.lastIndex(where: { $0.isKnown && $0.state == "COMPLETED" }) else { return }
    jobs[index].state = "PENDING"
    jobs[index].ended = nil
  }

  private mutating func end(_ index: Int, _ state: String, _ now: Duration) {
    jobs[index].state = state
    jobs[index].ended = now
  }

  /// Lets the time pass.
  mutating func advance(to now: Duration) {
    for index in jobs.indices { turn(index, now) }
    var free = slots - jobs.count(where: { $0.worker != nil })
    for index in jobs.indices where free > 0 && jobs[index].isKnown && jobs[index].state == "PENDING" {
      let isFirst = !jobs.contains {
        $0.isKnown && $0.plan.name == jobs[index].plan.name && $0.id != jobs[index].id
          && ($0.state == "RUNNING" || $0.state == "PENDING" && $0.id < jobs[index].id)
      }
      guard isFirst else { continue }
      (jobs[index].state, jobs[index].node) = ("RUNNING", "n\(index % 2 + 1)")
      if let older = jobs.firstIndex(where: { !$0.isKnown && ($0.id, $0.node) == (jobs[index].id, jobs[index].node) }) {
        // The node still knows another one of that number, and does not start this one.
        jobs[older].id = 0
        end(index, "CANCELLED", now)
      } else {
        jobs[index].worker = Worker()
        free -= 1
      }
    }
  }

  private mutating func turn(_ index: Int, _ now: Duration) {
    while var worker = jobs[index].worker {
      let plan = jobs[index].plan
      if let until = worker.until {
        guard until <= now else { return }
        attempts[Self.key(plan.jobs[worker.next], plan.attempts[worker.next]), default: Attempt()].isAnswered = true
        (worker.next, worker.until) = (worker.next + 1, nil)
      } else if worker.next == plan.jobs.count {
        jobs[index].worker = nil
        if jobs[index].state == "RUNNING" { end(index, "COMPLETED", now) }
        return
      } else {
        let key = Self.key(plan.jobs[worker.next], plan.attempts[worker.next])
        // O_EXCL: whoever comes second leaves it alone.
        if attempts[key]?.begunBy == nil {
          attempts[key, default: Attempt()].begunBy = index
          worker.until = now + work
        } else {
          worker.next += 1
        }
      }
      jobs[index].worker = worker
    }
  }

  /// Those that compute at the moment.
  var alive: Int { jobs.count { $0.worker != nil } }
}
