import ArgumentParser
import Editing
import Files
import Foundation
import Glibc
import Images
import Service
import Spool
import StrictYAML

struct Submit: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Drop images into the service's inbox, with instructions.",
    discussion: """
      Each image gets the sidecar under its own name; without --sidecar and --edit the one that lies beside it, if any. Pictures that edits need are dropped too, when they lie beside the \
      image. Files appear in the inbox complete; a service that is down takes them at its next start.
      """)

  @Argument(help: ArgumentHelp("Photographs.", valueName: "image"), completion: .file(extensions: PictureFormat.endings))
  var images: [String]

  @Option(help: ArgumentHelp("Instructions for all images.", valueName: "file"), completion: .file(extensions: ["yaml", "yml"]))
  var sidecar: String?

  @Option(
    name: .customLong("edit"), parsing: .singleValue,
    help: ArgumentHelp("An edit as in a sidecar; may be repeated.", valueName: "edit"))
  var edits: [String] = []

  @Option(help: ArgumentHelp("The inbox. (default: the first of the configuration)", valueName: "folder"))
  var inbox: String?

  @OptionGroup var configuration: ConfigurationOption

  func validate() throws {
    if sidecar != nil, !edits.isEmpty { throw ValidationError("Give either --sidecar or --edit, not both.") }
  }

  func run() throws {
    let settings = try configuration.load()
    let path = inbox ?? settings.watches[0].folders.inbox
    let given = sidecar != nil || !edits.isEmpty ? try instructions(sidecar, settings) : nil
    try checkInbox(path, settings)
    let rules = settings.nameRules
    do {
      let folder = try Folder(path: Name(path))
      for image in images where rules.classify(Name(LocalFile.name(image))) == .ignored {
        throw CommandFailure.job("\(image): the service leaves files of that name alone (see 'ignore' in the configuration); rename it")
      }
      // Nothing is dropped where one of them cannot be taken.
      for image in images { _ = try LocalFile.readPicture(image, settings.limits) }
      for image in images {
        let beside = try BesideImage.sidecar(of: image, settings, isWanted: given == nil, given: sidecar)
        try drop(image, given ?? instructions(beside, settings), into: folder, settings)
      }
    } catch let error as FileError {
      throw CommandFailure.job(error.message)
    }
  }

  /// Only what is watched: elsewhere a file would lie for ever.
  private func checkInbox(_ path: String, _ settings: ServiceConfiguration) throws {
    func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
    let wanted = resolved(path)
    let isWatched = settings.watches.contains { watch in
      let inbox = resolved(watch.folders.inbox)
      return wanted == inbox || (watch.folders.recursive && wanted.hasPrefix(inbox + "/"))
    }
    guard !isWatched else { return }
    let inboxes = settings.watches.map(\.folders.inbox).joined(separator: ", ")
    throw CommandFailure.usage("\(path): is not watched; the configuration's inboxes are \(inboxes)")
  }

  /// The sidecar's text, checked.
  private func instructions(_ sidecar: String?, _ settings: ServiceConfiguration) throws -> (text: [UInt8], names: [String])? {
    do {
      if let sidecar {
        let bytes = try LocalFile.read(sidecar, limit: settings.limits.sidecarBytes).bytes
        let checked = try Sidecar(bytes, file: sidecar)
        try checked.check(settings.limits.forJobs)
        return (bytes, checked.referencedNames)
      }
      guard !edits.isEmpty else { return nil }
      var requests: [EditRequest] = []
      for edit in edits { requests.append(try EditCatalog.parse(commandLine: edit)) }
      let text = "edits:\n" + requests.map { "  - \($0.written)\n" }.joined()
      return (Array(text.utf8), try Sidecar(Array(text.utf8), file: "--edit").referencedNames)
    } catch let error as YAMLError {
      throw sidecar == nil ? CommandFailure.usage(error.description) : CommandFailure.job(error.description)
    }
  }

  /// Drops what an image needs first and the image last, so that nothing is taken for a job of its own.
  private func drop(
    _ image: String, _ instructions: (text: [UInt8], names: [String])?, into inbox: Folder, _ settings: ServiceConfiguration
  ) throws {
    let photograph = try LocalFile.read(image, limit: settings.limits.fileBytes)
    if let instructions {
      try put(instructions.text, Name(photograph.name + ".yaml"), into: inbox)
      for name in instructions.names where Name(name) != Name(photograph.name) {
        guard let path = try LocalFile.find(name, folders: [LocalFile.folder(image)], others: []) else { continue }
        let file = try LocalFile.read(path, limit: settings.limits.fileBytes)
        guard Name(file.name) != Name(photograph.name), try !inbox.contains(Name(file.name)) else { continue }
        try put(file.bytes, Name(file.name), into: inbox)
      }
    }
    try put(photograph.bytes, Name(photograph.name), into: inbox)
    Terminal.say(inbox.printablePath(of: Name(photograph.name)))
  }

  private func put(_ bytes: [UInt8], _ name: Name, into inbox: Folder) throws {
    do {
      try inbox.write(name, bytes, mode: 0o660, replacing: false)
    } catch {
      guard error.errno == EEXIST else { throw error }
      throw CommandFailure.job(
        "\(inbox.printablePath(of: name)): a file of that name waits already; try again when it was taken, or rename yours")
    }
  }
}

extension EditRequest {
  /// As it stands in a sidecar, on one line.
  fileprivate var written: String { values.isEmpty ? name : "\(name): \(values.description)" }
}
