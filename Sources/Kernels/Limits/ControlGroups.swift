/// What this process' control groups allow; the tightest group on the way up counts. See cgroups(7).
package struct ControlGroups: Sendable {
  private let membership: String
  private let root: String

  /// - Parameters:
  ///   - membership: text of `/proc/self/cgroup`.
  ///   - root: where control groups are mounted.
  package init(membership: String? = Processors.read("/proc/self/cgroup"), root: String = "/sys/fs/cgroup") {
    self.membership = membership ?? ""
    self.root = root
  }

  /// The CPU quota in processors, or nil where there is none.
  ///
  /// Version 2 keeps `cpu.max` ("max 100000" or "50000 100000") in each folder; version 1 `cpu.cfs_quota_us` (-1 for
  /// none) and `cpu.cfs_period_us`.
  package var processors: Double? { folders("cpu").compactMap(quota).min() }

  /// The memory limit in bytes, or nil where there is none.
  ///
  /// Version 2 keeps `memory.max` and `memory.high`, from which on it slows down, as "max" or a number; version 1
  /// `memory.limit_in_bytes`, nearly 2⁶³ for none.
  package var memoryBytes: Int? {
    let files = folders("memory").flatMap { folder in
      ["memory.max", "memory.high", "memory.limit_in_bytes"].map { folder + "/" + $0 }
    }
    return files.compactMap(number).filter { $0 > 0 && $0 < 0x1p60 }.min().map { Int($0) }
  }

  /// A controller's groups of both versions, each up to the root.
  private func folders(_ controller: String) -> [String] {
    var folders: [String] = []
    for line in membership.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let bases: [String]
      if parts[1].isEmpty {
        bases = [root, root + "/unified"]
      } else if parts[1].split(separator: ",").contains(Substring(controller)) {
        bases = [root + "/" + parts[1], root + "/" + controller]
      } else {
        continue
      }
      for base in bases {
        var path = String(parts[2])
        while true {
          folders.append(base + path)
          guard let slash = path.lastIndex(of: "/"), path != "/" else { break }
          path = slash == path.startIndex ? "/" : String(path[..<slash])
        }
      }
    }
    return folders
  }

  private func quota(in folder: String) -> Double? {
    let quota: Double, period: Double
    if let text = Processors.read(folder + "/cpu.max") {
      let words = text.split(whereSeparator: { $0 == " " || $0 == "\n" }).map { Double($0) }
      guard words.count == 2, let first = words[0], let second = words[1] else { return nil }
      (quota, period) = (first, second)
    } else {
      guard let first = number(folder + "/cpu.cfs_quota_us"), let second = number(folder + "/cpu.cfs_period_us") else { return nil }
      (quota, period) = (first, second)
    }
    return quota > 0 && period > 0 ? quota / period : nil
  }

  private func number(_ path: String) -> Double? {
    Processors.read(path)?.split(separator: "\n").first.flatMap { Double($0) }
  }
}
