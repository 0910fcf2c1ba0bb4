import Files
import Foundation
import Service
import Spool
import Synchronization
import Testing
import Training

/// A folder that goes with its last user.
private final class Place: Sendable {
  let path = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path + "/idinvert-long-\(UUID().uuidString)"
  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Long tasks with a Slurm of scripts and a program that is one.
@Suite struct LongRunnerTests {
  /// A folder with the fake Slurm, a program and a task.
  private struct Bench {
    let folder = Place()
    var settings = SlurmSettings()

    /// - Parameter body: what the program does, with `$folder` and `$token`, and `answer OUTCOME REASON`.
    init(_ body: String) throws {
      try FakeSlurm.install(in: folder.path + "/slurm")
      settings.commands = folder.path + "/slurm"
      settings.program = folder.path + "/program"
      settings.request.cpus = 1
      settings.pace.pollSeconds = 0.2
      settings.pace.visibleSeconds = 1
      settings.pace.lostSeconds = 2
      settings.pace.tries = 2
      let script = """
        #!/bin/sh
        while [ $# -gt 0 ]; do case $1 in --attempt) folder=$2 ;; --token) token=$2 ;; esac; shift; done
        bench='\(folder.path)'
        answer() { echo "{\\"format\\":1,\\"outcome\\":\\"$1\\",\\"code\\":3,\\"reason\\":\\"$2\\"}" > $folder/answer-$token.json; }
        printf '%s\\nbegun' $token > $folder/progress
        \(body)

        """
      try Data(script.utf8).write(to: URL(fileURLWithPath: folder.path + "/program"))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path + "/program")
      try FileManager.default.createDirectory(atPath: folder.path + "/made", withIntermediateDirectories: true)
    }

    var taskFolder: String { folder.path + "/made/slurm" }

    func task(_ words: [String] = ["train"]) -> LongTask {
      let made = folder.path + "/made"
      return LongTask(kind: "train", product: made, folder: taskFolder, arguments: words, bytes: 1 << 20, settings) {
        LongTask.names(in: made, suffixes: [".safetensors"])
      }
    }

    func write(_ name: String) throws { try Data().write(to: URL(fileURLWithPath: folder.path + "/" + name)) }
    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.path + "/" + name) }
    /// How many jobs were submitted.
    var submissions: Int { (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/slurm"))?.count { $0.hasSuffix(".name") } ?? 0 }
  }

  /// Leaves when a line begins so.
  private final class Listener: TrainingObserver, Sendable {
    private let lines = Mutex<[String]>([])
    private let last: String?
    init(leavingAt last: String? = nil) { self.last = last }
    func say(_ line: String) { lines.withLock { $0.append(line) } }
    func progress(_ line: String) {}
    var heard: [String] { lines.withLock { $0 } }
    var shouldStop: Bool { last.map { last in heard.contains { $0.contains(last) } } ?? false }
  }

  @Test(.timeLimit(.minutes(1))) func aTaskThatIsDoneLeavesItsLog() throws {
    let bench = try Bench("echo working; answer done")
    var runner = try LongRunner(bench.task(), bench.settings, observer: Listener())
    #expect(runner.run() == .done)
    #expect(!bench.exists("made/slurm"))
    #expect(try String(contentsOfFile: bench.folder.path + "/made/slurm.log", encoding: .utf8) == "working\n")
  }

  @Test(.timeLimit(.minutes(1))) func aTaskThatWasLeftIsFollowedByTheNext() throws {
    let bench = try Bench("while [ -d $bench ] && [ ! -e $bench/go ]; do sleep 0.05; done; answer done")
    var first = try LongRunner(bench.task(), bench.settings, observer: Listener(leavingAt: "runs on n1"))
    #expect(first.run() == .left(job: 1))
    #expect(LongRunner.isOut(folder: bench.taskFolder))
    let listener = Listener()
    var second = try LongRunner(bench.task(), bench.settings, observer: listener)
    try bench.write("go")
    #expect(second.run() == .done)
    #expect(bench.submissions == 1)
    #expect(!LongRunner.isOut(folder: bench.taskFolder))
  }

  @Test(.timeLimit(.minutes(1))) func whoFollowsItBesideAnotherHearsTheSameEnd() throws {
    let bench = try Bench("while [ -d $bench ] && [ ! -e $bench/go ]; do sleep 0.05; done; answer failed 'no photographs'")
    var first = try LongRunner(bench.task(), bench.settings, observer: Listener(leavingAt: "runs on n1"))
    _ = first.run()
    var second = try LongRunner(bench.task(), bench.settings, observer: Listener())
    var third = try LongRunner(bench.task(), bench.settings, observer: Listener())
    try bench.write("go")
    #expect(second.run() == .failed(code: 3, "no photographs"))
    #expect(third.run() == .failed(code: 3, "no photographs"))
    #expect(bench.submissions == 1)
  }

  @Test(.timeLimit(.minutes(1))) func anAnswerThatNobodyHeardIsTold() throws {
    let bench = try Bench("answer failed 'too few photographs'")
    var first = try LongRunner(bench.task(), bench.settings, observer: Listener(leavingAt: "Slurm job"))
    _ = first.run()
    while !((try? FileManager.default.contentsOfDirectory(atPath: bench.taskFolder))?.contains { $0.hasPrefix("answer-") } ?? false) { usleep(10_000) }
    var second = try LongRunner(bench.task(), bench.settings, observer: Listener())
    #expect(second.run() == .failed(code: 3, "too few photographs"))
    #expect(bench.submissions == 1)
  }

  @Test(.timeLimit(.minutes(1))) func aProgramThatEndsWithoutAnAnswerHasFailed() throws {
    let bench = try Bench("echo 'Fatal error: no such thing'; exit 9")
    var runner = try LongRunner(bench.task(), bench.settings, observer: Listener())
    #expect(runner.run() == .failed(code: 1, "it ended in Slurm: FAILED 9:0: Fatal error: no such thing"))
    #expect(bench.submissions == 1)
  }

  @Test(.timeLimit(.minutes(1))) func whatWasStoppedGoesOn() throws {
    // Each attempt saves a bit; the fourth has all.
    let bench = try Bench("""
      number=$(ls $bench/made/*.safetensors 2> /dev/null | wc -l)
      : > $bench/made/$number.safetensors
      if [ $number = 3 ]; then answer done; else answer stopped; exit 1; fi
      """)
    let listener = Listener()
    var runner = try LongRunner(bench.task(), bench.settings, observer: listener)
    #expect(runner.run() == .done)
    #expect(bench.submissions == 4)
    #expect(listener.heard.contains("attempt 3 ended on n1: stopped"))
  }

  @Test(.timeLimit(.minutes(1))) func whoKnowsOnlyAnAttemptBeforeTheLastHearsTheEnd() throws {
    let bench = try Bench("""
      number=$(ls $bench/made/*.safetensors 2> /dev/null | wc -l)
      while [ -d $bench ] && [ ! -e $bench/go ]; do sleep 0.05; done
      : > $bench/made/$number.safetensors
      if [ $number = 1 ]; then answer done; else answer stopped; exit 1; fi
      """)
    var first = try LongRunner(bench.task(), bench.settings, observer: Listener(leavingAt: "runs on n1"))
    _ = first.run()
    var late = try LongRunner(bench.task(), bench.settings, observer: Listener())
    var second = try LongRunner(bench.task(), bench.settings, observer: Listener())
    try bench.write("go")
    #expect(second.run() == .done)
    #expect(late.run() == .done)
    #expect(bench.submissions == 2)
  }

  @Test(.timeLimit(.minutes(1))) func anotherTaskForTheSameProductIsRefused() throws {
    let bench = try Bench("while [ -d $bench ] && [ ! -e $bench/go ]; do sleep 0.05; done; answer done")
    var first = try LongRunner(bench.task(), bench.settings, observer: Listener(leavingAt: "runs on n1"))
    _ = first.run()
    #expect { try LongRunner(bench.task(["train", "--images", "7"]), bench.settings, observer: Listener()) } throws: {
      ($0 as? FileError)?.finding.hasPrefix("it is out in Slurm with other options: train;") == true
    }
    try bench.write("go")
  }

  @Test(.timeLimit(.minutes(1))) func aTaskIsCancelledBySomebodyOrByRemovingItsFolder() throws {
    let bench = try Bench("echo $$ > $bench/process; exec sleep 100")
    let begun = { FileManager.default.fileExists(atPath: bench.folder.path + "/process") }
    var runner = try LongRunner(bench.task(), bench.settings, observer: Listener(), isCancelled: begun)
    #expect(runner.run() == .failed(code: 1, "cancelled"))
    #expect(bench.exists("slurm/1.cancelled") && !bench.exists("made/slurm"))

    try FileManager.default.removeItem(atPath: bench.folder.path + "/process")
    let listener = Listener(leavingAt: "runs on n1")
    var second = try LongRunner(bench.task(), bench.settings, observer: listener)
    #expect(second.run() == .left(job: 2))
    var third = try LongRunner(bench.task(), bench.settings, observer: Listener())
    try FileManager.default.removeItem(atPath: bench.taskFolder)
    #expect(third.run() == .failed(code: 1, "cancelled"))
    #expect(bench.exists("slurm/2.cancelled"))
  }

  @Test func onlyOneOfTwoBeginsAnAttempt() throws {
    let place = Place()
    let folder = try LongFolder(making: place.path + "/task")
    let record = LongRecord(mark: AttemptMark(number: 1), identity: ["train"], before: "", notes: [:])
    var other = record
    other.mark = AttemptMark(number: 1)
    #expect(try folder.begin(record))
    #expect(try !folder.begin(other))
    #expect(try folder.newest() == record)
  }

  @Test func anAttemptCountsUntilTheNextBegins() throws {
    let place = Place(), path = place.path + "/task"
    let folder = try LongFolder(making: path)
    let first = LongRecord(mark: AttemptMark(number: 1), identity: [], before: "", notes: [:])
    _ = try folder.begin(first)
    let attempt = try LongAttempt(folder: path, token: first.mark.token)
    try attempt.check()
    #expect(attempt.counts)
    // Numbers grow beyond one digit.
    for number in 2...11 { _ = try folder.begin(LongRecord(mark: AttemptMark(number: number), identity: [], before: "", notes: [:])) }
    #expect(throws: FileError.self) { try attempt.check() }
    #expect(!attempt.counts)
    #expect(throws: FileError.self) { try LongAttempt(folder: path, token: first.mark.token) }
    #expect(try folder.newest()?.mark.number == 11)
  }

  @Test func aFolderThatIsGoneEndsItsAttempt() throws {
    let place = Place(), path = place.path + "/task"
    let folder = try LongFolder(making: path)
    let record = LongRecord(mark: AttemptMark(number: 1), identity: [], before: "", notes: [:])
    _ = try folder.begin(record)
    let attempt = try LongAttempt(folder: path, token: record.mark.token)
    try folder.clear()
    #expect(throws: FileError.self) { try attempt.check() }
    #expect(!attempt.counts)
  }
}
