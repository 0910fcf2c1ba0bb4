import Kernels

/// What the system says about this process and machine.
package enum ProcessFacts {
  /// The most memory this process has had so far, in MiB; nil where `/proc` does not say.
  package static var peakMiB: Double? {
    line("VmHWM:", of: "/proc/self/status").flatMap { $0.split(separator: " ").first.flatMap { Double($0) } }
      .map { $0 / 1024 }
  }

  /// Seconds since the process was started, to a hundredth; nil where `/proc` does not say.
  package static var age: Double? {
    // Field 22 of proc_pid_stat(5); the second field, the name, may hold spaces and ends with the last ")".
    guard let stat = Processors.read("/proc/self/stat"), let close = stat.lastIndex(of: ")"),
      let uptime = Processors.read("/proc/uptime")?.split(separator: " ").first.flatMap({ Double($0) })
    else { return nil }
    let fields = stat[stat.index(after: close)...].split(separator: " ")
    // The unit is 1/100 s on every Linux of the machines that Swift runs on.
    return fields.count > 19 ? Double(fields[19]).map { uptime - $0 / 100 } : nil
  }

  /// As the processor calls itself.
  package static var processorName: String {
    line("model name", of: "/proc/cpuinfo").map { $0.drop { $0 == ":" || $0 == " " || $0 == "\t" } }.map(String.init)
      ?? "unknown processor"
  }

  private static func line(_ name: String, of path: String) -> String? {
    Processors.read(path)?.split(separator: "\n").first { $0.hasPrefix(name) }
      .map { $0.dropFirst(name.count).drop { $0 == " " || $0 == "\t" } }.map(String.init)
  }
}
