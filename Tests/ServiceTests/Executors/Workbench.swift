import Files
import Foundation
import Glibc
import Service
import Spool
import StrictYAML
import Synchronization
import TestSupport
import Testing

/// A service in a temporary folder, with one executor, driven from outside as people do.
final class Workbench {
  private let folder: String
  var configuration = ServiceConfiguration()
  /// What is started for pictures and jobs.
  var program = Workbench.idinvert
  var crashLimit = SpoolConfiguration.usualCrashLimit
  private let said = Said()
  private var session: Session?

  /// Once in a process.
  private static let signals = Result { try Signals() }

  /// Built with the tests, beside them.
  static let idinvert: String = {
    let folders = [
      URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path,
      Fixtures.project.appendingPathComponent(".build/release").path,
    ]
    return folders.map { $0 + "/idinvert" }.first { FileManager.default.isExecutableFile(atPath: $0) } ?? "idinvert"
  }()

  init(_ executor: ExecutorChoice) throws {
    folder = FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path + "/idinvert-bench-\(UUID().uuidString)"
    configuration.state = path("jobs")
    configuration.models = [Fixtures.project.appendingPathComponent("Models").path]
    configuration.execution.executor = executor
    configuration.cache.bytes = 0
    // There for a change of executors too.
    try FakeSlurm.install(in: path("slurm"))
    configuration.execution.slurm.commands = path("slurm")
    configuration.execution.slurm.request.cpus = 1
    configuration.execution.slurm.pace.pollSeconds = 0.3
    configuration.execution.slurm.pace.batchSeconds = 0
    configuration.execution.slurm.pace.visibleSeconds = 3
    configuration.checkpointSeconds = 0.1
    var watch = WatchSettings()
    watch.folders = WatchConfiguration(inbox: path("inbox"), outbox: path("outbox"))
    watch.folders.settleMilliseconds = 50
    watch.folders.pairingSeconds = 0.2
    watch.folders.rescanSeconds = 1
    watch.model = "fruits64"
    watch.defaults = try SidecarDefaults(YAML.parse("{invert: {method: encoder}}", file: "defaults"))
    configuration.watches = [watch]
    for name in ["inbox", "outbox"] {
      try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
    }
  }

  deinit {
    _ = session?.stop(within: .seconds(10))
    try? FileManager.default.removeItem(atPath: folder)
  }

  func path(_ name: String) -> String { folder + "/" + name }

  func start() throws {
    configuration.execution.slurm.program = program
    let environment = WorkerEnvironment(
      configuration: configuration, models: ModelCache(folders: configuration.models), cache: nil,
      log: EventLog.standard(format: .text, level: .error), tally: JobTotals(), notifier: ServiceNotifier(), heartbeat: Heartbeat(),
      signals: try Self.signals.get(), program: program)
    let session = try Session(environment: environment, crashLimit: crashLimit) { [said] event in
      said.events.withLock { $0.append(event) }
    }
    session.start()
    self.session = session
  }

  /// - Returns: whether all ended in time.
  func stop() -> Bool {
    defer { session = nil }
    return session?.stop(within: .seconds(4)) ?? true
  }

  private final class Said: Sendable {
    let events = Mutex<[SpoolEvent]>([])
  }

  var messages: [String] { said.events.withLock { $0.compactMap(\.sentence) } }

  /// Appears in the inbox whole.
  func drop(_ name: String, _ bytes: [UInt8]) throws {
    let hidden = path("inbox") + "/." + name
    try Data(bytes).write(to: URL(fileURLWithPath: hidden))
    try #require(rename(hidden, path("inbox") + "/" + name) == 0)
  }

  static func apple() throws -> [UInt8] {
    [UInt8](try Data(contentsOf: Fixtures.fruits64.appendingPathComponent("examples/apple-red.png")))
  }

  /// A photograph with instructions.
  func dropApple(_ name: String = "apple", sidecar: String? = nil) throws {
    if let sidecar { try drop(name + ".png.yaml", Array(sidecar.utf8)) }
    try drop(name + ".png", try Self.apple())
  }

  /// Waits for something that is to come.
  func wait(seconds: Double = 60, _ what: String, _ isThere: () throws -> Bool) throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
      if try isThere() { return }
      Thread.sleep(forTimeInterval: 0.02)
    }
    Issue.record("\(what) did not come within \(seconds) s; said: \(messages)")
    throw Late()
  }

  struct Late: Error {}

  func waitForAnswer(_ name: String = "apple") throws {
    try wait("an answer for \(name)") { exists("outbox/\(name)/result.json") || exists("outbox/failed/\(name)/error.txt") }
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  func reason(_ name: String = "apple") throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: path("outbox/failed/\(name)/error.txt"))), as: UTF8.self)
  }

  var step: Int { (try? SpoolStatus.read(state: configuration.state).running.first?.step) ?? 0 }

  func cancel(_ name: String = "apple") throws {
    try SpoolRequest(.cancel, job: Name(name)).submit(state: configuration.state)
  }

  /// All files of an answer but for what tells of times: path → bytes.
  func answer(_ name: String = "apple") throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    let root = path("outbox/" + name)
    for case let file as String in FileManager.default.enumerator(atPath: root) ?? FileManager.DirectoryEnumerator() {
      guard let data = FileManager.default.contents(atPath: root + "/" + file), file != ".job.json" else { continue }
      files[file] = [UInt8](data)
    }
    if let report = files["result.json"] {
      var tree = try #require(try JSONSerialization.jsonObject(with: Data(report)) as? [String: Any])
      for key in ["timings", "started"] { tree[key] = nil }
      files["result.json"] = [UInt8](try JSONSerialization.data(withJSONObject: tree, options: .sortedKeys))
    }
    return files
  }

  /// No job is left, nor anything of one.
  func expectNothingLeft() throws {
    try wait(seconds: 10, "an empty state folder") {
      try Folder(path: Name(configuration.state)).names().allSatisfy { !JobIdentifier.isValid($0) }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: path("inbox")).isEmpty)
  }
}
