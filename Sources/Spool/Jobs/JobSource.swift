package import Files
internal import PrintableText
internal import Synchronization

/// A file of a claimed job.
package struct JobFile: Sendable, Equatable {
  package let name: Name
  package let role: JobEntry.Role
  package let size: Int64
}

/// What a worker has to know of a job to read it, wherever it works.
package struct JobDescription: Sendable, Codable, Equatable {
  package struct Entry: Sendable, Codable, Equatable {
    package var name: Name
    package var role: JobEntry.Role
  }

  package var id: String
  /// The name of the result: the image's without its extension.
  package var name: Name
  package var entries: [Entry]
  /// Names the sidecar gives that never came.
  package var missing: [Name]
  /// Files that lay beside the drop and are nearly named so.
  package var nearby: [Name]
  /// What is worth telling beside the result: how the drop's parts were found.
  package var notes: [String]
  /// Which names in a job folder are left alone, and which are of images.
  package var ignoredNames: [String]
  package var imageExtensions: [String]
  /// The most that a file and a sidecar may have.
  package var fileBytes: Int
  package var sidecarBytes: Int

  /// Whether `job.yaml` in a folder is its sidecar, or `train.yaml`.
  package var isFolder: Bool { entries.first?.role == .folder }

  init(_ record: JobRecord, _ configuration: SpoolConfiguration) {
    id = record.id
    name = record.name
    entries = record.entries.map { Entry(name: $0.name, role: $0.role) }
    missing = record.missing
    nearby = record.nearby ?? []
    notes = record.notes ?? []
    ignoredNames = configuration.ignoredNames
    imageExtensions = configuration.imageExtensions.sorted()
    fileBytes = configuration.limits.fileBytes
    sidecarBytes = configuration.limits.sidecarBytes
  }
}

/// The files of a job, for reading alone. All methods block on the disk.
package final class JobSource: Sendable {
  package let description: JobDescription
  /// Opens the folder with the files; a job folder itself.
  private let open: @Sendable () throws(FileError) -> Folder
  private let hashes = Mutex<[Name: String]>([:])

  init(_ description: JobDescription, open: @escaping @Sendable () throws(FileError) -> Folder) {
    self.description = description
    self.open = open
  }

  /// - Parameter input: the path of the folder with the files; of a job folder itself.
  package convenience init(_ description: JobDescription, input: Name) {
    self.init(description) { () throws(FileError) in try Folder(path: input) }
  }

  package var isFolder: Bool { description.isFolder }

  func folder() throws(FileError) -> Folder { try open() }

  /// The regular files of the drop, the image first; of a job folder those in it, by name.
  package func files() throws(FileError) -> [JobFile] {
    let folder = try folder()
    var files: [JobFile] = []
    if !isFolder {
      for entry in description.entries {
        files.append(JobFile(name: entry.name, role: entry.role, size: try folder.status(of: entry.name).size))
      }
      return files
    }
    let names = try folder.names().sorted()
    // Not kept: ten thousand jobs may be in hand, and few are folders.
    let rules = NameRules(imageExtensions: Set(description.imageExtensions), ignoring: description.ignoredNames)
    let jobFile = rules.jobFile(among: names).name
    for name in names where rules.classify(name) != .ignored {
      let status = try folder.status(of: name)
      guard status.kind == .regular else { continue }
      let isSidecar = name == jobFile
      files.append(JobFile(name: name, role: isSidecar ? .sidecar : .image, size: status.size))
    }
    return files
  }

  /// The sidecar's name and bytes; nil for an image that came alone.
  package func sidecar() throws(FileError) -> (name: Name, contents: FileContents)? {
    guard let file = try files().first(where: { $0.role == .sidecar }) else { return nil }
    return (file.name, try read(file.name, limit: description.sidecarBytes))
  }

  /// The bytes of one of the job's files, with their hash. Only plain names of this drop; a second reading that gives
  /// other bytes than the first is an error.
  package func contents(of name: Name) throws(FileError) -> FileContents {
    try read(name, limit: description.fileBytes)
  }

  private func read(_ name: Name, limit: Int) throws(FileError) -> FileContents {
    guard name.isPlain else {
      throw FileError(.open, escaped(name.bytes), "a path; only names of files dropped together with it are allowed")
    }
    let contents = try folder().read(name, limit: limit)
    let first = hashes.withLock { hashes in
      if let hash = hashes[name] { return hash }
      hashes[name] = contents.sha256
      return contents.sha256
    }
    guard first == contents.sha256 else { throw FileError(.read, name.description, "its content changed during the job") }
    return contents
  }
}
