import ArgumentParser
import Files
import Foundation
import Images
import Kernels
import ModelPacks
import PackDirections
import Service

/// `idinvert model directions`: what can be edited without labels.
struct ModelDirections: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "directions", abstract: "Find directions that no label names.",
    discussion: """
      Looks in the generator's weights for the directions that change a picture most (SeFa), without any photograph. Writes \
      FOLDER/sheet.png, a row for each, and FOLDER/directions.safetensors. What a direction means is for you to see; \
      'idinvert model direction add' gives the pack an attribute of that name.
      """)

  @Argument(help: ArgumentHelp("A pack's name, or its folder.", valueName: "name-or-folder"))
  var model: String

  @Option(name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("A folder to make.", valueName: "folder"))
  var output: String

  @Option(help: "Layers to look at, as 0-3: first ones change shapes, last ones colors. (default: all)")
  var layers: String?

  @Option(help: "How many.")
  var count = 8

  @Option(help: "How far the outer pictures of a row are from the middle.")
  var distance = 3.0

  @Option(
    name: .customLong("code"), parsing: .singleValue,
    help: ArgumentHelp("A saved code to show them on, latent.safetensors; may be repeated. (default: the average code)", valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var codes: [String] = []

  @OptionGroup var configuration: ConfigurationOption

  func validate() throws {
    guard 1...64 ~= count else { throw ValidationError("--count is 1 to 64") }
    guard distance > 0, distance <= 1000 else { throw ValidationError("--distance is more than 0, up to 1000") }
    guard codes.count <= 8 else { throw ValidationError("--code may be given 8 times") }
  }

  func run() throws {
    let settings = try configuration.loadIfReadable()
    Workers.use(threads: settings.threads ?? Processors.defaultThreadCount())
    Interruption.install()
    do {
      let pack = try PackLibrary(folders: settings.models).load(model)
      let chosen = try layers.map { try layerList($0, pack.description.layers, option: "--layers") }
      let found = try FoundDirections(pack, layers: chosen, count: count)
      let shown = try codes.map { path in
        let known = try LatentFile(path: path, pack: pack).codes
        guard let values = known["inverted"] ?? (known.count == 1 ? known.values.first : nil) else {
          throw PackError("\(path): has no code 'inverted'")
        }
        return (name: URL(fileURLWithPath: path).deletingLastPathComponent().lastPathComponent, values: values)
      }
      let sheet = try found.sheet(pack, codes: shown, distance: distance) { Interruption.isRequested }
      try write([("directions.safetensors", found.bytes), ("sheet.png", try sheet.drawn().pngBytes())])
      for (index, share) in found.shares.enumerated() {
        Terminal.say("\(FoundDirections.name(index))  \((share * 1000).rounded() / 10) % of what layers \(found.layers) can change")
      }
      Terminal.say(output + "/sheet.png")
    } catch let error as PackError {
      throw CommandFailure.model(error.description)
    } catch let error as FileError {
      throw CommandFailure.usage(error.message)
    }
  }

  private func write(_ files: [(name: String, bytes: [UInt8])]) throws {
    do {
      try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    } catch {
      throw CommandFailure.job("\(output): the folder cannot be made: \(error.localizedDescription)")
    }
    let folder = try Folder(path: Name(output))
    for file in files { try folder.write(Name(file.name), file.bytes, mode: 0o644) }
  }
}

/// `idinvert model direction`: directions of a pack, one by one.
struct ModelDirection: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "direction", abstract: "Give a pack an attribute.", subcommands: [ModelDirectionAdd.self])
}

struct ModelDirectionAdd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a direction to a pack, as an attribute that sidecars can name.",
    discussion: """
      The direction is one of 'idinvert model directions', or a NumPy array of [w] or [layers, w] numbers. Without --output \
      the pack itself gets it, at once when everything is written and checked. It is another version then: of codes saved \
      earlier it takes latent.npy, not latent.safetensors.
      """)

  @Argument(help: ArgumentHelp("A pack's name, or its folder.", valueName: "name-or-folder"))
  var model: String

  @Argument(help: ArgumentHelp("directions.safetensors, or an array.", valueName: "file"), completion: .file(extensions: ["safetensors", "npy"]))
  var file: String

  @Option(help: "Which direction of the file, by its number on the sheet.")
  var direction: String?

  @Option(help: "The attribute's name: lowercase letters, digits, - and _.")
  var name: String

  @Option(help: "From what to what, for people: \"dull to glossy\".")
  var title: String?

  @Option(help: "Layers that move, as 0-3. (default: those the file is for, or all)")
  var layers: String?

  @Option(parsing: .unconditional, help: "t where pictures begin to fall apart, below.")
  var from = -3.0

  @Option(parsing: .unconditional, help: "t where pictures begin to fall apart, above.")
  var to = 3.0

  @Option(name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("Where a copy with the attribute is made.", valueName: "pack"))
  var output: String?

  @OptionGroup var configuration: ConfigurationOption

  func validate() throws {
    guard PackText.isName(name) else { throw ValidationError("--name is of lowercase letters, digits, '-' and '_'") }
    guard title.map(PackText.isLine) ?? true else { throw ValidationError("--title is one line of text") }
    guard from < to, abs(from) <= 1000, abs(to) <= 1000 else { throw ValidationError("--from is less than --to, both from -1000 to 1000") }
  }

  func run() throws {
    do {
      let pack = try PackLibrary(folders: try configuration.loadIfReadable().models).load(model)
      let direction = try DirectionFile(file, direction: direction, for: pack.description)
      let given = try layers.map { try layerList($0, pack.description.layers, option: "--layers") }
      let attribute = PackAttribute(
        name: name, title: title, layers: given ?? direction.layers ?? LayerList(allOf: pack.description.layers), range: from...to)
      let path = try DirectionAddition(attribute, direction).write(pack, to: output)
      Terminal.say("\(path): \(name), layers \(attribute.layers)")
    } catch let error as PackError {
      throw CommandFailure.model(error.description)
    }
  }
}

private func layerList(_ text: String, _ count: Int, option: String) throws(CommandFailure) -> LayerList {
  do throws(LayerList.Refusal) {
    return try LayerList(text, count: count)
  } catch {
    throw CommandFailure.usage("\(option) \(error.reason)")
  }
}
