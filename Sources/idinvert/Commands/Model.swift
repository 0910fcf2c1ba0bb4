import ArgumentParser
import ModelPacks
import Service

struct Model: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List, show, check, import and extend model packs.",
    subcommands: [ModelList.self, ModelShow.self, ModelVerify.self, ModelImport.self, ModelRandom.self, ModelDirections.self, ModelDirection.self], defaultSubcommand: ModelList.self)
}

struct ModelList: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "List the packs of this machine.")

  @OptionGroup var configuration: ConfigurationOption

  func run() throws {
    let library = PackLibrary(folders: try configuration.loadIfReadable().models)
    var seen: Set<String> = []
    for entry in library.entries() {
      switch entry.description {
      case .success(let pack):
        let note = seen.insert(pack.name).inserted ? "" : " (hidden by the one above)"
        let size = "\(pack.resolution)×\(pack.resolution)"
        Terminal.say("\(pack.name)  \(size)  \(pack.license)  \(pack.title)  \(entry.folder)\(note)")
      case .failure(let error): Terminal.say("\(entry.folder): cannot be used: \(error)")
      }
    }
    if library.entries().isEmpty { throw CommandFailure.model("there are no packs in " + library.folders.joined(separator: ", ")) }
  }
}

struct ModelShow: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "show", abstract: "Show what a pack says of itself.")

  @Argument(help: ArgumentHelp("A pack's name, or its folder.", valueName: "name-or-folder"))
  var model: String

  @OptionGroup var configuration: ConfigurationOption

  func run() throws {
    do {
      let library = PackLibrary(folders: try configuration.loadIfReadable().models)
      let pack = try library.load(model, verification: .sizes)
      let lines = PackSummary(pack.description, folder: pack.folder, hash: pack.hash).lines
      let width = lines.map(\.label.count).max() ?? 0
      for line in lines {
        Terminal.say(line.label + String(repeating: " ", count: width - line.label.count + 2) + line.value)
      }
    } catch let error as PackError {
      throw CommandFailure.model(error.description)
    }
  }
}

struct ModelVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check every byte of packs against their hashes, and every number.")

  @Argument(help: ArgumentHelp("Names or folders; all packs without.", valueName: "name-or-folder"))
  var models: [String] = []

  @OptionGroup var configuration: ConfigurationOption

  func run() throws {
    let library = PackLibrary(folders: try configuration.loadIfReadable().models)
    let chosen = models.isEmpty ? library.entries().map(\.folder) : models
    if chosen.isEmpty { throw CommandFailure.model("there are no packs in " + library.folders.joined(separator: ", ")) }
    var isGood = true
    for model in chosen {
      do {
        let pack = try library.load(model, verification: .full)
        Terminal.say("\(pack.description.name): good, \(pack.description.files.count) files in \(pack.folder)")
      } catch {
        Terminal.complain("idinvert: \(model): \(error)")
        isGood = false
      }
    }
    if !isGood { throw ExitCode(4) }
  }
}

struct ModelRandom: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "random", abstract: "Write a pack of random numbers in the shape of a released model.",
    discussion: "For measuring speed and memory where the real weights may not be shipped.")

  @Argument(help: "The folder to make.")
  var folder: String

  @Option(name: .customLong("like"), help: "\(RandomPack.Likeness.allCases.map(\.rawValue).joined(separator: " or ")).")
  var likeness = RandomPack.Likeness.ffhq256

  @Option(help: "The pack's name.")
  var name = "random"

  @Option(help: "none, or ffhq for a pack that wants aligned faces.")
  var alignment = Alignment.none

  @Option(help: "The same seed gives the same bytes.")
  var seed: UInt64 = 1

  func run() throws {
    do {
      let pack = try RandomPack.write(to: folder, like: likeness, name: name, alignment: alignment, seed: seed)
      Terminal.say("\(folder): \(pack.name), \(pack.resolution)×\(pack.resolution)")
    } catch {
      throw CommandFailure.model(error.description)
    }
  }
}

extension RandomPack.Likeness: ExpressibleByArgument {}
