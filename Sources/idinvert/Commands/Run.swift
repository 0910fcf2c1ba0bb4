import ArgumentParser
import Editing
import Foundation
import Images
import Inversion
import Kernels
import PrintableText
import Service
import StrictYAML

struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a job at once, without a service.",
    discussion: """
      Writes FOLDER/<image's name without its ending>/ as an outbox would hold it, and prints that path. Files that \
      the sidecar names (with, style, context, masks, a code) are looked for beside the image and beside the sidecar. Without --sidecar and --edit the sidecar beside the image is used \
      (apple.jpg.yaml or apple.yaml), as an inbox would use it.

      idinvert run apple.jpg --edit 'manipulate attribute=redness frames=5' --edit reconstruct -o out
      """)

  @Argument(help: ArgumentHelp("Photographs (JPEG, PNG, HEIC, AVIF, WebP, TIFF) or saved codes; each becomes a result.", valueName: "image"), completion: .file(extensions: PictureFormat.endings))
  var images: [String]

  @Option(help: ArgumentHelp("Instructions for all images.", valueName: "file"), completion: .file(extensions: ["yaml", "yml"]))
  var sidecar: String?

  @Option(
    name: .customLong("edit"), parsing: .singleValue,
    help: ArgumentHelp("An edit as in a sidecar, or 'NAME key=value …'; may be repeated.", valueName: "edit"))
  var edits: [String] = []

  @Option(help: ArgumentHelp("A pack's name, or its folder.", valueName: "name-or-folder"))
  var model: String?

  @Option(help: ArgumentHelp("\(InversionMethod.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "method"))
  var method: String?

  @Option(help: "Steps of the optimization.")
  var steps: Int?

  @Option(help: "Threads; the result is the same whatever the number. (default: what affinity and quota allow)")
  var threads: Int?

  @Option(name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("Where the results go.", valueName: "folder"))
  var output = "."

  @Flag(help: "Replace results of the same name, instead of writing beside them (apple-2).")
  var force = false

  @OptionGroup var configuration: ConfigurationOption

  func validate() throws {
    if sidecar != nil, !edits.isEmpty { throw ValidationError("Give either --sidecar or --edit, not both.") }
    if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads must be from 1 to 1024.") }
  }

  func run() throws {
    let settings = try configuration.loadIfReadable()
    Workers.use(threads: threads ?? settings.threads ?? Processors.defaultThreadCount())
    Interruption.install()
    let models = ModelCache(folders: settings.models)
    let given = sidecar != nil || !edits.isEmpty ? try readSidecar(sidecar) : nil
    var failures = 0
    for image in images {
      do {
        let beside = try BesideImage.sidecar(of: image, settings, isWanted: given == nil, given: sidecar)
        let instructions = try given ?? readSidecar(beside)
        if let beside { Terminal.complain("note: with \(escaped(beside))") }
        let runner = LocalRunner(
          model: try load(instructions, from: models, settings), limits: settings.limits, sidecar: instructions, output: output,
          replaces: force)
        Terminal.say(try runner.run(image, beside: images))
      } catch let failure as CommandFailure {
        guard images.count > 1, failure.code == 1 else { throw failure }
        Terminal.complain("idinvert: \(failure.message)")
        failures += 1
      }
    }
    if failures > 0 { throw ExitCode(1) }
  }

  private func load(
    _ sidecar: LocalSidecar, from models: ModelCache, _ settings: ServiceConfiguration
  ) throws(CommandFailure) -> LoadedModel {
    do {
      return try models.model(model ?? sidecar.instructions.model ?? settings.watches[0].model, isPathAllowed: model != nil)
    } catch {
      throw .model("\(error)")
    }
  }

  /// - Parameter sidecar: a file's path; nil for none.
  private func readSidecar(_ sidecar: String?) throws -> LocalSidecar {
    do {
      var instructions = try Sidecar()
      var file: InputFile?
      if let sidecar {
        let read = try LocalFile.read(sidecar, limit: 1 << 24)
        instructions = try Sidecar(read.bytes, file: sidecar)
        file = read
      } else if !edits.isEmpty {
        var requests: [EditRequest] = []
        for edit in edits { requests.append(try EditCatalog.parse(commandLine: edit)) }
        instructions = try Sidecar(edits: requests)
      }
      var overrides: [String] = []
      if let method { overrides.append("method: \(YAMLText.quoted(method))") }
      if let steps { overrides.append("steps: \(steps)") }
      if !overrides.isEmpty {
        let text = "{invert: {" + overrides.joined(separator: ", ") + "}}"
        instructions = try Sidecar(YAML.parse(text, file: "command line"), defaults: instructions)
      }
      return LocalSidecar(instructions: instructions, file: file, folder: sidecar.map(LocalFile.folder))
    } catch let error as YAMLError {
      // What stands on the command line is a matter of its usage; a file's content is not.
      throw sidecar == nil || error.file == "command line"
        ? CommandFailure.usage(error.description) : CommandFailure.job(error.description)
    }
  }
}
