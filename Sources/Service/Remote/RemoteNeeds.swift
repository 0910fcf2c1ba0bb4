internal import Files
internal import Slurm

extension RemoteJob {
  /// What a job is estimated to need in Slurm: its pack, and the jobs that may run side by side.
  init(id: String, _ handout: Handout, _ settings: SlurmSettings) {
    let side = Self.sideBySide(handout.memoryBytes, settings)
    let bytes = 2 * handout.packBytes + side * handout.memoryBytes
    self.init(id: id, kind: "\(handout.model)/\(side)", megabytes: settings.megabytes(bytes))
  }

  /// As an earlier process wrote it down; nil where it did not.
  init?(id: String, notes: [String: String]) {
    guard let kind = notes["kind"], let megabytes = notes["megabytes"].flatMap({ Int($0) }), notes["batch"] != nil else { return nil }
    self.init(id: id, kind: kind, megabytes: megabytes)
  }

  var notes: [String: String] { ["kind": kind, "megabytes": String(megabytes)] }

  /// Small jobs are done faster side by side; large ones would need the memory of several.
  private static func sideBySide(_ bytes: Int, _ settings: SlurmSettings) -> Int {
    bytes <= 512 << 20 ? settings.request.cpus : 1
  }
}

extension Submission {
  /// - Parameters:
  ///   - plan: what is to be done.
  ///   - paths: of the attempts' folders, as the nodes see them.
  init(_ plan: BatchPlan, paths: [String], _ folder: RemoteFolder, _ configuration: ServiceConfiguration) {
    let settings = configuration.execution.slurm
    let side = min(settings.request.cpus, paths.count)
    self.init(
      name: plan.name,
      command: [settings.programOnNodes, "work", "--threads", String(settings.request.cpus), "--jobs", String(side)] + paths,
      settings.request)
    memoryMegabytes = plan.megabytes
    log = folder.logPath(of: plan.name)
    comment = "idinvert: \(plan.jobs.count) jobs, first \(plan.jobs.first ?? "")"
    excludedNodes = plan.excludedNodes
    // Each may take its time, one after the other, and starting takes some.
    let seconds = configuration.limits.jobSeconds ?? 86_400
    let wanted = Int(min(seconds * Double(paths.count) / 60, 500_000)) + 5
    minutes = settings.request.minutes.map { min($0, wanted) } ?? wanted
  }
}
