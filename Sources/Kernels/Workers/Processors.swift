import CLinux
import Glibc

/// How many processors this process may really use.
package enum Processors {
  /// The smaller of what the affinity mask and the cgroup's CPU quota allow, at least 1.
  ///
  /// A quota of one and a half processors counts as two.
  package static func defaultThreadCount() -> Int {
    let affinity = max(1, Int(idi_cpu_affinity_count()))
    guard let quota = cgroupQuota() else { return affinity }
    return max(1, min(affinity, Int(quota.rounded(.up))))
  }

  /// The tightest CPU quota of this process' control groups in processors, or nil where there is none.
  ///
  /// Version 2 keeps `cpu.max` ("max 100000" or "50000 100000") in each folder up to the root; version 1 keeps
  /// `cpu.cfs_quota_us` (-1 for none) and `cpu.cfs_period_us`. See cgroups(7).
  package static func cgroupQuota(
    membership: String? = read("/proc/self/cgroup"), root: String = "/sys/fs/cgroup"
  ) -> Double? {
    guard let membership else { return nil }
    var tightest: Double?
    func consider(_ quota: Double?) {
      if let quota, quota > 0 { tightest = min(tightest ?? quota, quota) }
    }
    for line in membership.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let controllers = parts[1].split(separator: ",")
      let bases: [String]
      if parts[1].isEmpty {
        bases = [root, root + "/unified"]
      } else if controllers.contains("cpu") {
        bases = [root + "/" + parts[1], root + "/cpu"]
      } else {
        continue
      }
      for base in bases {
        var path = String(parts[2])
        while true {
          consider(quota(in: base + path))
          guard let slash = path.lastIndex(of: "/"), path != "/" else { break }
          path = slash == path.startIndex ? "/" : String(path[..<slash])
        }
      }
    }
    return tightest
  }

  private static func quota(in folder: String) -> Double? {
    if let text = read(folder + "/cpu.max") {
      let words = text.split(whereSeparator: { $0 == " " || $0 == "\n" })
      guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]), period > 0 else { return nil }
      return quota / period
    }
    guard let quota = read(folder + "/cpu.cfs_quota_us").flatMap(number),
      let period = read(folder + "/cpu.cfs_period_us").flatMap(number), quota > 0, period > 0
    else { return nil }
    return quota / period
  }

  private static func number(_ text: String) -> Double? {
    text.split(separator: "\n").first.flatMap { Double($0) }
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
