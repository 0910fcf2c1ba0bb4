package import Files
internal import Foundation

/// What became of an attempt: `answer.json`, written last, so that whatever it names is there and on disk.
package struct WorkAnswer: Sendable, Codable, Equatable {
  package static let currentFormat = 1

  package enum End: String, Sendable, Codable, CaseIterable {
    /// The result is complete in `work`.
    case done
    /// The job cannot be done, for the reason given.
    case failed
    /// It was stopped, or met trouble that may pass: another attempt goes on from its checkpoint.
    case retry
    /// An image ends too early; the rest may be on its way.
    case incomplete
    case cancelled
  }

  /// A file of the result.
  package struct File: Sendable, Codable, Equatable {
    /// Relative, with `/` between folders.
    package var path: Name
    package var size: Int64
    /// 64 hexadecimal digits.
    package var sha256: String

    package init(path: Name, size: Int64, sha256: String) {
      self.path = path
      self.size = size
      self.sha256 = sha256
    }
  }

  package var format = currentFormat
  package var job: String
  package var attempt: AttemptMark
  package var end: End
  /// Why it was not done; nil for `done`.
  package var reason: String?
  package var warnings: [String] = []
  /// Of work, without waiting for room.
  package var seconds = 0.0
  /// Steps of the optimization that were made.
  package var steps = 0
  /// At the last step; nil where there was none, or it is no number.
  package var loss: Double?
  /// The pack's name; nil where it did not come to that.
  package var model: String?
  /// The kernels that computed it: another processor's may give other last bits.
  package var kernels = ""
  /// All files in `work`.
  package var files: [File] = []
  /// Finished inversions in `codes`, named by their key, for the daemon's cache.
  package var codes: [File] = []
  /// Keys of the cache that were used.
  package var usedCodes: [String] = []

  package init(job: String, attempt: AttemptMark, end: End, reason: String? = nil) {
    self.job = job
    self.attempt = attempt
    self.end = end
    self.reason = reason
  }

  /// Lists what is below a folder, with sizes and hashes, by path.
  ///
  /// - Throws: also for anything that is neither a regular file nor a folder.
  package static func files(in folder: Folder, limit: Int = 1 << 40) throws(FileError) -> [File] {
    var files: [File] = []
    try add(folder, Name(bytes: []), limit, &files)
    return files.sorted { $0.path < $1.path }
  }

  private static func add(_ folder: Folder, _ prefix: Name, _ limit: Int, _ files: inout [File]) throws(FileError) {
    for name in try folder.names() {
      let path = prefix.bytes.isEmpty ? name : prefix.appending(name)
      switch try folder.status(of: name).kind {
      case .folder: try add(try folder.folder(name), path, limit, &files)
      default:
        let contents = try folder.read(name, limit: limit)
        files.append(File(path: path, size: Int64(contents.bytes.count), sha256: contents.sha256))
      }
    }
  }

  /// Compares a folder with a list of its files.
  ///
  /// - Throws: kind *refuse* for the first file that is missing, additional, or not as listed.
  package static func check(_ folder: Folder, has listed: [File]) throws(FileError) {
    let found = try files(in: folder)
    let expected = listed.sorted { $0.path < $1.path }
    guard found != expected else { return }
    let name = found.first { !expected.contains($0) }?.path ?? expected.first { !found.contains($0) }?.path ?? Name(bytes: [])
    throw FileError(.read, folder.printablePath(of: name), "it is not as the attempt's answer says; it was damaged on its way")
  }

  /// Reads an answer.
  ///
  /// - Returns: nil where the bytes are no answer that this program knows.
  package init?(json bytes: [UInt8]) {
    guard let answer = try? JSONDecoder().decode(WorkAnswer.self, from: Data(bytes)),  // refused as a whole
      answer.format == Self.currentFormat, answer.attempt.number > 0
    else { return nil }
    self = answer
  }
}
