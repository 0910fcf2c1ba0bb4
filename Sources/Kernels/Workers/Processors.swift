import CLinux
import Glibc

/// How many processors this process may really use.
package enum Processors {
  /// The smaller of what the affinity mask and the cgroup's CPU quota allow, at least 1.
  ///
  /// A quota of one and a half processors counts as two.
  package static func defaultThreadCount() -> Int {
    let affinity = max(1, Int(idi_cpu_affinity_count()))
    guard let quota = ControlGroups().processors else { return affinity }
    return max(1, min(affinity, Int(quota.rounded(.up))))
  }

  /// The first 16 KiB of a small system file, or nil where it cannot be read.
  package static func read(_ path: String) -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 16_384)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
