import ArgumentParser
import Decoding
import Editing
import Evaluation
import Files
import Kernels
import ModelPacks
import Service

/// `idinvert evaluate`: the paper's claims, on a pack.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Judge a pack by the paper's claims.",
    discussion: """
      Inverts photographs by each method and answers every claim with a number, its interval and a verdict: holds, does \
      not hold, undecided. Writes evaluation.json, evaluation.txt and evaluation.html. Photographs must not have been \
      used in training; 200 give intervals worth having. The same command again goes on where it was stopped.

      With --slurm a node of a cluster does it, and this command follows. Ctrl-C leaves it at work; the same command follows \
      it again; removing FOLDER/slurm ends it.
      """)

  @OptionGroup var judging: JudgingOptions
  @Option(help: ArgumentHelp(
    "Photographs with a labels.csv that measure attributes; those that are judged are left out. (default: those of --photos that are not judged)",
    valueName: "folder"))
  var examples: String?

  @Flag(help: "40 photographs and 10 steps: a look in a minute.") var quick = false
  @OptionGroup var slurm: SlurmOptions

  func run() throws {
    if slurm.isWanted { return try handToSlurm() }
    let attempt = try slurm.attempt()
    if attempt == nil { try SlurmOptions.refuse(slurmFolder) }
    try SlurmOptions.answer(attempt) { try evaluate(attempt) }
  }

  private func evaluate(_ attempt: LongAttempt?) throws {
    var settings = quick ? EvaluationSettings.quick : EvaluationSettings()
    settings.seed = judging.seed
    if let steps = judging.steps { settings.steps = steps }
    let report = try judging.run(attempt) { pack, folder, observer in
      let report = try Evaluation(
        pack, photographs: judging.photos, examples: examples, output: judging.output, folder: folder, settings: settings,
        decoder: DecoderProcess(), programVersion: Program.version, observer: observer
      ).report()
      try attempt?.check()
      try report.write(into: folder)
      return report
    }
    Terminal.say(report.text)
    Terminal.say(judging.output + "/evaluation.html")
  }

  // MARK: Slurm

  private var slurmFolder: String { LocalFile.absolute(judging.output) + "/slurm" }

  private func handToSlurm() throws {
    let configuration = try judging.configuration.load(), settings = configuration.execution.slurm
    let output = LocalFile.absolute(judging.output)
    let pack: ModelPack
    do {
      pack = try PackLibrary(folders: configuration.models).load(judging.pack, verification: .sizes)
    } catch {
      throw CommandFailure.model("\(error)")
    }
    let task = LongTask(
      kind: "evaluate", product: output, folder: slurmFolder,
      arguments: words(pack: LocalFile.absolute(try PackLibrary(folders: configuration.models).folder(ofPack: judging.pack))),
      bytes: try Self.bytes(pack), settings, processors: judging.threads
    ) { LongTask.names(in: output + "/codes", suffixes: [".safetensors"]) }
    try SlurmOptions.follow(task, settings)
    do {
      Terminal.say(String(decoding: try readFile(Name(output + "/evaluation.txt"), limit: 1 << 24).bytes, as: UTF8.self))
    } catch {
      throw CommandFailure.job(error.message)
    }
    Terminal.say(judging.output + "/evaluation.html")
  }

  /// This command for another machine and from another folder.
  private func words(pack: String) -> [String] {
    var words = ["evaluate", pack, "--photos", LocalFile.absolute(judging.photos), "--output", LocalFile.absolute(judging.output)]
    if let steps = judging.steps { words += ["--steps", String(steps)] }
    words += ["--seed", String(judging.seed)]
    if let examples { words += ["--examples", LocalFile.absolute(examples)] }
    if quick { words.append("--quick") }
    return words
  }

  /// What it is estimated to need: networks, an optimization, and all photographs as bytes and numbers.
  private static func bytes(_ pack: ModelPack) throws -> Int {
    let side = pack.description.resolution
    let photographs = EvaluationSettings().photographs * 3 * side * side * (1 + MemoryLayout<Float>.size)
    let files = pack.description.files.reduce(0) { $0 + $1.bytes }
    return try 2 * files + 2 * MemoryEstimate.workingBytes(pack.description) + photographs
  }
}

/// `idinvert figures`: the supplement's figures, on a pack.
struct FiguresCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figures", abstract: "Draw the figures of the paper's supplement with a pack.",
    discussion: """
      Writes figure-01.png to figure-13.png: reconstructions by every method, interpolations, manipulations of every \
      attribute, style mixing, the steps of a diffusion, and the size of its crop. The same command again goes on where \
      it was stopped.
      """)

  @OptionGroup var judging: JudgingOptions

  func run() throws {
    var settings = EvaluationSettings()
    settings.seed = judging.seed
    settings.steps = judging.steps
    // All that the figures can show.
    settings.photographs = 24
    settings.leastPhotographs = 24
    try judging.run { pack, folder, observer in
      let figures = try Figures(
        pack, photographs: judging.photos, output: judging.output, folder: folder, settings: settings,
        decoder: DecoderProcess(), observer: observer)
      try figures.draw { figure in
        let name = "figure-\(figure.number < 10 ? "0" : "")\(figure.number).png"
        try folder.write(Name(name), figure.pngBytes(), mode: 0o644)
        Terminal.say(judging.output + "/" + name)
      }
    }
  }
}

/// What both need.
struct JudgingOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("A pack's name, or its folder.", valueName: "pack"))
  var pack: String

  @Option(help: ArgumentHelp("Photographs, in any structure of folders.", valueName: "folder"))
  var photos: String

  @Option(name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("Where results go.", valueName: "folder"))
  var output: String

  @Option(help: "Steps of each optimization. (default: the pack's)")
  var steps: Int?

  @Option(help: "Lists, pairs and resamples come from it.")
  var seed: UInt64 = 1

  @Option(help: "Threads; the numbers are the same whatever it is. (default: what affinity and quota allow)")
  var threads: Int?

  @OptionGroup var configuration: ConfigurationOption

  func validate() throws {
    if let steps, !(1...100_000).contains(steps) { throw ValidationError("--steps must be from 1 to 100000.") }
    if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads must be from 1 to 1024.") }
  }

  /// Loads the pack, makes the output's folder, and turns what goes wrong into the program's failures.
  ///
  /// - Parameter attempt: in Slurm; ends the work where it counts no more.
  func run<Result>(
    _ attempt: LongAttempt? = nil, _ body: (ModelPack, Folder, EvaluationObserver) throws -> Result
  ) throws -> Result {
    let settings = try configuration.loadIfReadable()
    Workers.use(threads: threads ?? settings.threads ?? Processors.defaultThreadCount())
    Interruption.install(patient: attempt == nil ? [] : SlurmOptions.signals)
    let observer = EvaluationObserver(
      shouldStop: { Interruption.isRequested || attempt?.counts == false },
      announce: { line in
        Terminal.complain("\(line)")
        attempt?.tell("\(line)")
      })
    let loaded: ModelPack
    do {
      loaded = try PackLibrary(folders: settings.models).load(pack)
    } catch {
      throw CommandFailure.model("\(error)")
    }
    do {
      return try body(loaded, LocalFile.makeFolder(output), observer)
    } catch let error as EvaluationError {
      throw CommandFailure(code: error.isStop ? 130 : 1, message: error.description)
    } catch let error as FileError {
      throw CommandFailure.job(error.message)
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure.job("\(error)")
    }
  }
}
