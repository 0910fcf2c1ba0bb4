import Files
import Foundation

/// A folder of one test, removed with it.
final class TemporaryFolder {
  let folder: Folder
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "files-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    folder = try Folder(path: Name(path))
  }

  deinit {
    // What cannot be removed stays in the temporary folder.
    try? FileManager.default.removeItem(atPath: path)
  }
}
