import ArgumentParser
import Files
import Kernels
import ModelPacks
import StrictYAML
import Training

/// `idinvert train`: a model of a folder of photographs.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Make a model of a folder of photographs.",
    discussion: """
      Prepares the photographs, trains generator and discriminator, perceptual network and encoders, finds boundaries and \
      writes a complete pack. What it needs to go on lies in PACK.training: the same command again goes on where it \
      stopped. Ctrl-C ends it in good order; a checkpoint is written every two minutes.
      """)

  @Argument(help: "Photographs, in any structure of subfolders; labels.csv beside them describes them.") var folder: String
  @Option(name: .shortAndLong, help: ArgumentHelp("Where the pack is made.", valueName: "pack")) var output: String
  @Option(help: "Side of the pictures: 16 to 256, a power of two.") var resolution: Int?
  @Option(help: "Photographs shown to the discriminator.") var images: Int?
  @Option(help: "Hours it may take; turned into images once, by the measured speed.") var hours: Double?
  @Option(help: ArgumentHelp("A pack to continue from, also at another resolution.", valueName: "pack")) var from: String?
  @Option(help: "Of all random numbers.") var seed: Int?
  @Option(help: "Threads; by default what affinity and CPU quota allow.") var threads: Int?
  @Option(help: ArgumentHelp("Settings that replace the chosen ones.", valueName: "file")) var settings: String?

  func validate() throws {
    guard resolution.map({ 8...1024 ~= $0 && $0 & ($0 - 1) == 0 }) ?? true else {
      throw ValidationError("--resolution is a power of two such as 32, 64, 128 or 256")
    }
    guard images.map({ 1...1_000_000_000 ~= $0 }) ?? true else { throw ValidationError("--images is 1 to 1000000000") }
    guard hours.map({ 0.001...10_000 ~= $0 }) ?? true else { throw ValidationError("--hours is 0.001 to 10000") }
    guard images == nil || hours == nil else { throw ValidationError("--images and --hours exclude each other") }
    guard threads.map({ 1...1024 ~= $0 }) ?? true else { throw ValidationError("--threads is 1 to 1024") }
    guard seed.map({ 0...Int(Int32.max) ~= $0 }) ?? true else { throw ValidationError("--seed is 0 to 2147483647") }
  }

  func run() throws {
    if let threads { Workers.use(threads: threads) }
    var request = TrainingRequest(folder: folder, pack: output)
    request.resolution = resolution
    request.images = images
    request.hours = hours
    request.seed = seed
    request.from = from
    do {
      if let settings {
        request.overrides = try YAML.parse(try readFile(Name(settings), limit: 1 << 20).bytes, file: settings)
      }
      if try TrainingRequest.isFinished(output) {
        Terminal.complain("\(output) is there already and is not trained again; choose another -o, or remove it")
        return
      }
      Interruption.install()
      let run = try TrainingRun(request, observer: TrainingConsole())
      if try run.run() == .stopped {
        Terminal.complain("stopped; the same command goes on")
        throw ExitCode(1)
      }
    } catch let error as TrainingError {
      throw CommandFailure.job(error.description)
    } catch let error as PackError {
      throw CommandFailure.model(error.description)
    } catch let error as YAMLError {
      throw CommandFailure.usage(error.description)
    } catch let error as FileError {
      throw CommandFailure.usage(error.message)
    }
  }
}
