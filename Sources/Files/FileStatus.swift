internal import Glibc

/// What kind of thing a name stands for.
package enum FileKind: Sendable, Equatable {
  case regular, folder, symbolicLink, pipe, socket, device
}

/// What stat(2) says of a file, in our words.
package struct FileStatus: Sendable, Equatable {
  package var kind: FileKind
  package var device: UInt64
  package var inode: UInt64
  package var size: Int64
  /// Nanoseconds since 1970.
  package var modified: Int64
  /// When content, mode, owner or name last changed; nanoseconds since 1970.
  package var changed: Int64
  /// The permission bits only.
  package var mode: UInt32
  package var owner: UInt32
  package var group: UInt32
  /// How many names the file has.
  package var links: UInt64

  init(_ status: stat) {
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .folder
      case S_IFLNK: .symbolicLink
      case S_IFIFO: .pipe
      case S_IFSOCK: .socket
      default: .device
      }
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int64(status.st_size)
    modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
    changed = Int64(status.st_ctim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_ctim.tv_nsec)
    mode = UInt32(status.st_mode & 0o7777)
    owner = UInt32(status.st_uid)
    group = UInt32(status.st_gid)
    links = FaultInjector.current?.hidesLinks == true ? 1 : UInt64(status.st_nlink)
  }

  package var identity: FileIdentity { FileIdentity(device: device, inode: inode) }
}

/// Whether this process is a member of a group.
package func isGroupOfProcess(_ group: UInt32) -> Bool {
  if group == getegid() { return true }
  let count = getgroups(0, nil)
  guard count > 0 else { return false }
  var groups = [gid_t](repeating: 0, count: Int(count))
  let found = unsafe getgroups(count, &groups)
  return found > 0 && groups.prefix(Int(found)).contains(group)
}

/// Which file it is, whatever its name, as long as its file system stays mounted: device numbers are given anew at each
/// mount, and FUSE numbers files anew as well.
package struct FileIdentity: Hashable, Sendable, Codable {
  package var device: UInt64
  package var inode: UInt64

  package init(device: UInt64, inode: UInt64) {
    self.device = device
    self.inode = inode
  }
}
