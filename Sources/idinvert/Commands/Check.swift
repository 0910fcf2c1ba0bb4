import ArgumentParser
import Decoding
import Editing
import Files
import Foundation
import Images
import ModelPacks
import Service
import Spool
import StrictYAML

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check sidecars, job files, configurations, pictures and saved codes without running anything.",
    discussion: """
      A file named job.yaml is checked as a job's; one with the keys of a configuration, or named idinvert.yaml, as that; \
      any other text as a sidecar. A picture is decoded, a code compared with the pack. Without files the service's configuration is checked.
      """)

  @Argument(help: ArgumentHelp("Sidecars, job.yaml, idinvert.yaml, pictures, codes.", valueName: "file"), completion: .file())
  var files: [String] = []

  @Option(help: ArgumentHelp("Check attributes, layers and boxes against this pack.", valueName: "name-or-folder"))
  var model: String?

  @OptionGroup var configuration: ConfigurationOption

  func run() throws {
    guard !files.isEmpty else {
      let settings = try configuration.load()
      let path = configuration.place.path
      let isThere = FileManager.default.fileExists(atPath: path)
      Terminal.say(isThere ? "\(path): good, \(settings.watches.count) watched" : "\(path): not there; the built-in defaults apply")
      return
    }
    let settings = try configuration.loadIfReadable()
    var firstFailure: CommandFailure?
    for file in files {
      do {
        Terminal.say("\(file): " + (try check(file, settings)))
      } catch let failure as CommandFailure {
        Terminal.complain(failure.message)
        firstFailure = firstFailure ?? failure
      }
    }
    if let firstFailure { throw ExitCode(firstFailure.code) }
  }

  private func check(_ file: String, _ settings: ServiceConfiguration) throws -> String {
    let name = URL(fileURLWithPath: file).lastPathComponent
    let input = try LocalFile.read(file, limit: max(1 << 24, settings.limits.fileBytes))
    let bytes = input.bytes
    if CodeFile.isOne(bytes) { return try checkCode(input, settings) }
    switch FileSignature(bytes) {
    case .picture, .other: return try checkPicture(input, settings)
    case .begun, .unknown:
      guard !bytes.isEmpty else { throw CommandFailure.job("\(file): is empty") }
      let ending = URL(fileURLWithPath: file).pathExtension.lowercased()
      if SpoolConfiguration.imageExtensionsByDefault.contains(ending) { return try checkPicture(input, settings) }
    }
    if name == "idinvert.yaml" || isConfiguration(bytes) { return try checkConfiguration(bytes, file) }
    let isJob = name == "job.yaml" || name == "job.yml"
    do {
      let limits = YAMLLimits(maximumBytes: settings.limits.sidecarBytes, maximumDepth: settings.limits.nesting)
      let sidecar = try Sidecar(bytes, file: file, kind: isJob ? .job : .photograph, limits: limits)
      try sidecar.check(settings.limits.forJobs)
      let pack = try facts(sidecar.model, settings)
      try sidecar.check(pack)
      for doubt in sidecar.doubts { Terminal.complain("warning: \(doubt)") }
      let edits = sidecar.edits.isEmpty ? "no edits" : sidecar.edits.map(\.title).joined(separator: ", ")
      return "good, \(edits) with \(pack.name)"
    } catch let error as YAMLError {
      throw CommandFailure.job(error.description)
    }
  }

  private func checkPicture(_ file: InputFile, _ settings: ServiceConfiguration) throws -> String {
    do throws(ImageError) {
      let decoded = try DecoderProcess().decode(
        file.bytes, name: file.name, alpha: .drop, limits: settings.limits.pictures)
      let (format, picture) = (decoded.info.format, decoded.picture)
      return (["good, \(format.article) \(format.rawValue) image of \(picture.width)×\(picture.height) pixels"] + decoded.warnings).joined(separator: "; ")
    } catch {
      throw CommandFailure.job(error.description)
    }
  }

  private func checkCode(_ file: InputFile, _ settings: ServiceConfiguration) throws -> String {
    let pack = try facts(nil, settings)
    do throws(EditingError) {
      try CodeFile.check(file, pack)
    } catch {
      throw CommandFailure.job(error.description)
    }
    return "good, a code of \(pack.name)"
  }

  private func facts(_ named: String?, _ settings: ServiceConfiguration) throws -> ModelInfo {
    let library = PackLibrary(folders: settings.models)
    do {
      let wanted = model ?? named ?? settings.watches[0].model
      let folder = try model == nil ? library.folder(ofPackNamed: wanted) : library.folder(ofPack: wanted)
      let pack = try ModelPack.load(folder, verification: .sizes)
      return ModelInfo(pack.description, hash: pack.hash)
    } catch {
      throw CommandFailure.model(error.description)
    }
  }

  /// Whether the text has a key that only a configuration has.
  private func isConfiguration(_ bytes: [UInt8]) -> Bool {
    guard let value = try? YAML.parse(bytes, file: "", limits: YAMLLimits(maximumBytes: 1 << 24, maximumDepth: 64)),
      case .mapping(let entries) = value.content
    else { return false }
    let own = ["state", "watches", "limits", "retention", "checkpoint_seconds", "metrics_file"]
    return entries.contains { own.contains($0.key) }
  }

  private func checkConfiguration(_ bytes: [UInt8], _ file: String) throws -> String {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().standardizedFileURL.path
    do {
      let settings = try ServiceConfiguration(bytes, file: file, folder: folder)
      return "good, \(settings.watches.count) watched"
    } catch {
      throw CommandFailure.configuration(error.description)
    }
  }
}
