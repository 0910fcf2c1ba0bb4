internal import Glibc

/// The system calls that `Files` makes; each one is a place where a test can inject a failure.
package enum FileCall: String, Sendable, CaseIterable {
  case open, read, write, close, sync, status, list, makeFolder, rename, link, symbolicLink, readLink, remove, lease, map, lock
  case changeMode, changeGroup, touch, fileSystem, watch, wait
}

/// What the caller should do about a failure.
package enum FailureKind: String, Sendable, Codable {
  /// It will fail again: answer the job now.
  case refuse
  /// It may pass (no space, an I/O error, too many open files): try again later.
  case retry
  /// The process cannot go on.
  case stop
}

/// An error that knows what should be done about it.
package protocol ClassifiedError: Error, CustomStringConvertible {
  var kind: FailureKind { get }
}

/// A failed system call: which, where, why, and what a person can do about it.
package struct FileError: ClassifiedError, Sendable, Equatable {
  package let call: FileCall
  /// The path as it may be printed (escaped).
  package let path: String
  /// The `errno`, or 0 where the kernel had no complaint but we have.
  package let errno: Int32
  package let kind: FailureKind
  /// What was found and what to do, without the place.
  package let finding: String

  /// One line: place, what was found, remedy.
  package var message: String { "\(path): \(finding)" }

  /// A failure reported by the kernel.
  package init(_ call: FileCall, _ path: String, errno: Int32) {
    self.call = call
    self.path = path
    self.errno = errno
    self.kind = Self.kind(of: errno)
    self.finding = "\(Self.words(call)): \(Self.reason(call, errno))"
  }

  /// A failure of ours: something on disk is not as it must be.
  package init(_ call: FileCall, _ path: String, _ found: String, kind: FailureKind = .refuse) {
    self.call = call
    self.path = path
    self.errno = 0
    self.kind = kind
    self.finding = found
  }

  private static func kind(of errno: Int32) -> FailureKind {
    switch errno {
    case ENOSPC, EDQUOT, EIO, EMFILE, ENFILE, ENOMEM, EAGAIN, EBUSY, ESTALE, ENOLCK, ETIMEDOUT, EROFS, ENODEV, EINTR, ETXTBSY,
      // A share that is away, or whose ticket has run out.
      ENOTCONN, ECONNRESET, ECONNABORTED, ECONNREFUSED, EHOSTDOWN, EHOSTUNREACH, ENETDOWN, ENETUNREACH, EREMOTEIO, ENOLINK,
      EKEYEXPIRED:
      .retry
    case EBADF, EFAULT, ECANCELED:
      .stop
    default:
      .refuse
    }
  }

  /// Whether the file system cannot do what was asked, and never will, so that another way must be found.
  var isMissingCapability: Bool { [EINVAL, ENOSYS, EOPNOTSUPP].contains(errno) }

  /// Whether what was open belongs to a mount that is gone: it must be opened anew, by its path.
  package var isLostMount: Bool { [ESTALE, ENODEV, ENOTCONN, ECONNABORTED].contains(errno) }

  private static func words(_ call: FileCall) -> String {
    switch call {
    case .open: "cannot be opened"
    case .read: "cannot be read"
    case .write: "cannot be written"
    case .close: "cannot be closed"
    case .sync: "cannot be put on disk"
    case .status: "cannot be looked at"
    case .list: "cannot be listed"
    case .makeFolder: "the folder cannot be made"
    case .rename: "cannot be moved"
    case .link: "cannot be linked"
    case .symbolicLink: "the symbolic link cannot be made"
    case .readLink: "the symbolic link cannot be read"
    case .remove: "cannot be removed"
    case .lease: "cannot be asked for writers"
    case .map: "cannot be mapped"
    case .lock: "cannot be locked"
    case .changeMode: "its mode cannot be set"
    case .changeGroup: "its group cannot be set"
    case .touch: "its time cannot be set"
    case .fileSystem: "its file system cannot be told"
    case .watch: "cannot be watched"
    case .wait: "cannot be waited for"
    }
  }

  private static func reason(_ call: FileCall, _ errno: Int32) -> String {
    switch (call, errno) {
    case (.open, ELOOP): "it is a symbolic link; put the file itself there"
    case (.open, ENXIO): "it is a pipe, a socket or a device; only regular files are read"
    case (.open, EAGAIN): "another program holds it; it is tried again"
    case (.watch, ENOSPC): "no inotify watch is left; raise it with: sysctl fs.inotify.max_user_watches=524288"
    case (.watch, EMFILE): "no inotify instance is left; raise it with: sysctl fs.inotify.max_user_instances=1024"
    case (_, ENOENT): "it does not exist"
    case (.rename, EACCES), (.rename, EPERM):
      "no permission; give the service write access to both folders (and no sticky bit on them)"
    case (_, EACCES), (_, EPERM): "no permission; give the service's user or group access"
    case (_, EEXIST): "the name is taken"
    case (_, EXDEV): "it lies on another file system"
    case (_, ENOSPC): "no space left on the disk; free some"
    case (_, EDQUOT): "the disk quota is used up; free some space"
    case (_, EIO): "input/output error; look at the disk and at dmesg"
    case (_, EROFS): "the file system is read-only"
    case (_, ESTALE): "the share's server knows it no longer; it is opened anew"
    case (_, ENOTCONN), (_, ECONNABORTED): "the share is not connected; mount it again"
    case (_, EBUSY): "it is in use"
    case (_, EMFILE), (_, ENFILE): "too many open files; raise LimitNOFILE="
    case (_, ENOTDIR): "it is not a folder"
    case (_, EISDIR): "it is a folder"
    case (_, ENAMETOOLONG): "the name is too long; the limit is 255 bytes"
    case (_, ENOTEMPTY): "the folder is not empty"
    default: systemWords(errno)
    }
  }

  private static func systemWords(_ number: Int32) -> String {
    guard let text = unsafe strerror(number) else { return "error \(number)" }
    return unsafe String(cString: text)
  }
}

extension FileError: CustomStringConvertible {
  package var description: String { message }
}
