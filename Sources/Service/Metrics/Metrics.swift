internal import Files
internal import Foundation
internal import Kernels
internal import PrintableText
package import Spool
internal import Synchronization

/// The metrics file, in the text format that Prometheus reads (node_exporter's textfile collector).
package final class Metrics: Sendable {
  private let path: String
  private let last = Mutex("")

  package init(path: String) {
    self.path = path
  }

  /// Writes the file anew, by one rename, where something changed.
  ///
  /// - Returns: why it could not be written; nil where it is as it should be.
  func write(_ counts: JobTotals.Counts, remote: RemoteTotals.Counts? = nil) -> String? {
    let pool = BufferPool.statistics
    let text = Self.text(counts, poolBytes: pool.bytesInUse + pool.bytesKept) + (remote.map(Self.text) ?? "")
    guard last.withLock({ $0 != text }) else { return nil }
    let (folder, name) = (URL(fileURLWithPath: path).deletingLastPathComponent().path, (path as NSString).lastPathComponent)
    do {
      // Read by others, worth no fsync: it is written again in no time.
      try Folder(path: Name(folder)).write(Name(name), Array(text.utf8), mode: 0o644, durability: .none)
    } catch {
      return error.message
    }
    last.withLock { $0 = text }
    return nil
  }

  /// The file's text.
  package static func text(_ counts: JobTotals.Counts, poolBytes: Int) -> String {
    var page = MetricsPage()
    func metric(_ name: String, _ kind: String, _ help: String, _ samples: [(labels: String, value: String)]) {
      page.add(name, kind, help, samples)
    }
    metric("info", "gauge", "The running program.", [("{version=\"\(Program.version)\"}", "1")])
    metric(
      "jobs_total", "counter", "Jobs that ended, by how.",
      [("{result=\"done\"}", String(counts[.done])), ("{result=\"failed\"}", String(counts[.failed]))])
    metric("jobs_accepted_total", "counter", "Drops taken from inboxes.", [("", String(counts[.accepted]))])
    metric("jobs_delayed_total", "counter", "Tries that were put off because of passing trouble.", [("", String(counts[.delayed]))])
    metric("jobs_recovered_total", "counter", "Jobs that went on after a restart.", [("", String(counts[.recovered]))])
    metric("jobs_quarantined_total", "counter", "Jobs whose record could not be read.", [("", String(counts[.quarantined]))])
    metric("jobs_waiting", "gauge", "Complete drops that wait, claimed or not.", [("", String(counts.waiting))])
    metric("jobs_running", "gauge", "Jobs being worked on.", [("", String(counts.running))])
    metric("job_seconds_total", "counter", "Time spent on jobs that ended.", [("", shortNumber(counts.jobSeconds))])
    metric("steps_total", "counter", "Steps of optimizations.", [("", String(counts[.steps]))])
    metric("queue_overflows_total", "counter", "How often the kernel reported too many events at once.", [("", String(counts[.overflows]))])
    metric("watches_lost", "gauge", "Inboxes that are away.", [("", String(counts.lostWatches))])
    metric("trouble", "gauge", "1 while the spool cannot work as it should.", [("", counts.hasTrouble ? "1" : "0")])
    if let time = counts.lastEnd {
      metric("last_job_timestamp_seconds", "gauge", "When the last job ended.", [("", String(format: "%.0f", time))])
    }
    metric("pool_bytes", "gauge", "Memory of the computation's buffers.", [("", String(poolBytes))])
    return page.text
  }

  /// What is out with Slurm, in the same format.
  static func text(_ counts: RemoteTotals.Counts) -> String {
    var page = MetricsPage()
    func samples(_ label: String, _ values: [String: Int]) -> [(labels: String, value: String)] {
      values.sorted { $0.key < $1.key }.map { ("{\(label)=\"\($0.key)\"}", String($0.value)) }
    }
    page.add("remote_jobs", "gauge", "Slurm jobs that are out, by state.", samples("state", counts.jobs))
    page.add("attempts_total", "counter", "Attempts that ended, by how.", samples("end", counts.attempts))
    page.add("slurm_commands_total", "counter", "Commands of Slurm that were run.", [("", String(counts.commands))])
    page.add("slurm_command_seconds_total", "counter", "Time they took.", [("", shortNumber(counts.commandSeconds))])
    page.add("slurm_failures_total", "counter", "Commands of Slurm that failed.", [("", String(counts.failures))])
    if let look = counts.lastLook {
      page.add("slurm_last_look_timestamp_seconds", "gauge", "When Slurm last answered.", [("", shortNumber(look))])
    }
    return page.text
  }
}

/// A page in Prometheus's text format.
struct MetricsPage {
  private(set) var text = ""

  mutating func add(_ name: String, _ kind: String, _ help: String, _ samples: [(labels: String, value: String)]) {
    text += "# HELP idinvert_\(name) \(help)\n# TYPE idinvert_\(name) \(kind)\n"
    for sample in samples { text += "idinvert_\(name)\(sample.labels) \(sample.value)\n" }
  }
}
