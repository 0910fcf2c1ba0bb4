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

  /// A folder that is made where it is missing, its parents too.
  static func makeFolder(_ path: String) throws -> Folder {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw CommandFailure.job("\(escaped(path)): the folder cannot be made: \(error.localizedDescription)")
    }
    return try Folder(path: Name(path))
  }

  /// The same path from the root, for a process in another folder.
  static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

  static func name(_ path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }
  static func folder(_ path: String) -> String { URL(fileURLWithPath: path).deletingLastPathComponent().path }

  /// The path of a picture that an edit names: beside the image, beside the sidecar, or one of the other images.
  ///
  /// - Throws: `CommandFailure` where only other spellings are there, and several.
  static func find(_ name: String, folders: [String], others: [String]) throws(CommandFailure) -> String? {
    let exact = folders.map { $0 + "/" + name } + others.filter { Name(Self.name($0)) == Name(name) }
    if let path = exact.first(where: { FileManager.default.fileExists(atPath: $0) }) { return path }
    var paths: [Name: String] = [:]
    for path in others { paths[Name(Self.name(path))] = path }
    for folder in folders.reversed() { for file in names(in: folder) { paths[file] = folder + "/" + (file.string ?? "") } }
    let match = NameMatch(Name(name), among: paths.keys)
    if let doubt = match.doubt { throw .job("'\(escaped(name))' \(doubt)") }
    return match.name.flatMap { paths[$0] }
  }

  /// The names in a folder that are UTF-8; none where it cannot be read.
  static func names(in folder: String) -> [Name] {
    guard let folder = try? Folder(path: Name(folder)), let names = try? folder.names() else { return [] }
    return names.filter { $0.string != nil }
  }
}
