internal import CLinux
internal import Glibc

/// Names that come, go and change.
extension SystemCalls {
  /// renameat2(2) without replacing, or renameat(2).
  static func rename(
    at oldFolder: Int32, _ oldName: Name, to newFolder: Int32, _ newName: Name, replacing: Bool,
    path: @autoclosure () -> String
  ) throws(FileError) {
    _ = try perform(.rename, needing: replacing ? nil : .exclusiveRename, path()) { _ in
      unsafe withCString(oldName) { old in
        unsafe withCString(newName) { new in
          if replacing { return Int(unsafe renameat(oldFolder, old, newFolder, new)) }
          return Int(unsafe idi_rename_noreplace(oldFolder, old, newFolder, new))
        }
      }
    }
  }

  /// renameat2(2) that exchanges two entries.
  static func exchange(
    at folder: Int32, _ name: Name, with otherFolder: Int32, _ otherName: Name, path: @autoclosure () -> String
  ) throws(FileError) {
    _ = try perform(.rename, needing: .exclusiveRename, path()) { _ in
      unsafe withCString(name) { name in
        unsafe withCString(otherName) { other in Int(unsafe idi_rename_exchange(folder, name, otherFolder, other)) }
      }
    }
  }

  /// linkat(2): one more name for a file. Fails with EEXIST where the name is taken.
  static func link(
    at oldFolder: Int32, _ oldName: Name, to newFolder: Int32, _ newName: Name, path: @autoclosure () -> String
  ) throws(FileError) {
    _ = try perform(.link, needing: .hardLinks, path()) { _ in
      unsafe withCString(oldName) { old in
        unsafe withCString(newName) { new in Int(unsafe linkat(oldFolder, old, newFolder, new, 0)) }
      }
    }
  }

  /// symlinkat(2). Fails with EEXIST where the name is taken.
  static func makeSymbolicLink(
    _ text: Name, at folder: Int32, _ name: Name, path: @autoclosure () -> String
  ) throws(FileError) {
    _ = try perform(.symbolicLink, needing: .symbolicLinks, path()) { _ in
      unsafe withCString(text) { text in
        unsafe withCString(name) { name in Int(unsafe symlinkat(text, folder, name)) }
      }
    }
  }
}
