import Editing
import Files
import Foundation
import PrintableText

/// Files named on a command line: the person who runs the program may name what they like, links included.
enum LocalFile {
  static func read(_ path: String, limit: Int) throws -> InputFile {
    let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    do {
      let contents = try readFile(Name(resolved), limit: limit)
      return InputFile(name: name(path), bytes: contents.bytes, sha256: contents.sha256)
    } catch {
      // The message speaks of the path as it was given.
      throw CommandFailure.job(error.message.replacing(error.path, with: escaped(path)))
    }
  }

  static func name(_ path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }
  static func folder(_ path: String) -> String { URL(fileURLWithPath: path).deletingLastPathComponent().path }

  /// The path of a picture that an edit names: beside the image, beside the sidecar, or one of the other images.
  static func find(_ name: String, folders: [String], others: [String]) -> String? {
    let candidates = folders.map { $0 + "/" + name } + others.filter { Self.name($0) == name }
    return candidates.first { FileManager.default.fileExists(atPath: $0) }
  }
}
