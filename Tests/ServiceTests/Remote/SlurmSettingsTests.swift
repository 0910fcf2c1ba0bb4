import Service
import StrictYAML
import Testing

@Suite struct SlurmSettingsTests {
  private func read(_ text: String) throws(YAMLError) -> SlurmSettings {
    try ServiceConfiguration(Array(text.utf8), file: "idinvert.yaml", folder: "/etc").execution.slurm
  }

  @Test func nothingSaidIsTheDefaults() throws {
    #expect(try read("slurm: {}") == SlurmSettings())
    #expect(try read("executor: slurm") == SlurmSettings())
    #expect(try ServiceConfiguration(Array("executor: slurm".utf8), file: "", folder: "/").execution.executor == .slurm)
  }

  @Test func everythingCanBeSaid() throws {
    let settings = try read(
      """
      slurm: {partition: main, account: lab, qos: low, constraint: "avx512&ssd", options: ["--gres=tmp:1G", --exclusive],
        program: /opt/idinvert, commands: /opt/slurm/bin, conf: /etc/slurm.conf, cpus: 8, memory: 3 GiB, time: 90, max_queued: 7,
        batch_jobs: 3, batch_seconds: 0.5, tries: 5, poll_seconds: 30, command_seconds: 20, visible_seconds: 90, lost_seconds: 600}
      """)
    let request = settings.request
    #expect(request.partition == "main" && request.account == "lab" && request.qos == "low")
    #expect(request.constraint == "avx512&ssd" && request.options == ["--gres=tmp:1G", "--exclusive"])
    #expect(settings.program == "/opt/idinvert" && settings.commands == "/opt/slurm/bin" && settings.conf == "/etc/slurm.conf")
    #expect(request.cpus == 8 && request.memoryBytes == 3 << 30 && request.minutes == 90 && settings.commandSeconds == 20)
    let pace = settings.pace
    #expect(pace.places == 7 && pace.batchJobs == 3 && pace.batchSeconds == 0.5 && pace.tries == 5 && pace.sideBySide == 8)
    #expect(pace.pollSeconds == 30 && pace.visibleSeconds == 90 && pace.lostSeconds == 600)
  }

  @Test func theWordsForNothingAreTheDefaults() throws {
    let text = "slurm: {partition: none, account: none, qos: none, constraint: none, program: auto, commands: auto, conf: auto, memory: auto, time: auto}"
    #expect(try read(text) == SlurmSettings())
  }

  @Test(arguments: [
    ("partitions: main", "idinvert.yaml:1:9: unknown key 'partitions' in slurm; did you mean 'partition'?"),
    ("partition: \"a b\"", "partition must be a name as sbatch takes it, without spaces, or none; found 'a b'"),
    ("partition: --wrap", "partition must be a name as sbatch takes it, without spaces, or none; found '--wrap'"),
    ("options: [-p]", "an option of sbatch is written in full and with =, as --gres=gpu:1; found '-p'"),
    ("options: [\"--output=/tmp/x\"]", "--output is set by idinvert"),
    ("options: [\"--array=0-5\"]", "--array is set by idinvert"),
    ("program: idinvert", "program must be a path that begins with /, or auto; found 'idinvert'"),
    ("memory: 3", "memory must be a size"),
    ("time: 0", "time must be"),
    ("cpus: 0", "cpus must be"),
    ("command_seconds: 600", "command_seconds must be"),
    ("poll_seconds: never", "poll_seconds must be"),
  ])
  func whatCannotBeIsRefusedInOneLine(_ text: String, _ reason: String) {
    do throws(YAMLError) {
      _ = try read("slurm: {\(text)}")
      Issue.record("'\(text)' is accepted")
    } catch {
      #expect(error.description.contains(reason), "\(error.description)")
      #expect(error.description.hasPrefix("idinvert.yaml:1:") && !error.description.contains("\n"))
    }
  }
}
