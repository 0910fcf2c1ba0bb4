import Decoding
import Editing
import Files
import Foundation
import Glibc
import Service
import StrictYAML

/// Instructions from a command line.
struct LocalSidecar {
  let instructions: Sidecar
  let file: InputFile?
  let folder: String?
}

/// Runs one job in this process and leaves its result in a folder, which appears complete.
struct LocalRunner {
  let model: LoadedModel
  let limits: ServiceConfiguration.Limits
  let sidecar: LocalSidecar
  let output: String
  let replaces: Bool

  /// Runs the job.
  ///
  /// - Parameter others: the other images of the command line.
  /// - Returns: the result's path.
  func run(_ image: String, beside others: [String]) throws -> String {
    let photograph = try LocalFile.read(image, limit: limits.fileBytes)
    let folders = [LocalFile.folder(image)] + (sidecar.folder.map { [$0] } ?? [])
    var pictures: [InputFile] = []
    for name in sidecar.instructions.referencedNames where Name(name) != Name(photograph.name) {
      guard let path = try LocalFile.find(name, folders: folders, others: others) else { continue }
      let picture = try LocalFile.read(path, limit: limits.fileBytes)
      if ([photograph] + pictures).contains(where: { Name($0.name) == Name(picture.name) }) { continue }
      pictures.append(picture)
    }
    let input = JobInput(
      photographs: [photograph], others: pictures, sidecar: sidecar.instructions, sidecarFile: sidecar.file)
    let editor = Editor(
      model: model,
      options: EditorOptions(
        decoder: DecoderProcess(), programVersion: Program.version, memoryLimitInBytes: limits.memoryBytes, pictureLimits: limits.pictures,
        limits: limits.forJobs))
    let progress = ConsoleProgress(name: photograph.name)
    defer { progress.end() }
    do {
      // Nothing is written for a job that cannot be done.
      try editor.check(input)
      return try ResultFolder(parent: output, stem: fileStem(photograph.name), replaces: replaces).write { folder in
        let result = try editor.run(input, into: FolderWriter(folder), observer: progress)
        progress.end()
        for warning in result.warnings { Terminal.complain("warning: \(warning)") }
      }
    } catch let failure as CommandFailure {
      throw failure
    } catch let error as EditingError where error.kind == .stopped {
      progress.end()
      throw CommandFailure(code: 130, message: "\(photograph.name): interrupted")
    } catch let error as FileError {
      throw CommandFailure.job(error.message)
    } catch {
      throw CommandFailure.job("\(error)")
    }
  }
}

/// A folder that appears under its name when it is complete.
struct ResultFolder {
  let parent: String
  let stem: String
  let replaces: Bool

  /// Calls the body with a hidden folder, then gives that its name.
  ///
  /// - Returns: the path: `parent/stem`, or with a number where that is taken.
  func write(_ body: (Folder) throws -> Void) throws -> String {
    do {
      try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    } catch {
      throw CommandFailure.job("\(parent): the folder cannot be made: \(error.localizedDescription)")
    }
    let folder = try Folder(path: Name(parent))
    let hidden = Name(".\(stem).\(ProcessInfo.processInfo.processIdentifier).part")
    let inner = try folder.makeFolder(hidden, mode: 0o755, exclusive: true)
    do {
      try body(inner)
    } catch {
      // The first error counts.
      try? folder.removeTree(hidden)
      throw error
    }
    return parent + "/" + (try name(hidden, in: folder))
  }

  private func name(_ hidden: Name, in folder: Folder) throws(FileError) -> String {
    if replaces, try folder.contains(Name(stem)) {
      // A folder of photographs may well have the name of one of them.
      guard try folder.status(of: Name(stem)).kind == .folder, try folder.folder(Name(stem)).contains(AnswerNames.report) else {
        throw FileError(
          .rename, folder.printablePath(of: Name(stem)), "it is no result of this program, so it is not replaced; choose another --output")
      }
      try folder.removeTree(Name(stem))
    }
    let name = try moveToFreeName(hidden, from: folder, to: folder, base: Name(stem))
    return name.string ?? name.description
  }
}
