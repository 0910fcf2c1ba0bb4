internal import CLinux
internal import Files
internal import Glibc

/// An inotify(7) instance: hints about changed names. The scan is the truth.
final class Inotify {
  enum Event {
    /// Something about this name changed.
    case changed(watch: Int32, name: Name)
    /// The name is new and a writer has it open.
    case created(watch: Int32, name: Name)
    /// The file is complete as far as its writer is concerned.
    case closed(watch: Int32, name: Name)
    /// The folder itself is gone, moved or unmounted.
    case lost(watch: Int32)
    case overflow
  }

  private let descriptor: Int32

  /// - Throws: where no instance is left.
  init() throws(FileError) {
    descriptor = idi_inotify()
    if descriptor < 0 { throw FileError(.watch, "inotify", errno: errno) }
  }

  deinit {
    close(descriptor)
  }

  var number: Int32 { descriptor }

  /// Watches an open folder.
  func add(_ folder: Folder) throws(FileError) -> Int32 {
    let mask = UInt32(IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB)
      | UInt32(IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK)
    // By descriptor, so that it is this folder and not what has its path now.
    let watch = unsafe inotify_add_watch(descriptor, "/proc/self/fd/\(folder.number)", mask)
    if watch < 0 { throw FileError(.watch, folder.printablePath, errno: errno) }
    return watch
  }

  func remove(_ watch: Int32) {
    // Fails only where the kernel has removed it already.
    _ = inotify_rm_watch(descriptor, watch)
  }

  /// Takes what is there, without waiting.
  func read() -> [Event] {
    var events: [Event] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count <= 0 { return events }
      parse(buffer[..<count], into: &events)
    }
  }

  private func parse(_ bytes: ArraySlice<UInt8>, into events: inout [Event]) {
    // struct inotify_event: watch, mask, cookie, length of the name that follows; 4 bytes each.
    var rest = bytes
    while rest.count >= 16 {
      let watch = Int32(bitPattern: word(rest, 0))
      let mask = word(rest, 4)
      let length = Int(word(rest, 12))
      guard rest.count >= 16 + length else { return }
      let name = Name(bytes: Array(rest.dropFirst(16).prefix(length).prefix { $0 != 0 }))
      if let event = event(watch: watch, mask: mask, name: name) { events.append(event) }
      rest = rest.dropFirst(16 + length)
    }
  }

  private func event(watch: Int32, mask: UInt32, name: Name) -> Event? {
    func has(_ bits: Int32) -> Bool { mask & UInt32(bitPattern: bits) != 0 }
    if has(Int32(IN_Q_OVERFLOW)) { return .overflow }
    if has(Int32(IN_DELETE_SELF)) || has(Int32(IN_MOVE_SELF)) || has(Int32(IN_UNMOUNT)) || has(Int32(IN_IGNORED)) {
      return .lost(watch: watch)
    }
    guard name.isPlain else { return nil }
    if has(Int32(IN_CLOSE_WRITE)) || has(Int32(IN_MOVED_TO)) { return .closed(watch: watch, name: name) }
    if has(Int32(IN_CREATE)) && !has(Int32(bitPattern: UInt32(IN_ISDIR))) { return .created(watch: watch, name: name) }
    return .changed(watch: watch, name: name)
  }

  private func word(_ bytes: ArraySlice<UInt8>, _ offset: Int) -> UInt32 {
    let start = bytes.startIndex + offset
    return (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
  }
}
