import ArgumentParser
import Decoding
import Files
import Foundation
import Kernels
import ModelPacks
import PackImport
import Service
import StrictYAML
import Training

/// `idinvert train`: a model of a folder of photographs, or a part of one.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Make a model of a folder of photographs.",
    usage: """
      idinvert train <folder> --output <pack> [options]
      idinvert train encoder|perceptual|generator <folder> --pack <pack> [--output <pack>] [options]
      idinvert train boundaries [<folder>] --pack <pack> [--output <pack>] [options]
      """,
    discussion: """
      Prepares the photographs, trains generator and discriminator, perceptual network and encoders, finds boundaries and \
      writes a complete pack. What it needs to go on lies beside it, in PACK.training: the same command again goes on where it \
      stopped. Ctrl-C ends it in good order; a checkpoint is written every two minutes.

      With --pack it makes one part: an encoder for an imported generator, or new attributes. The others stay as they are. \
      Without --output the pack itself gets it, at once when everything is ready.

      With --slurm a node of a cluster does it, and this command follows. Ctrl-C leaves it at work; the same command follows \
      it again; removing PACK.training/slurm ends it.
      """)

  @Argument(
    help: ArgumentHelp(
      "Photographs, in any structure of subfolders; labels.csv beside them describes them. Before them, with --pack, the part to make.",
      valueName: "folder"))
  var places: [String] = []
  @Option(name: .shortAndLong, help: ArgumentHelp("Where the pack is made.", valueName: "pack")) var output: String?
  @Option(help: ArgumentHelp("The pack that gets a new part: its folder, or with -o also its name.", valueName: "pack"))
  var pack: String?
  @Option(help: "Side of the pictures: a power of two from \(TrainingSettings.sides.lowerBound) to \(TrainingSettings.sides.upperBound); 32 to 256 are usual.") var resolution: Int?
  @Option(help: "Photographs shown to the discriminator, or to the part that is made.") var images: Int?
  @Option(help: "Hours it may take; turned into images once, by the measured speed.") var hours: Double?
  @Option(help: ArgumentHelp("A pack to continue from, its name or folder, also at another resolution.", valueName: "pack")) var from: String?
  @Option(
    help: ArgumentHelp(
      "The perceptual network to take instead of training one: a pack, or a checkpoint such as vgg16.pth.", valueName: "pack"))
  var perceptual: String?
  @Option(help: "Of all random numbers.") var seed: Int?
  @Option(help: "Threads; by default what affinity and CPU quota allow.") var threads: Int?
  @Option(help: ArgumentHelp("Settings that replace the chosen ones.", valueName: "file")) var settings: String?
  @Option(help: ArgumentHelp("The folder with what it needs to go on.", visibility: .hidden)) var workspace: String?
  @Option(help: ArgumentHelp("A dropped train.yaml whose settings count.", visibility: .hidden)) var dropped: String?
  @Option(name: .customLong("checkpoint-seconds"), help: ArgumentHelp("Between two checkpoints.", visibility: .hidden))
  var checkpointSeconds: Double?
  @OptionGroup var slurm: SlurmOptions
  @OptionGroup var configuration: ConfigurationOption

  func validate() throws {
    guard resolution.map(TrainingSettings.isSide) ?? true else {
      let sides = TrainingSettings.sides
      throw ValidationError("--resolution is a power of two from \(sides.lowerBound) to \(sides.upperBound), such as 32, 64 or 128")
    }
    guard images.map(TrainingSettings.imageCounts.contains) ?? true else { throw ValidationError("--images is 1 to 1000000000") }
    guard hours.map({ 0.001...10_000 ~= $0 }) ?? true else { throw ValidationError("--hours is 0.001 to 10000") }
    guard images == nil || hours == nil else { throw ValidationError("--images and --hours exclude each other") }
    guard threads.map({ 1...1024 ~= $0 }) ?? true else { throw ValidationError("--threads is 1 to 1024") }
    guard seed.map(TrainingSettings.seeds.contains) ?? true else { throw ValidationError("--seed is 0 to 2147483647") }
    guard output?.isEmpty != true else { throw ValidationError("-o is empty; say where the pack comes to lie") }
    _ = try request()
  }

  /// What the places and options come to.
  func request() throws(ValidationError) -> TrainingRequest {
    var request: TrainingRequest
    if let pack {
      request = try partial(pack)
    } else {
      guard let folder = places.first else { throw ValidationError("say which folder has the photographs") }
      guard places.count == 1 else {
        let part = TrainingPart(rawValue: folder)
        throw ValidationError(
          part != nil ? "train \(folder) needs --pack, the pack that has the other parts" : "one folder is trained from; found \(places.count)")
      }
      guard let output else { throw ValidationError("say with --output where the pack is made") }
      request = TrainingRequest(folder: folder, pack: output, decoder: DecoderProcess())
      request.from = from
      request.workspace = workspace
    }
    request.resolution = resolution
    request.images = images
    request.hours = hours
    request.seed = seed
    return request
  }

  private func partial(_ pack: String) throws(ValidationError) -> TrainingRequest {
    let parts = TrainingPart.allCases.map(\.rawValue)
    guard let part = places.first.flatMap(TrainingPart.init(rawValue:)) else {
      throw ValidationError("--pack makes one part; say which: \(parts.joined(separator: ", "))")
    }
    guard places.count <= 2 else { throw ValidationError("one folder is trained from; found \(places.count - 1)") }
    guard places.count == 2 || part == .boundaries else {
      throw ValidationError("train \(part.rawValue) needs a folder with photographs")
    }
    guard images == nil || part != .boundaries else {
      throw ValidationError("train boundaries has no use for --images; boundaries.samples in --settings says how many codes are scored")
    }
    guard hours == nil || part == .generator else {
      throw ValidationError("--hours is for a whole model and for the generator; give --images to train \(part.rawValue)")
    }
    guard resolution == nil, from == nil else {
      throw ValidationError("with --pack, --resolution and --from are the pack's; leave them out")
    }
    guard perceptual == nil || part == .encoder || part == .generator else {
      throw ValidationError("train \(part.rawValue) has no use for --perceptual; leave it out")
    }
    var request = TrainingRequest(
      folder: places.count == 2 ? places[1] : nil, pack: output ?? pack, decoder: DecoderProcess())
    request.part = part
    request.base = pack
    if part == .generator { request.from = pack }
    return request
  }

  private static func givenPerceptual(_ path: String) throws -> GivenPerceptual {
    if (try? Folder(path: Name(path))) != nil { return try GivenPerceptual(pack: path) }
    let imported = try ImportedPerceptual(path)
    return try GivenPerceptual(settings: imported.settings, weights: imported, hash: imported.sha256)
  }

  /// The folder of a pack that may be named.
  func located(_ pack: String) throws -> String {
    guard !pack.contains("/"), !FileManager.default.fileExists(atPath: pack) else { return pack }
    return try PackLibrary(folders: configuration.loadIfReadable().models).folder(ofPackNamed: pack)
  }

  /// Puts folders in place of names; a pack that gets a part in place is the folder itself, not a link to it.
  private func locate(_ request: inout TrainingRequest) throws {
    request.from = try request.from.map(located)
    guard let base = request.base else { return }
    let place = try located(base)
    guard request.isInPlace else {
      request.base = place
      return
    }
    guard place == base else {
      throw CommandFailure.usage("--pack \(base) is an installed pack; say with -o where it comes to lie with its new part")
    }
    var path = TrainingRequest.withoutLastSlashes(base)
    if (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil {
      path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    }
    (request.base, request.pack) = (path, path)
    if request.from != nil { request.from = path }
  }

  func run() throws {
    if let threads { Workers.use(threads: threads) }
    // One that is named is read, needed or not.
    _ = try configuration.loadIfReadable()
    do {
      var request = try request()
      try locate(&request)
      if let settings {
        request.overrides = try YAML.parse(try readFile(Name(settings), limit: 1 << 20).bytes, file: settings)
      }
      if let dropped { request.overrides = try TrainingFile.settings(dropped) }
      if let checkpointSeconds { request.checkpointSeconds = checkpointSeconds }
      if slurm.isWanted { return try handToSlurm(request) }
      let attempt = try slurm.attempt()
      if attempt == nil { try SlurmOptions.refuse(slurmFolder(request)) }
      try SlurmOptions.answer(attempt) { try train(&request, attempt) }
    } catch let error as TrainingError {
      throw error.setting == nil ? CommandFailure.job(error.description) : CommandFailure.usage(error.description)
    } catch let error as PackError {
      throw CommandFailure.model(error.description)
    } catch let error as YAMLError {
      throw CommandFailure.usage(error.description)
    } catch let error as FileError {
      throw CommandFailure.usage(error.message)
    }
  }

  /// Whether nothing is left to do, which is said.
  func isDone(_ request: TrainingRequest) throws -> Bool {
    guard try request.isFinished() else { return false }
    Terminal.complain(
      request.isInPlace
        ? "\(request.pack) has its new part (\(places[0])); to make it once more, remove \(request.workspacePath)"
        : "\(request.pack) is there already and is not trained again; choose another -o, or remove it")
    if !request.knowsPhotographs {
      Terminal.complain("note: whether of these photographs cannot be told without what is in \(request.workspacePath)")
    }
    return true
  }

  /// What is asked for, with the perceptual network that is given.
  func complete(_ request: inout TrainingRequest) throws {
    request.perceptual = try perceptual.map { try Self.givenPerceptual(located($0)) }
  }

  private static func isTrained(_ request: TrainingRequest, _ observer: any TrainingObserver) throws -> Bool {
    do {
      return try TrainingRun(request, observer: observer).run() == .finished
    } catch is TrainingRun.Stopped {
      return false
    }
  }

  private func train(_ request: inout TrainingRequest, _ attempt: LongAttempt?) throws {
    try complete(&request)
    if try isDone(request) { return }
    Interruption.install(patient: attempt == nil ? [] : SlurmOptions.signals)
    var observer: any TrainingObserver = TrainingConsole()
    if let attempt {
      request.mayWrite = { () throws(TrainingError) in
        do throws(FileError) {
          try attempt.check()
        } catch {
          throw TrainingError(error.message, kind: error.kind)
        }
      }
      request.patience = SlurmOptions.lockPatience
      observer = AttemptConsole(attempt)
    }
    guard try Self.isTrained(request, observer) else {
      Terminal.complain("stopped; the same command goes on")
      throw ExitCode(1)
    }
  }
}
