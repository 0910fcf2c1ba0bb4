import Files
import Service
import Training

extension Train {
  /// By which the command in front and the one on a node know of each other.
  func slurmFolder(_ request: TrainingRequest) -> String { LocalFile.absolute(request.workspacePath) + "/slurm" }

  /// Follows the training in Slurm, handed over now or before.
  func handToSlurm(_ request: TrainingRequest) throws {
    let settings = try configuration.load().execution.slurm, folder = slurmFolder(request)
    var request = request
    try complete(&request)
    if !LongRunner.isOut(folder: folder) {
      if try isDone(request) { return }
      // Nobody trains there on this machine.
      _ = try Workspace(path: request.workspacePath)
    }
    let workspace = LocalFile.absolute(request.workspacePath)
    let task = LongTask(
      kind: "train", product: workspace, folder: folder, arguments: try words(request), bytes: try TrainingMemory.bytes(request), settings,
      processors: threads
    ) { LongTask.names(in: workspace, suffixes: [".safetensors", ".yaml"]) }
    try SlurmOptions.follow(task, settings)
    Terminal.complain("\(request.pack) is ready")
  }

  /// This command for another machine and from another folder.
  private func words(_ request: TrainingRequest) throws -> [String] {
    var words = ["train"]
    for (index, place) in places.enumerated() {
      words.append(pack != nil && index == 0 ? place : LocalFile.absolute(place))
    }
    let paths = [
      ("output", output), ("pack", request.base), ("from", from == nil ? nil : request.from),
      ("perceptual", try perceptual.map(located)), ("settings", settings),
    ]
    for (name, path) in paths {
      if let path { words += ["--" + name, LocalFile.absolute(path)] }
    }
    for (name, number) in [("resolution", resolution), ("images", images), ("seed", seed)] {
      if let number { words += ["--" + name, String(number)] }
    }
    if let hours { words += ["--hours", String(hours)] }
    return words
  }
}
