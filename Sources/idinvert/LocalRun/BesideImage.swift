import Files
import Service
import Spool

/// The sidecar beside an image on a command line.
enum BesideImage {
  /// The path of the sidecar that an inbox would use; a line for each that lies there and is not used.
  ///
  /// - Parameters:
  ///   - isWanted: whether it is used; else one line says that it is not.
  ///   - given: the sidecar of the command line, which may be the same file.
  /// - Throws: `CommandFailure` where it cannot be told which.
  static func sidecar(
    of image: String, _ settings: ServiceConfiguration, isWanted: Bool, given: String?
  ) throws(CommandFailure) -> String? {
    let folder = LocalFile.folder(image)
    switch SidecarBeside(of: Name(LocalFile.name(image)), in: Name(folder), rules: settings.nameRules) {
    case .none: return nil
    case .found(let name, let unused):
      let isGiven = given.map { Name(LocalFile.name($0)) == name && LocalFile.folder($0) == folder } ?? false
      for other in isWanted || isGiven ? unused : [name] + unused {
        Terminal.complain("note: \(other) beside \(LocalFile.name(image)) is not used")
      }
      guard isWanted else { return nil }
      return folder + "/" + (name.string ?? "")
    case .doubt(let reason):
      guard isWanted else { return nil }
      throw .job("\(LocalFile.name(image)): \(reason); or say --sidecar FILE, or --edit reconstruct for none")
    }
  }
}

extension ServiceConfiguration {
  /// What the service makes of names.
  var nameRules: NameRules {
    NameRules(imageExtensions: SpoolConfiguration.imageExtensionsByDefault, ignoring: ignoredNames)
  }
}
