import Foundation
import Images
import Service
import Spool
import StrictYAML
import TestSupport
import Testing

/// Reads a configuration as if it lay in `/etc/idinvert`.
private func read(_ text: String) throws -> ServiceConfiguration {
  try ServiceConfiguration(Array(text.utf8), file: "idinvert.yaml", folder: "/etc/idinvert")
}

/// What is wrong with a text; empty when nothing is.
private func refusal(_ text: String) -> String {
  do {
    _ = try read(text)
    return ""
  } catch {
    return "\(error)"
  }
}

@Suite struct ConfigurationTests {
  static var shipped: [UInt8] {
    get throws {
      try [UInt8](Data(contentsOf: Fixtures.project.appendingPathComponent("Config/idinvert.yaml")))
    }
  }

  @Test func theShippedFileEqualsTheDefaults() throws {
    let shipped = try ServiceConfiguration(Self.shipped, file: "idinvert.yaml", folder: "/etc/idinvert")
    #expect(shipped == ServiceConfiguration())
  }

  @Test func theShippedFileHasEveryKey() throws {
    let root = try YAML.parse(Self.shipped, file: "idinvert.yaml")
    let top = try YAMLMapping(root, context: "the configuration")
    #expect(top.entries.map(\.key).sorted() == ServiceConfiguration.Keys.top.sorted())
    let watch = try YAMLMapping(try #require(top.optional("watches")?.list("watches").first), context: "a watch")
    #expect(watch.entries.map(\.key).sorted() == ServiceConfiguration.Keys.watch.sorted())
    for (name, keys) in [
      ("limits", ServiceConfiguration.Keys.limits), ("retention", ServiceConfiguration.Keys.retention),
      ("cache", ServiceConfiguration.Keys.cache), ("log", ServiceConfiguration.Keys.log), ("slurm", SlurmSettings.keys),
    ] {
      let part = try #require(try top.mapping(name))
      #expect(part.entries.map(\.key).sorted() == keys.sorted(), "\(name)")
    }
  }

  @Test func aUsersOwnServiceHasItsFoldersInTheHome() throws {
    let plain = ConfigurationPlace(isUser: true, environment: ["HOME": "/home/ada", "XDG_STATE_HOME": "relative"])
    #expect(plain.path == "/home/ada/.config/idinvert/idinvert.yaml")
    let settings = try ServiceConfiguration.load(plain)
    #expect(settings.watches.map(\.folders.inbox) == ["/home/ada/Pictures/idinvert/inbox"])
    #expect(settings.watches.map(\.folders.outbox) == ["/home/ada/Pictures/idinvert/outbox"])
    #expect(settings.state == "/home/ada/.local/state/idinvert/jobs")
    #expect(settings.cache.folder == "/home/ada/.cache/idinvert")
    let moved = ConfigurationPlace(
      isUser: true, environment: ["HOME": "/home/ada", "XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s"])
    #expect(moved.path == "/c/idinvert/idinvert.yaml" && moved.defaults.state == "/s/idinvert/jobs")
  }

  @Test func whatAUsersFileDoesNotSayStaysInTheHome() throws {
    let place = ConfigurationPlace(isUser: true, environment: ["HOME": "/home/ada"])
    let settings = try ServiceConfiguration(
      Array("threads: 3\n".utf8), file: "idinvert.yaml", folder: "/c", defaults: place.defaults)
    #expect(settings.threads == 3)
    #expect(settings.state == place.defaults.state)
  }

  /// A message that names a limit sends a person to the configuration.
  @Test func everyLimitThatAMessageNamesCanBeSet() throws {
    let sources = Fixtures.project.appendingPathComponent("Sources")
    let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
    var named: Set<String> = []
    for case let file as URL in files where ["swift", "c"].contains(file.pathExtension) {
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: /[^\\]\(limits\.([a-z_]+)\)/) { named.insert(String(match.1)) }
    }
    #expect(named.isSuperset(of: ["side", "scans", "chunks", "decoder_memory", "pixels", "memory", "job_seconds"]))
    #expect(named.subtracting(ServiceConfiguration.Keys.limits).isEmpty)
  }

  @Test func anEmptyFileIsTheDefaults() throws {
    #expect(try read("") == ServiceConfiguration())
    #expect(try read("# nothing\n") == ServiceConfiguration())
  }

  @Test func everythingCanBeSaid() throws {
    let configuration = try read(
      """
      state: /srv/.jobs
      threads: 3
      models: [/srv/models]
      watches:
        - {inbox: /srv/in, outbox: /srv/out, model: other, settle_milliseconds: 1, pairing_seconds: 2, orphan_seconds: 3,
           incomplete_seconds: 4, rescan_seconds: 5, require_sidecar: true, recursive: true, mode: poll,
           defaults: {invert: {steps: 7}}}
      ignore: ["draft-*", "?.jpg"]
      limits: {file: 1 MiB, sidecar: 2 KiB, pixels: 3, side: 70000, scans: 71, chunks: 72, decoder_memory: 73 MiB, nesting: 4, edits: 5, frames: 6, steps: 7, images: 8, memory: 9 GiB, job_seconds: forever, training_hours: none}
      retention: {keep_days: 1.5, keep_results: 9}
      cache: {folder: /srv/cache, size: 0 bytes}
      checkpoint_seconds: 0.5
      metrics_file: /srv/metrics.prom
      log: {level: debug, format: json}
      """)
    #expect(configuration.state == "/srv/.jobs")
    #expect(configuration.threads == 3)
    #expect(configuration.models == ["/srv/models"])
    let watch = try #require(configuration.watches.first)
    #expect(watch.model == "other")
    #expect(watch.folders.settleMilliseconds == 1)
    #expect(watch.folders.pairingSeconds == 2)
    #expect(watch.folders.orphanSeconds == 3)
    #expect(watch.folders.incompleteSeconds == 4)
    #expect(watch.folders.rescanSeconds == 5)
    #expect(watch.folders.requireSidecar)
    #expect(watch.folders.recursive)
    #expect(watch.folders.mode == .poll)
    #expect(watch.defaults != .reconstruction)
    #expect(configuration.ignoredNames == ["draft-*", "?.jpg"])
    let limits = configuration.limits
    #expect(limits.fileBytes == 1 << 20)
    #expect(limits.sidecarBytes == 2048)
    let counts: [Int] = [limits.pixels, limits.nesting, limits.edits, limits.frames, limits.steps, limits.images]
    #expect(counts == [3, 4, 5, 6, 7, 8])
    let decoding: [Int] = [limits.side, limits.scans, limits.chunks, limits.decoderMemoryBytes]
    #expect(decoding == [70_000, 71, 72, 73 << 20])
    let pictures = limits.pictures
    let passed: [Int] = [pictures.side, pictures.scans, pictures.chunks]
    #expect(passed == [70_000, 71, 72])
    #expect(pictures.pixels == 3 && pictures.decoderMemoryInBytes == 73 << 20)
    #expect(limits.memoryBytes == 9 << 30)
    #expect(limits.jobSeconds == nil)
    #expect(limits.trainingHours == nil)
    #expect(configuration.retention.keepDays == 1.5)
    #expect(configuration.retention.keepResults == 9)
    #expect(configuration.cache.folder == "/srv/cache")
    #expect(configuration.cache.bytes == 0)
    #expect(configuration.checkpointSeconds == 0.5)
    #expect(configuration.metricsFile == "/srv/metrics.prom")
    #expect(configuration.log.level == .debug)
    #expect(configuration.log.format == .json)
  }

  @Test func relativePathsBeginAtTheFile() throws {
    let configuration = try read("state: ../spool/.jobs\nwatches: [{inbox: in, outbox: ./out}]\n")
    #expect(configuration.state == "/etc/spool/.jobs")
    #expect(configuration.watches[0].folders.inbox == "/etc/idinvert/in")
    #expect(configuration.watches[0].folders.outbox == "/etc/idinvert/out")
  }

  @Test(arguments: [
    ("thread: 2", "idinvert.yaml:1:1: unknown key 'thread' in the configuration; did you mean 'threads'?"),
    ("threads: 0", "idinvert.yaml:1:10: threads must be a whole number from 1 to 1024; found '0'; or write auto"),
    ("threads: many", "idinvert.yaml:1:10: threads must be a whole number from 1 to 1024; found 'many'; or write auto"),
    ("watches: []", "idinvert.yaml:1:10: watches must have at least 1 items; found 0"),
    ("watches: [{inbox: in}]", "idinvert.yaml:1:11: a watch needs the key 'outbox'"),
    (
      "watches: [{inbox: in, outbox: out, mode: pol}]",
      "idinvert.yaml:1:42: mode must be one of auto, inotify, poll; found 'pol'; did you mean 'poll'?"
    ),
    (
      "limits: {file: 64}",
      "idinvert.yaml:1:16: file must be a size up to 1 GiB, such as 64 MiB or 64 KiB; found '64'"
    ),
    (
      "limits: {file: 2 GiB}",
      "idinvert.yaml:1:16: file must be a size up to 1 GiB, such as 64 MiB or 64 KiB; found '2 GiB'"
    ),
    (
      "retention: {keep_days: never}",
      "idinvert.yaml:1:24: keep_days must be a number from 0.001 to 100000; found 'never'; or write forever"
    ),
    ("watches: [{inbox: in, outbox: out, defaults: {edit: [reconstruct]}}]", "idinvert.yaml:1:47: unknown key 'edit' in the sidecar; did you mean 'edits'?"),
    (
      "ignore: [\"*\"]",
      "idinvert.yaml:1:10: a pattern of names to ignore is the name of a file or folder, with * for any text and ? for one character; found '*'"
    ),
    (
      "ignore: [a/b]",
      "idinvert.yaml:1:10: a pattern of names to ignore is the name of a file or folder, with * for any text and ? for one character; found 'a/b'"
    ),
    ("log: {level: loud}", "idinvert.yaml:1:14: level must be one of debug, info, notice, warning, error; found 'loud'"),
  ])
  func aMistakeIsToldWithItsPlace(text: String, message: String) {
    #expect(refusal(text) == message)
  }

  @Test func aMissingFileIsToldByName() {
    #expect(throws: ConfigurationError("/etc/idinvert-nowhere.yaml: cannot be opened: it does not exist")) {
      try ServiceConfiguration.load(ConfigurationPlace(path: "/etc/idinvert-nowhere.yaml"))
    }
  }

  @Test(arguments: [(1, "1 bytes"), (1536, "1536 bytes"), (1 << 20, "1 MiB"), (3 << 30, "3 GiB"), (65536, "64 KiB")])
  func sizesAreWrittenInTheLargestUnit(bytes: Int, text: String) {
    #expect(ByteSize.written(bytes) == text)
  }
}
