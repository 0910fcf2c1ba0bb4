internal import Decoding
internal import Editing
internal import Files
internal import ModelPacks
internal import PrintableText
internal import Spool
package import StrictYAML
internal import Training

/// What `train.yaml` in a dropped folder asks for.
package struct TrainingFile {
  let request: TrainingRequest
  /// Of the pack, and of its folder in the result.
  let name: String
  /// The same as a command of this program, for another machine that sees the same folders.
  let words: [String]

  static let keys = ["name", "resolution", "images", "hours", "seed", "from", "perceptual", "settings"]

  /// Reads a claimed job's `train.yaml`.
  ///
  /// - Throws: `YAMLError` with the place; `EditingError` where trainings are not allowed; `PackError`; `FileError`.
  init(_ job: ClaimedJob, _ environment: WorkerEnvironment) throws {
    let limits = environment.configuration.limits
    guard let longest = limits.trainingHours else {
      throw EditingError(.refuse, "\(job.name): trainings are turned off (limits.training_hours)")
    }
    guard let text = try job.source.sidecar() else {
      throw EditingError(.refuse, "\(job.name): its train.yaml is not there any more")
    }
    let paths = try job.workPaths()
    guard let input = paths.input.string, let state = paths.state.string, let output = job.outputPath.string else {
      throw EditingError(.refuse, "\(job.name): a training's folder needs a name in UTF-8; rename it and drop it again")
    }
    let file = text.name.description
    let root = try YAML.parse(
      text.contents.bytes, file: file, limits: YAMLLimits(maximumBytes: limits.sidecarBytes, maximumDepth: limits.nesting))
    let mapping = try YAMLMapping(root, context: file, keys: Self.keys)
    name = try Self.name(mapping) ?? PackText.name(from: job.name.string ?? "")
    var request = TrainingRequest(folder: input, pack: output + "/" + name, decoder: DecoderProcess())
    request.workspace = state
    request.memoryLimit = environment.admission.bytes
    if let value = mapping.optional("resolution") { request.resolution = try Self.resolution(value) }
    request.images = try mapping.optional("images")?.integer("images", in: TrainingSettings.imageCounts)
    request.hours = try mapping.optional("hours")?.number("hours", in: 0.001...8760)
    if let hours = request.hours, let value = mapping.optional("hours") {
      guard request.images == nil else { throw value.place.error("images and hours exclude each other; leave one of them out") }
      guard hours <= longest else {
        throw value.place.error("hours is \(shortNumber(hours)); limits.training_hours allows \(shortNumber(longest))")
      }
    }
    request.seed = try mapping.optional("seed")?.integer("seed", in: TrainingSettings.seeds)
    request.from = try Self.pack("from", mapping, environment.models)
    let perceptual = try Self.pack("perceptual", mapping, environment.models)
    request.perceptual = try perceptual.map { try GivenPerceptual(pack: $0) }
    request.overrides = mapping.optional("settings")
    request.checkpointSeconds = max(environment.configuration.checkpointSeconds, 30)
    self.request = request
    words = Self.words(request, input: input, file: input + "/" + (text.name.string ?? "train.yaml"), perceptual: perceptual)
  }

  private static func words(_ request: TrainingRequest, input: String, file: String, perceptual: String?) -> [String] {
    let options: [(String, String?)] = [
      ("output", request.pack), ("workspace", request.workspace), ("checkpoint-seconds", String(request.checkpointSeconds)),
      ("from", request.from), ("perceptual", perceptual), ("resolution", request.resolution.map(String.init)),
      ("images", request.images.map(String.init)), ("hours", request.hours.map { String($0) }), ("seed", request.seed.map(String.init)),
      ("dropped", request.overrides == nil ? nil : file),
    ]
    return ["train", input] + options.flatMap { name, value in value.map { ["--" + name, $0] } ?? [] }
  }

  /// What a `train.yaml` has under `settings`, for the command on a node.
  package static func settings(_ path: String) throws -> YAMLValue? {
    let root = try YAML.parse(try readFile(Name(path), limit: 1 << 20).bytes, file: path)
    return try YAMLMapping(root, context: path, keys: keys).optional("settings")
  }

  /// The folder of a pack that is named.
  private static func pack(_ key: String, _ mapping: YAMLMapping, _ models: ModelCache) throws -> String? {
    guard let value = mapping.optional(key) else { return nil }
    let pack = try value.string(key)
    do {
      return try models.folder(pack)
    } catch {
      throw value.place.error("\(key): \(error)")
    }
  }

  private static func name(_ mapping: YAMLMapping) throws(YAMLError) -> String? {
    guard let value = mapping.optional("name") else { return nil }
    let text = try value.string("name")
    guard PackText.isName(text) else {
      throw value.mismatch("name", expected: PackText.nameRule)
    }
    return text
  }

  private static func resolution(_ value: YAMLValue) throws(YAMLError) -> Int {
    let side = try value.integer("resolution", in: TrainingSettings.sides)
    guard TrainingSettings.isSide(side) else {
      throw value.mismatch("resolution", expected: "a power of two such as 32, 64, 128 or 256")
    }
    return side
  }
}
