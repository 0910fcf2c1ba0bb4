internal import Foundation
internal import Spool

/// Which configuration counts: a file that was named, the machine's, or a user's own. The last two need not be there.
package struct ConfigurationPlace: Sendable, Equatable {
  package let path: String
  let mustExist: Bool
  /// What counts where the file says nothing.
  package let defaults: ServiceConfiguration

  /// - Parameters:
  ///   - path: nil for the usual place.
  ///   - isUser: whether a user's own service is meant, with folders in the home.
  ///   - environment: its `HOME` and `XDG_…_HOME` count.
  package init(
    path: String? = nil, isUser: Bool = false, environment: [String: String] = ProcessInfo.processInfo.environment
  ) {
    let folders = UserFolders(environment)
    self.path = path ?? (isUser ? folders.configuration + "/idinvert/idinvert.yaml" : ServiceConfiguration.defaultPath)
    mustExist = path != nil
    defaults = isUser ? ServiceConfiguration(of: folders) : ServiceConfiguration()
  }
}

/// A user's folders as the XDG Base Directory Specification names them; its rule: paths that are not absolute are ignored.
struct UserFolders {
  let home: String
  let configuration: String
  let state: String
  let cache: String
  let data: String

  init(_ environment: [String: String]) {
    let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? NSHomeDirectory()
    func folder(_ variable: String, _ usual: String) -> String {
      guard let path = environment[variable], path.hasPrefix("/") else { return home + usual }
      return path
    }
    self.home = home
    configuration = folder("XDG_CONFIG_HOME", "/.config")
    state = folder("XDG_STATE_HOME", "/.local/state")
    cache = folder("XDG_CACHE_HOME", "/.cache")
    data = folder("XDG_DATA_HOME", "/.local/share")
  }
}

extension ServiceConfiguration {
  /// The built-in defaults of a user's own service.
  init(of folders: UserFolders) {
    self.init()
    state = folders.state + "/idinvert/jobs"
    models = ["/usr/share/idinvert/models", folders.data + "/idinvert/models"]
    watches[0].folders.inbox = folders.home + "/Pictures/idinvert/inbox"
    watches[0].folders.outbox = folders.home + "/Pictures/idinvert/outbox"
    cache.folder = folders.cache + "/idinvert"
  }
}
