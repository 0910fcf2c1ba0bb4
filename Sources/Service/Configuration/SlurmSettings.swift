internal import Files
internal import PrintableText
internal import Slurm
package import StrictYAML

/// What `slurm:` in the configuration can say.
package struct SlurmSettings: Sendable, Equatable {
  package static let keys = [
    "partition", "account", "qos", "constraint", "options", "program", "commands", "conf", "cpus", "memory", "time", "max_queued",
    "batch_jobs", "batch_seconds", "tries", "poll_seconds", "command_seconds", "visible_seconds", "lost_seconds",
  ]

  /// What each Slurm job asks for.
  package var request = Request()
  /// The path of idinvert on the nodes; nil: that of this program.
  package var program: String?
  /// The folder of Slurm's commands; nil: the usual ones.
  package var commands: String?
  /// The path of `slurm.conf`; nil: where the commands look by themselves.
  package var conf: String?
  /// After which a command is ended.
  package var commandSeconds = 30.0
  package var pace = RemoteSettings()

  package struct Request: Sendable, Equatable {
    package var partition: String?
    package var account: String?
    package var qos: String?
    package var constraint: String?
    /// More options for `sbatch`.
    package var options: [String] = []
    package var cpus = 4
    /// nil: as estimated.
    package var memoryBytes: Int?
    /// The most time; nil: as `limits.job_seconds` gives.
    package var minutes: Int?

    package init() {}
  }

  /// The path of idinvert on the nodes.
  var programOnNodes: String { program ?? ProgramFiles.runningExecutable ?? "/usr/bin/idinvert" }

  private static let programBytes = 256 << 20

  /// What a Slurm job asks for, in MB: what is configured, or what its work is estimated to need beside the program and a
  /// quarter more.
  func megabytes(_ bytes: Int) -> Int { max(1, (request.memoryBytes ?? (Self.programBytes + bytes) / 4 * 5) >> 20) }

  package init() {
    pace.sideBySide = request.cpus
  }

  /// - Throws: with the place and what to do.
  package init(_ value: YAMLValue) throws(YAMLError) {
    self.init()
    let mapping = try YAMLMapping(value, context: "slurm", keys: Self.keys)
    request.partition = try Self.word(mapping, "partition")
    request.account = try Self.word(mapping, "account")
    request.qos = try Self.word(mapping, "qos")
    request.constraint = try Self.word(mapping, "constraint")
    if let value = mapping.optional("options") {
      for item in try value.list("options", count: 0...64) { request.options.append(try Self.option(item)) }
    }
    program = try Self.path(mapping, "program", unless: "auto")
    commands = try Self.path(mapping, "commands", unless: "auto")
    conf = try Self.path(mapping, "conf", unless: "auto")
    request.cpus = try mapping.integer("cpus", in: 1...1024, default: request.cpus)
    pace.sideBySide = request.cpus
    if let value = mapping.optional("memory"), value.text != "auto" {
      request.memoryBytes = try ByteSize.read(value, "memory", atMost: 1 << 44)
    }
    if let value = mapping.optional("time"), value.text != "auto" { request.minutes = try value.integer("time", in: 1...527_040) }
    pace.places = try mapping.integer("max_queued", in: 1...100_000, default: pace.places)
    pace.batchJobs = try mapping.integer("batch_jobs", in: 1...1024, default: pace.batchJobs)
    pace.batchSeconds = try mapping.number("batch_seconds", in: 0...3600, default: pace.batchSeconds)
    pace.tries = try mapping.integer("tries", in: 1...100, default: pace.tries)
    pace.pollSeconds = try mapping.number("poll_seconds", in: 0.2...3600, default: pace.pollSeconds)
    // Less than what the watchdog waits for a sign of life.
    commandSeconds = try mapping.number("command_seconds", in: 1...60, default: commandSeconds)
    pace.visibleSeconds = try mapping.number("visible_seconds", in: 0...3600, default: pace.visibleSeconds)
    pace.lostSeconds = try mapping.number("lost_seconds", in: 1...86_400, default: pace.lostSeconds)
  }

  private static func word(_ mapping: YAMLMapping, _ key: String) throws(YAMLError) -> String? {
    guard let value = mapping.optional(key) else { return nil }
    let text = try value.string(key)
    if text == "none" { return nil }
    guard !text.isEmpty, !text.hasPrefix("-"), text.unicodeScalars.allSatisfy({ $0.isASCII && $0.value > 0x20 && $0.value != 0x7F })
    else { throw value.place.error("\(key) must be a name as sbatch takes it, without spaces, or none; found \(quoted(text))") }
    return text
  }

  private static func option(_ value: YAMLValue) throws(YAMLError) -> String {
    let text = try value.string("an option of sbatch")
    guard text.hasPrefix("--"), text.count > 2, text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
      throw value.place.error("an option of sbatch is written in full and with =, as --gres=gpu:1; found \(quoted(text))")
    }
    if let ours = Submission.conflict(of: text) {
      throw value.place.error("\(ours) is set by idinvert; see cpus, memory, time, partition, account, qos and constraint")
    }
    return text
  }

  private static func path(_ mapping: YAMLMapping, _ key: String, unless word: String) throws(YAMLError) -> String? {
    guard let value = mapping.optional(key) else { return nil }
    let text = try value.string(key)
    if text == word { return nil }
    guard text.hasPrefix("/"), !text.utf8.contains(0) else {
      throw value.place.error("\(key) must be a path that begins with /, or \(word); found \(quoted(text))")
    }
    return text
  }
}

extension YAMLValue {
  fileprivate var text: String? { if case .scalar(let text, _) = content { text } else { nil } }
}
