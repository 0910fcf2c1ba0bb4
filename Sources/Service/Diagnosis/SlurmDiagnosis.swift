internal import Files
internal import Foundation
internal import Glibc
internal import PrintableText
internal import Slurm
internal import Spool

/// Looks at a cluster as the service would see it.
package struct SlurmDiagnosis {
  private let configuration: ServiceConfiguration
  private let settings: SlurmSettings
  private let commands: SlurmCommands
  /// How long a probe job may take to come back.
  private let patience: Double

  /// - Parameter patience: how long a probe job may take to come back, in seconds.
  package init(_ configuration: ServiceConfiguration, patience: Double = 120) {
    self.configuration = configuration
    self.patience = patience
    settings = configuration.execution.slurm
    commands = settings.slurmCommands()
  }

  /// Without a job: commands, partition, folders, and whether a job would be taken.
  package var findings: [Finding] {
    do throws(SlurmCommands.Failure) {
      let version = try commands.version()
      return [Finding(.good, "slurm", "version \(version)"), partition, user] + folders + [submission]
    } catch {
      return [Finding(.bad, "slurm", error.description)]
    }
  }

  private var partition: Finding {
    do throws(SlurmCommands.Failure) {
      let all = try commands.partitions()
      let names = Set(all.map(\.name)).sorted().joined(separator: ", ")
      guard let wanted = settings.request.partition else { return Finding(.good, "partition", "the site's default, of: \(names)") }
      let ours = all.filter { $0.name == wanted }
      guard !ours.isEmpty else { return Finding(.bad, "partition", "there is no \(wanted) (slurm.partition); there are: \(names)") }
      guard ours.contains(where: \.isUp) else { return Finding(.bad, "partition", "\(wanted) is down") }
      let nodes = ours.map { "\($0.nodes) \($0.state) with \($0.processors) processors and \($0.megabytes) MB" }
      return Finding(.good, "partition", "\(wanted): \(nodes.joined(separator: "; ")); time limit \(ours[0].timeLimit)")
    } catch {
      return Finding(.bad, "partition", error.description)
    }
  }

  private var user: Finding {
    Finding(.good, "user", "jobs run as user \(getuid()), group \(getgid()), which must be the same on the nodes")
  }

  private var folders: [Finding] {
    let cache = configuration.cache.bytes > 0 ? [("cache", configuration.cache.folder)] : []
    let places = [("state", configuration.state)] + cache + configuration.models.map { ("models", $0) }
    return places.compactMap { subject, path in
      guard let folder = try? Folder(path: Name(path)), let type = try? folder.fileSystemType() else { return nil }  // told above
      if let share = NetworkFileSystems.name(ofType: type) { return Finding(.good, subject, "\(printable(path)) is shared (\(share))") }
      let isNeeded = subject == "state"
      return Finding(
        .note, subject,
        "\(printable(path)) is on a file system of this machine; the nodes must see the same \(isNeeded ? "folder" : "files") at this path")
    }
  }

  private var submission: Finding {
    do throws(SlurmCommands.Failure) {
      return Finding(.good, "sbatch", "would take a job: \(try commands.test(probe("idinvert-test", folder: "/")))")
    } catch {
      return Finding(.bad, "sbatch", error.description)
    }
  }

  // MARK: A probe job

  /// What a job on a node says of itself; runs one, which takes its time.
  package func tryJob() -> Finding {
    do {
      let root = try Folder(path: Name(configuration.state))
      let place = try root.makeFolder(JobStore.remoteName)
      let name = Name("probe-" + AttemptMark.randomToken().prefix(8))
      let folder = try place.makeFolder(name)
      defer { try? place.removeTree(name) }
      let path = folder.path.string ?? ""
      let submission = probe("idinvert-probe-\(getpid())", folder: path)
      switch commands.submit(submission) {
      case .accepted(let id): return answer(of: submission.name, id, in: folder)
      case .refused(let reason), .unclear(let reason): return Finding(.bad, "probe", "was not submitted: \(reason)")
      }
    } catch {
      return Finding(.bad, "probe", "\(error)")
    }
  }

  private func answer(of name: String, _ id: Int, in folder: Folder) -> Finding {
    let end = ContinuousClock.now + .seconds(patience)
    var last = "Slurm does not show it"
    while ContinuousClock.now < end {
      if let names = try? folder.names(), names.contains("answer"), let answer = try? folder.read("answer", limit: 1 << 12) {
        let text = printable(String(decoding: answer.bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
        let isSame = text.hasSuffix(" " + Program.version)
        return isSame
          ? Finding(.good, "probe", "job \(id): \(text), and its file was seen here")
          : Finding(.bad, "probe", "job \(id): \(text), but here is \(Program.version); install the same on all machines")
      }
      if let entry = (try? commands.queue(ofUser: Int(getuid())))?.entries.first(where: { $0.name == name }) {
        last = "\(entry.word) (\(entry.reason)) \(entry.nodes)"
        // Its file may be seen a little later.
        if entry.state.isEnded, entry.state != .completed {
          let code = (try? commands.details(of: id))??.exitCode
          return Finding(.bad, "probe", "job \(id) ended \(entry.word) \(code?.description ?? "") on \(entry.nodes): \(Self.remedy(code))")
        }
      }
      Thread.sleep(forTimeInterval: 1)
    }
    try? commands.cancel([id])
    return Finding(.bad, "probe", "job \(id) gave no answer in \(Int(patience)) s: \(last)")
  }

  private static func remedy(_ code: SlurmExitCode?) -> String {
    guard let code else { return "ask scontrol show job" }
    if code.isLaunchFailure { return "its log could not be opened; the node does not see the state folder, or may not write there" }
    if code.isProgramMissing { return "the program is not there; set slurm.program" }
    return "the program did not do its work there"
  }

  /// A job that runs the program and writes what it says into the folder.
  private func probe(_ name: String, folder: String) -> Submission {
    let script = #"cd "$1" && answer=$("$2" --version) && echo "on $SLURMD_NODENAME, idinvert $answer" > draft && mv draft answer"#
    var submission = Submission(
      name: name, command: ["/bin/sh", "-ec", script, "probe", folder, settings.programOnNodes], settings.request)
    submission.memoryMegabytes = max(1, (settings.request.memoryBytes ?? 1 << 30) >> 20)
    submission.minutes = 5
    submission.log = folder + "/log"
    return submission
  }
}
