internal import CLinux
internal import Glibc

/// An inotify(7) instance: hints about changed names in folders. The scan is the truth.
package final class Inotify {
  package enum Event {
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

  private let descriptor: Descriptor

  /// - Throws: where no instance is left.
  package init() throws(FileError) {
    descriptor = Descriptor(number: Int32(try SystemCalls.perform(.watch, "inotify") { _ in Int(idi_inotify()) }))
  }

  /// For poll(2).
  package var number: Int32 { descriptor.number }

  /// Watches an open folder.
  ///
  /// - Parameter isForNames: hear only of names that come and go, not of files that are written.
  /// - Returns: the number its events carry; the same for the same folder.
  package func add(_ folder: Folder, isForNames: Bool = false) throws(FileError) -> Int32 {
    // A folder that is watched twice keeps what was asked for first (IN_MASK_ADD).
    var mask = UInt32(IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR | IN_MASK_ADD)
    if !isForNames { mask |= UInt32(IN_CLOSE_WRITE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_EXCL_UNLINK) }
    // By descriptor, so that it is this folder and not what has its path now.
    let path = Name("/proc/self/fd/\(folder.number)")
    let watch = try SystemCalls.perform(.watch, folder.printablePath) { _ in
      unsafe SystemCalls.withCString(path) { text in Int(unsafe inotify_add_watch(number, text, mask)) }
    }
    return Int32(watch)
  }

  package func remove(_ watch: Int32) {
    // Fails only where the kernel has removed it already.
    _ = inotify_rm_watch(number, watch)
  }

  /// Takes what is there, without waiting.
  package func read() -> [Event] {
    var events: [Event] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(number, $0.baseAddress, $0.count) }
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
