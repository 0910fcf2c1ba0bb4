import Editing
import Files
import Foundation
import Images
import PrintableText
import Service

/// Files named on a command line: the person who runs the program may name what they like, links included.
enum LocalFile {
  static func read(_ path: String, limit: Int) throws -> InputFile {
    let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    var isFolder: ObjCBool = false
    if unsafe FileManager.default.fileExists(atPath: resolved, isDirectory: &isFolder), isFolder.boolValue {
      let isJob = FileManager.default.fileExists(atPath: resolved + "/job.yaml")
      throw CommandFailure.usage(
        "\(escaped(path)): is a folder; name the files in it"
          + (isJob ? ", or drop it into an inbox as it is: it has a job.yaml" : ": \(escaped(path.trimmingSuffix("/")))/*.jpg"))
    }
    do {
      let contents = try readFile(Name(resolved), limit: limit)
      return InputFile(name: name(path), bytes: contents.bytes, sha256: contents.sha256)
    } catch {
      // The message speaks of the path as it was given.
      throw CommandFailure.job(error.message.replacing(error.path, with: escaped(path)))
    }
  }

  /// A picture or a saved code.
  ///
  /// - Throws: `CommandFailure` for what no job can use, by what its first bytes say.
  static func readPicture(_ path: String, _ limits: ServiceConfiguration.Limits) throws -> InputFile {
    let file = try read(path, limit: limits.fileBytes)
    guard !CodeFile.isOne(file.bytes) else { return file }
    do throws(ImageError) {
      _ = try PictureInfo(of: file.bytes, name: file.name, limits: limits.pictures)
    } catch {
      throw CommandFailure.job(error.description)
    }
    return file
  }

  static func name(_ path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }
  static func folder(_ path: String) -> String { URL(fileURLWithPath: path).deletingLastPathComponent().path }

  /// The path of a picture that an edit names: beside the image, beside the sidecar, or one of the other images.
  static func find(_ name: String, folders: [String], others: [String]) -> String? {
    let candidates = folders.map { $0 + "/" + name } + others.filter { Self.name($0) == name }
    return candidates.first { FileManager.default.fileExists(atPath: $0) }
  }
}
