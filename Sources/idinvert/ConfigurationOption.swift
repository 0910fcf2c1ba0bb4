import ArgumentParser
import Service

/// `--config`, for the commands that speak to a service or look for its packs.
struct ConfigurationOption: ParsableArguments {
  @Option(
    name: .customLong("config"),
    help: ArgumentHelp("The service's configuration. (default: \(ServiceConfiguration.defaultPath))", valueName: "file"))
  var path: String?

  @Flag(help: "Your own service: ~/.config/idinvert/idinvert.yaml, or folders in ~/Pictures/idinvert.")
  var user = false

  var place: ConfigurationPlace { ConfigurationPlace(path: path, isUser: user) }

  func load() throws -> ServiceConfiguration {
    do {
      return try ServiceConfiguration.load(place)
    } catch {
      throw CommandFailure.configuration(error.description)
    }
  }

  /// For commands that need no service: a usual configuration that cannot be read is left out.
  func loadIfReadable() throws -> ServiceConfiguration {
    if path != nil { return try load() }
    return (try? ServiceConfiguration.load(place)) ?? place.defaults
  }
}
