import Slurm
import Testing

@Suite struct SubmissionTests {
  @Test func allThatTravelsIsSaid() {
    var submission = Submission(name: "idinvert-a1b2c3d4-1", command: ["/usr/bin/idinvert", "work", "it's"])
    submission.processors = 4
    submission.memoryMegabytes = 2000
    submission.minutes = 65
    submission.log = "/state/remote/logs/x.log"
    submission.partition = "main"
    submission.excludedNodes = ["n1", "n7"]
    submission.options = ["--gres=tmp:10G"]
    let arguments = submission.arguments
    for needed in [
      "--parsable", "--no-requeue", "--export=NONE", "--propagate=NONE", "--chdir=/", "--dependency=singleton",
      "--job-name=idinvert-a1b2c3d4-1", "--cpus-per-task=4", "--mem=2000M", "--time=65", "--signal=B:USR1@90",
      "--output=/state/remote/logs/x.log", "--partition=main", "--exclude=n1,n7", "--gres=tmp:10G",
    ] { #expect(arguments.contains(needed)) }
    #expect(!arguments.contains { $0.hasPrefix("--account") })
    #expect(submission.script.hasPrefix("#!/bin/sh\numask 0007\nexec env -i PATH="))
    #expect(submission.script.hasSuffix(#" '/usr/bin/idinvert' 'work' 'it'\''s'"# + "\n"))
  }

  @Test func theShellSeesTheWordsAsTheyAre() {
    let words = ["a b", "it's", "$HOME", "`id`", "\\", "\"", "*", "-n"]
    var submission = Submission(name: "x", command: ["/usr/bin/printf", "%s|"])
    submission.command += words
    let result = CommandRunner(seconds: 10).run("/bin/sh", [], environment: ["PATH=/usr/bin:/bin", "SECRET=1"], input: submission.script)
    #expect(result.output == words.joined(separator: "|") + "|")
    submission.command = ["/usr/bin/env"]
    let environment = CommandRunner(seconds: 10).run(
      "/bin/sh", [], environment: ["PATH=/usr/bin:/bin", "SECRET=1", "SLURM_JOB_ID=4711"], input: submission.script)
    #expect(environment.output == "PATH=/usr/local/bin:/usr/bin:/bin\nSLURM_JOB_ID=4711\nSLURMD_NODENAME=\n")
  }

  @Test func optionsOfOursAreNotForOthers() {
    for option in ["--output=x", "--job-name=x", "--requeue", "--array=0-5", "--time=5", "--mem=1G", "--wrap=id", "--export=ALL"] {
      #expect(Submission.conflict(of: option) == option.split(separator: "=").first.map(String.init))
    }
    for option in ["--gres=gpu:1", "--nice=100", "--reservation=x", "--exclusive"] { #expect(Submission.conflict(of: option) == nil) }
  }
}
