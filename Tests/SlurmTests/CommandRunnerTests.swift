import Foundation
import Slurm
import Testing

@Suite struct CommandRunnerTests {
  @Test func aCommandHasNothingOfThisProcess() {
    let result = CommandRunner(seconds: 10).run(
      "/bin/sh", ["-c", "cat; echo \"$#|$1|$HOME|$PATH\"; pwd; ls /proc/self/fd | wc -l; echo oops >&2; exit 7", "sh", "a b"],
      environment: ["PATH=/usr/bin:/bin"], input: "the script\n")
    #expect(result.end == .exited(7))
    // 0, 1, 2 and the one that `ls` lists with.
    #expect(result.output == "the script\n1|a b||/usr/bin:/bin\n/\n4\n")
    #expect(result.errors == "oops\n")
    #expect(result.complaint == "oops")
    #expect(!result.isGood)
  }

  @Test func aCommandThatHangsIsEndedWithAllThatItStarted() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("idinvert-late-\(UUID().uuidString)")
    let start = ContinuousClock.now
    let result = CommandRunner(seconds: 0.5).run(
      "/bin/sh", ["-c", "(sleep 2; echo late > '\(file.path)') & echo begun; sleep 60"], environment: ["PATH=/usr/bin:/bin"])
    #expect(result.end == .abandoned("did not end within 1 s"))
    #expect(result.output == "begun\n")
    #expect(ContinuousClock.now - start < .seconds(10))
    Thread.sleep(forTimeInterval: 2.5)
    #expect(!FileManager.default.fileExists(atPath: file.path))
  }

  @Test func aCommandEndsWhenTheServiceStops() {
    let start = ContinuousClock.now
    let deadline = start + .milliseconds(300)
    let result = CommandRunner(seconds: 60) { ContinuousClock.now > deadline }.run("/bin/sleep", ["60"])
    #expect(result.end == .abandoned("was ended because the service stops"))
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test func otherEndsAreTold() {
    let runner = CommandRunner(seconds: 10)
    #expect(runner.run("/no/such/program", []).end == .notStarted("/no/such/program: No such file or directory"))
    #expect(runner.run("/bin/sh", ["-c", "kill -9 $$"]).end == .signaled(9))
    #expect(runner.run("/bin/sh", ["-c", "kill -9 $$"]).complaint == "was ended by signal 9")
    #expect(runner.run("/bin/sh", ["-c", "exit 3"]).complaint == "ended with status 3")
    let long = runner.run("/bin/sh", ["-c", "yes 0123456789 | head -c 200000"], environment: ["PATH=/usr/bin:/bin"])
    #expect(long.isGood && long.output.utf8.count == 200_000)
  }

  @Test func commandsThatAreNotInstalledAreNamed() {
    let commands = SlurmCommands(folder: "/no/such/folder", configuration: nil, runner: CommandRunner(seconds: 5))
    let reason = "sbatch is not in /no/such/folder; install Slurm's commands"
    #expect(commands.submit(Submission(name: "a", command: ["b"])) == .refused(reason))
    #expect(throws: SlurmCommands.Failure("squeue: " + reason.replacing("sbatch", with: "squeue"))) {
      try commands.queue(ofUser: 0)
    }
  }
}
