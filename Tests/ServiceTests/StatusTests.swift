import Files
import Foundation
import Service
import Spool
import Synchronization
import Testing

@Suite struct StatusTests {
  @Test func theBarShowsStepLossAndTimeLeft() {
    let line = ProgressLine(name: "apple.jpg", phase: "inverting", step: 42, steps: 100, loss: 0.12345, secondsLeft: 64.2)
    #expect(line.text(columns: 200) == "apple.jpg  inverting  [##########--------------]   42/100  loss 0.1235  1 min 5 s left")
    #expect(line.text(columns: 80) == "apple.jpg  inverting  [######----------]   42/100  loss 0.1235  1 min 5 s left")
    // No number is cut.
    #expect(line.text(columns: 60) == "apple.jpg  inverting  [###-----]   42/100  loss 0.1235")
    #expect(line.text(columns: 20) == "apple.jpg  inverting")
    #expect(line.text(columns: 4) == "appl")
  }

  @Test func aNameCannotSteerTheTerminal() {
    let line = ProgressLine(name: "a\u{1B}[2Jb", phase: "", step: 0, steps: 0, loss: nil, secondsLeft: nil)
    #expect(line.text(columns: 200) == "a\\u{1B}[2Jb")
  }

  @Test(arguments: [(0.2, "1 s"), (59.0, "59 s"), (61, "1 min 1 s"), (3700, "1 h 1 min"), (-5, "0 s")])
  func durationsAreForPeople(seconds: Double, text: String) {
    #expect(ProgressLine.duration(seconds) == text)
  }

  @Test func statusTellsWhatRunsWaitsAndFailed() throws {
    let now = Date(timeIntervalSince1970: 1000)
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .secondsSince1970
    let status = try decoder.decode(
      SpoolStatus.self,
      from: Data(
        """
        {"format": 1, "process": 77, "updated": 1000, "isStopped": false, "done": 3, "failed": 1, "delayed": [], "held": [],
         "watches": [{"inbox": "/in", "outbox": "/out", "mode": "inotify", "inInbox": 2}],
         "running": [{"id": "1", "name": "apple", "inbox": "/in", "started": 995, "step": 50, "steps": 100, "loss": 0.5}],
         "queue": [{"id": "2", "name": "pear", "inbox": "/in"}],
         "failures": [{"id": "3", "name": "fig", "reason": "no picture", "folder": "fig", "date": 940}]}
        """.utf8))
    let lines = StatusText.lines(status, isRunning: true, now: now)
    #expect(
      lines == [
        "running, process 77; 3 done and 1 failed since its start", "inbox /in: watched by inotify, 2 files known",
        "now     apple  [############------------]   50/100  loss 0.5  since 5 s", "next    pear",
        "failed  fig, 1 min 0 s ago: no picture (fig)",
      ])
    #expect(StatusText.lines(status, isRunning: false, now: now)[0] == "not running; last seen 0 s ago")
  }

  @Test func metricsAreInThePrometheusFormat() {
    var counts = JobTotals.Counts()
    counts[.done] = 5
    counts[.failed] = 2
    counts.waiting = 7
    let text = Metrics.text(counts, poolBytes: 0)
    #expect(text.contains("\nidinvert_jobs_total{result=\"done\"} 5\nidinvert_jobs_total{result=\"failed\"} 2\n"))
    #expect(text.contains("\nidinvert_jobs_waiting 7\n"))
    for line in text.split(separator: "\n") {
      #expect(line.hasPrefix("# HELP idinvert_") || line.hasPrefix("# TYPE idinvert_") || line.hasPrefix("idinvert_"))
    }
  }

  @Test func aSilentWorkerOrLoopIsNotAlive() {
    let start = ContinuousClock.now
    let offset = Mutex(Duration.zero)
    let heartbeat = Heartbeat { start + offset.withLock { $0 } }
    func isAlive() -> Bool { heartbeat.isAlive(patience: .seconds(60), rest: .seconds(30)) }
    func pass(_ seconds: Int) { offset.withLock { $0 += .seconds(seconds) } }
    #expect(isAlive())
    pass(89)
    #expect(isAlive())
    pass(2)
    // The loop has not turned for longer than it may rest.
    #expect(!isAlive())
    heartbeat.spoolTurned()
    #expect(isAlive())
    heartbeat.worker(0, isWorking: true)
    pass(61)
    heartbeat.spoolTurned()
    // The worker hangs in its job, whatever the loop does.
    #expect(!isAlive())
    heartbeat.workerProgressed(0)
    #expect(isAlive())
    heartbeat.worker(1, isWorking: true)
    pass(61)
    heartbeat.spoolTurned()
    heartbeat.workerProgressed(0)
    // The other one hangs.
    #expect(!isAlive())
    heartbeat.worker(0, isWorking: false)
    heartbeat.worker(1, isWorking: false)
    pass(61)
    heartbeat.spoolTurned()
    // A worker without a job may be silent.
    #expect(isAlive())
    heartbeat.publisher(isWorking: true)
    pass(61)
    heartbeat.spoolTurned()
    // The disk does not answer.
    #expect(!isAlive())
    heartbeat.publisher(isWorking: false)
    #expect(isAlive())
  }
}
