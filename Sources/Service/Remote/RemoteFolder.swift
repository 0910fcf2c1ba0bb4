package import Files
internal import Foundation
internal import Spool

/// The executor's own folder in the state folder: `remote`, with the spool's name and the logs of Slurm jobs that are out.
package struct RemoteFolder {
  /// 8 characters that tell the services of one user apart, made with the state folder.
  package let spool: String
  private let folder: Folder

  private static let spoolName: Name = "spool"

  /// Opens the folder, and makes what is missing. All of it is on disk when this returns.
  ///
  /// - Throws: where it can be neither made nor written.
  package init(state: String) throws(FileError) {
    let root = try Folder(path: Name(state))
    folder = try root.makeFolder(JobStore.remoteName)
    let known = try? folder.read(Self.spoolName, limit: 64)  // made where it is missing or damaged
    if let text = known.map({ String(decoding: $0.bytes, as: UTF8.self) }), text.wholeMatch(of: /[0-9a-f]{8}\n/) != nil {
      spool = String(text.dropLast())
      // Who made it may have died before this.
      try folder.sync()
    } else {
      spool = String(AttemptMark.randomToken().prefix(8))
      try folder.write(Self.spoolName, Array((spool + "\n").utf8))
    }
    try root.sync()
  }

  func logPath(of batch: String) -> String { folder.path.appending(Self.log(batch)).string ?? "/dev/null" }

  private static func log(_ batch: String) -> Name { Name(batch + ".log") }

  /// The end of what a job wrote; empty where it wrote nothing, or where that cannot be read.
  func endOfLog(of batch: String) -> String { folder.endOfLog(Self.log(batch)) }

  /// Worth no word where it fails: the next start tries again.
  func removeLog(of batch: String) {
    try? folder.removeTree(Self.log(batch))
  }

  /// Removes every log.
  func removeLogs() {
    for name in (try? folder.names()) ?? [] where name.string?.hasSuffix(".log") == true {
      try? folder.removeTree(name)  // the next start tries again
    }
  }
}

extension Folder {
  /// The last lines of what a Slurm job wrote; empty where it wrote nothing, or where that cannot be read.
  func endOfLog(_ name: Name) -> String {
    guard let contents = try? read(name, limit: 16 << 20) else { return "" }
    return String(decoding: contents.bytes.suffix(4096), as: UTF8.self).split(separator: "\n").suffix(3).joined(separator: "\n")
  }
}
