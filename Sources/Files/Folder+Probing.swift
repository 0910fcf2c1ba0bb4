internal import Glibc

extension Folder {
  /// What the file system lacks, as it answers to trials in a hidden folder that is removed again.
  package func missingCapabilities() throws(FileError) -> Set<Capability> {
    let name = Name(".idinvert-trial-\(getpid())")
    let trial = try makeFolder(name, mode: 0o700, exclusive: true)
    do {
      let missing = try trial.tryAll()
      try removeTree(name)
      return missing
    } catch {
      // The first error counts.
      try? removeTree(name)
      throw error
    }
  }

  private func tryAll() throws(FileError) -> Set<Capability> {
    let path = printablePath
    var missing: Set<Capability> = []
    func attempt(_ capability: Capability, _ body: () throws(FileError) -> Void) throws(FileError) {
      do {
        try body()
      } catch where error.isMissingCapability || error.errno == EPERM || (capability == .folderSync && error.errno == EBADF) {
        missing.insert(capability)
      }
    }
    _ = try createFile("file")
    try attempt(.exclusiveRename) { () throws(FileError) in
      try SystemCalls.rename(at: number, "file", to: number, "renamed", replacing: false, path: path)
      try SystemCalls.rename(at: number, "renamed", to: number, "file", replacing: false, path: path)
    }
    try attempt(.hardLinks) { () throws(FileError) in
      try SystemCalls.link(at: number, "file", to: number, "link", path: path)
    }
    try attempt(.symbolicLinks) { () throws(FileError) in
      try SystemCalls.makeSymbolicLink("nowhere", at: number, "symbolic link", path: path)
    }
    try attempt(.modes) { () throws(FileError) in
      try setMode(0o750)
      // A file system without modes may take the call and keep what it has.
      if try status().mode & 0o777 != 0o750 { missing.insert(.modes) }
      try setMode(0o700)
    }
    try attempt(.folderSync) { () throws(FileError) in
      try SystemCalls.syncStrictly(number, isFolder: true, path: path)
    }
    return missing
  }
}
