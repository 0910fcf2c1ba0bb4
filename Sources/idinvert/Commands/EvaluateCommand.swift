import ArgumentParser
import Decoding
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
      """)

  @OptionGroup var judging: JudgingOptions
  @Flag(help: "40 photographs and 10 steps: a look in a minute.") var quick = false

  func run() throws {
    var settings = quick ? EvaluationSettings.quick : EvaluationSettings()
    settings.seed = judging.seed
    if let steps = judging.steps { settings.steps = steps }
    let report = try judging.run { pack, folder, observer in
      let report = try Evaluation(
        pack, photographs: judging.photos, output: judging.output, folder: folder, settings: settings,
        decoder: DecoderProcess(), programVersion: Program.version, observer: observer
      ).report()
      try report.write(into: folder)
      return report
    }
    Terminal.say(report.text)
    Terminal.say(judging.output + "/evaluation.html")
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
  func run<Result>(_ body: (ModelPack, Folder, EvaluationObserver) throws -> Result) throws -> Result {
    let settings = try configuration.loadIfReadable()
    Workers.use(threads: threads ?? settings.threads ?? Processors.defaultThreadCount())
    Interruption.install()
    let observer = EvaluationObserver(
      shouldStop: { Interruption.isRequested }, announce: { Terminal.complain("\($0)") })
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
