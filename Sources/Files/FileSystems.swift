internal import Glibc
internal import Synchronization

/// What a file system may lack, and what is done without it.
package enum Capability: String, Sendable, CaseIterable {
  /// A rename that refuses to replace (renameat2(2), RENAME_NOREPLACE): FUSE and NFS have none.
  case exclusiveRename
  case hardLinks
  case symbolicLinks
  /// fsync(2) of a folder.
  case folderSync
  /// Modes and owners that can be set.
  case modes

  /// What its calls say where it is missing.
  var usualError: Int32 {
    switch self {
    case .exclusiveRename, .folderSync: EINVAL
    case .hardLinks, .symbolicLinks, .modes: EPERM
    }
  }

  /// What the lack of it means, for people.
  package var consequence: String {
    switch self {
    case .exclusiveRename: "it cannot rename without replacing; links and looks before each move keep the same promise"
    case .hardLinks: "it has no hard links"
    case .symbolicLinks: "it has no symbolic links"
    case .folderSync: "it cannot put a folder's names on disk when asked; a power cut may undo the last moves"
    case .modes: "it does not let the service set modes; who may read results is as it was mounted"
    }
  }
}

/// What mounted file systems were found to lack, by their device numbers.
package final class FileSystems: Sendable {
  package struct Lack: Sendable, Equatable {
    package let capability: Capability
    /// The device number, as long as it is mounted.
    let device: UInt64
    /// Where it was met first.
    package let path: String
  }

  private static let shared = FileSystems()

  /// Those of this process; a test that injects failures has its own.
  package static var current: FileSystems { FaultInjector.current?.fileSystems ?? shared }

  private let found = Mutex<[Lack]>([])

  init() {}

  /// All that was found, in the order in which it was.
  package var lacks: [Lack] { found.withLock { $0 } }

  func note(_ capability: Capability, of descriptor: Int32, path: @autoclosure () -> String) {
    // Only to say it once and to try less: where the device cannot be told, nothing is remembered.
    guard let device = try? SystemCalls.status(of: descriptor, path: "").device else { return }
    found.withLock { found in
      guard !found.contains(where: { $0.capability == capability && $0.device == device }) else { return }
      found.append(Lack(capability: capability, device: device, path: path()))
    }
  }

  func isKnown(_ capability: Capability, toBeMissingAt descriptor: Int32) -> Bool {
    let devices = found.withLock { $0.filter { $0.capability == capability }.map(\.device) }
    guard !devices.isEmpty, let device = try? SystemCalls.status(of: descriptor, path: "").device else { return false }
    return devices.contains(device)
  }
}

extension FileError {
  /// Whether fsync(2) of a folder says that there is no such thing.
  var isMissingFolderSync: Bool { isMissingCapability || errno == EBADF }
  /// Whether a change of mode or owner says that it cannot be had here.
  var isMissingMode: Bool { isMissingCapability || errno == EPERM }
}
