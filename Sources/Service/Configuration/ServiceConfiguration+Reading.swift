internal import Editing
internal import Files
internal import Foundation
internal import Glibc
internal import PrintableText
internal import Spool
package import StrictYAML

extension ServiceConfiguration {
  /// The keys of each mapping; a test compares them with those of `Config/idinvert.yaml`.
  package enum Keys {
    package static let top = [
      "state", "threads", "jobs", "executor", "slurm", "models", "watches", "ignore", "limits", "retention", "cache", "checkpoint_seconds",
      "metrics_file", "log",
    ]
    package static let watch = [
      "inbox", "outbox", "model", "settle_milliseconds", "pairing_seconds", "orphan_seconds", "incomplete_seconds",
      "rescan_seconds", "require_sidecar", "recursive", "mode", "defaults",
    ]
    package static let limits = [
      "file", "sidecar", "pixels", "side", "scans", "chunks", "decoder_memory", "nesting", "edits", "frames", "steps",
      "images", "memory", "job_seconds", "training_hours",
    ]
    package static let retention = ["keep_days", "keep_results"]
    package static let cache = ["folder", "size"]
    package static let log = ["level", "format"]
  }

  /// Reads a configuration file.
  ///
  /// - Returns: the place's defaults where nothing is there and nothing needs to be.
  /// - Throws: one line with place and remedy.
  package static func load(_ place: ConfigurationPlace) throws(ConfigurationError) -> ServiceConfiguration {
    let contents: FileContents
    do {
      contents = try readFile(Name(place.path), limit: 1 << 20)
    } catch {
      if !place.mustExist, error.errno == ENOENT { return place.defaults }
      throw ConfigurationError(error.message)
    }
    let folder = URL(fileURLWithPath: place.path).deletingLastPathComponent().standardizedFileURL.path
    do {
      return try ServiceConfiguration(contents.bytes, file: place.path, folder: folder, defaults: place.defaults)
    } catch {
      throw ConfigurationError(error.description)
    }
  }

  /// Reads a configuration.
  ///
  /// - Parameters:
  ///   - file: what messages call it.
  ///   - folder: where relative paths begin.
  ///   - defaults: what it does not say.
  package init(
    _ bytes: [UInt8], file: String, folder: String, defaults: ServiceConfiguration = ServiceConfiguration()
  ) throws(YAMLError) {
    self = defaults
    let root = try YAML.parse(bytes, file: file, limits: YAMLLimits(maximumBytes: 1 << 20, maximumDepth: 16))
    let mapping = try YAMLMapping(root, context: "the configuration", keys: Keys.top)
    let reader = PathReader(folder: folder)
    state = try reader.path(mapping, "state", default: state)
    threads = try Self.count(mapping, "threads")
    execution.jobs = try Self.count(mapping, "jobs")
    execution.executor = try mapping.choice("executor", default: execution.executor)
    if let value = mapping.optional("slurm") { execution.slurm = try SlurmSettings(value) }
    if let value = mapping.optional("models") {
      models = []
      for item in try value.list("models", count: 0...64) { models.append(try reader.path(item, "a folder of models")) }
    }
    if let value = mapping.optional("watches") {
      watches = []
      for item in try value.list("watches", count: 1...256) { watches.append(try WatchSettings(item, reader)) }
    }
    if let value = mapping.optional("ignore") { ignoredNames = try Self.patterns(value) }
    if let value = mapping.optional("limits") { limits = try Limits(value) }
    if let value = mapping.optional("retention") { retention = try Self.retention(value) }
    if let value = mapping.optional("cache") {
      let part = try YAMLMapping(value, context: "cache", keys: Keys.cache)
      cache.folder = try reader.path(part, "folder", default: cache.folder)
      if let size = part.optional("size") { cache.bytes = try ByteSize.read(size, "size", atMost: 1 << 40) }
    }
    checkpointSeconds = try mapping.number("checkpoint_seconds", in: 0.1...3600, default: checkpointSeconds)
    if let value = mapping.optional("metrics_file") {
      metricsFile = try Self.unless("none", value, "metrics_file") { value throws(YAMLError) in
        try reader.path(value, "metrics_file")
      }
    }
    if let value = mapping.optional("log") {
      let part = try YAMLMapping(value, context: "log", keys: Keys.log)
      log.level = try part.choice("level", default: log.level)
      log.format = try part.choice("format", default: log.format)
    }
  }

  private static func patterns(_ value: YAMLValue) throws(YAMLError) -> [String] {
    var patterns: [String] = []
    for item in try value.list("ignore", count: 0...1024) {
      let text = try item.string("a pattern of names")
      guard !text.isEmpty, !text.contains("/"), text.contains(where: { $0 != "*" }) else {
        throw item.place.error(
          "a pattern of names to ignore is the name of a file or folder, with * for any text and ? for one character; found \(quoted(text))")
      }
      patterns.append(text)
    }
    return patterns
  }

  private static func count(_ mapping: YAMLMapping, _ name: String) throws(YAMLError) -> Int? {
    guard let value = mapping.optional(name) else { return nil }
    return try unless("auto", value, name) { value throws(YAMLError) in try value.integer(name, in: 1...1024) }
  }

  private static func retention(_ value: YAMLValue) throws(YAMLError) -> Retention {
    let mapping = try YAMLMapping(value, context: "retention", keys: Keys.retention)
    var retention = Retention()
    if let days = mapping.optional("keep_days") {
      retention.keepDays = try unless("forever", days, "keep_days") { value throws(YAMLError) in
        try value.number("keep_days", in: 0.001...100_000)
      }
    }
    if let results = mapping.optional("keep_results") {
      retention.keepResults = try unless("all", results, "keep_results") { value throws(YAMLError) in
        try value.integer("keep_results", in: 1...1_000_000_000)
      }
    }
    return retention
  }

  /// nil for the word, else what the reading gives; its message names the word too.
  fileprivate static func unless<Value>(
    _ word: String, _ value: YAMLValue, _ name: String, _ read: (YAMLValue) throws(YAMLError) -> Value
  ) throws(YAMLError) -> Value? {
    if case .scalar(word, _) = value.content { return nil }
    do throws(YAMLError) {
      return try read(value)
    } catch {
      throw YAMLError(
        file: error.file, line: error.line, column: error.column, message: error.message + "; or write \(word)")
    }
  }
}

extension ServiceConfiguration.Limits {
  fileprivate init(_ value: YAMLValue) throws(YAMLError) {
    self.init()
    let mapping = try YAMLMapping(value, context: "limits", keys: ServiceConfiguration.Keys.limits)
    if let size = mapping.optional("file") { fileBytes = try ByteSize.read(size, "file", atMost: 1 << 30) }
    if let size = mapping.optional("sidecar") { sidecarBytes = try ByteSize.read(size, "sidecar", atMost: 1 << 24) }
    pixels = try mapping.integer("pixels", in: 1...1_000_000_000, default: pixels)
    side = try mapping.integer("side", in: 1...1_000_000, default: side)
    scans = try mapping.integer("scans", in: 1...10_000, default: scans)
    chunks = try mapping.integer("chunks", in: 4...10_000_000, default: chunks)
    if let size = mapping.optional("decoder_memory") {
      decoderMemoryBytes = try ByteSize.read(size, "decoder_memory", atMost: 1 << 40)
    }
    nesting = try mapping.integer("nesting", in: 4...64, default: nesting)
    edits = try mapping.integer("edits", in: 1...EditLimits.maximumEdits, default: edits)
    frames = try mapping.integer("frames", in: 1...EditLimits.maximumFrames, default: frames)
    steps = try mapping.integer("steps", in: 0...EditLimits.maximumSteps, default: steps)
    images = try mapping.integer("images", in: 1...EditLimits.maximumImages, default: images)
    if let size = mapping.optional("memory") { memoryBytes = try ByteSize.read(size, "memory", atMost: 1 << 44) }
    if let seconds = mapping.optional("job_seconds") {
      jobSeconds = try ServiceConfiguration.unless("forever", seconds, "job_seconds") { value throws(YAMLError) in
        try value.number("job_seconds", in: 0.001...31_536_000)
      }
    }
    if let hours = mapping.optional("training_hours") {
      trainingHours = try ServiceConfiguration.unless("none", hours, "training_hours") { value throws(YAMLError) in
        try value.number("training_hours", in: 0.001...8760)
      }
    }
  }
}

extension WatchSettings {
  fileprivate init(_ value: YAMLValue, _ reader: PathReader) throws(YAMLError) {
    self.init()
    let mapping = try YAMLMapping(value, context: "a watch", keys: ServiceConfiguration.Keys.watch)
    var folders = WatchConfiguration(
      inbox: try reader.path(try mapping.required("inbox"), "inbox"),
      outbox: try reader.path(try mapping.required("outbox"), "outbox"))
    let seconds = 0.0...31_536_000
    folders.settleMilliseconds = try mapping.integer(
      "settle_milliseconds", in: 0...3_600_000, default: folders.settleMilliseconds)
    folders.pairingSeconds = try mapping.number("pairing_seconds", in: seconds, default: folders.pairingSeconds)
    folders.orphanSeconds = try mapping.number("orphan_seconds", in: seconds, default: folders.orphanSeconds)
    folders.incompleteSeconds = try mapping.number("incomplete_seconds", in: seconds, default: folders.incompleteSeconds)
    folders.rescanSeconds = try mapping.number("rescan_seconds", in: 0.1...86_400, default: folders.rescanSeconds)
    folders.requireSidecar = try mapping.boolean("require_sidecar", default: folders.requireSidecar)
    folders.recursive = try mapping.boolean("recursive", default: folders.recursive)
    folders.mode = try mapping.choice("mode", default: WatchModeName.auto).mode
    self.folders = folders
    model = try mapping.optionalString("model") ?? model
    if let value = mapping.optional("defaults") { defaults = try SidecarDefaults(value) }
  }
}

/// The names of `WatchMode`.
private enum WatchModeName: String, CaseIterable {
  case auto, inotify, poll

  var mode: WatchMode {
    switch self {
    case .auto: .auto
    case .inotify: .inotify
    case .poll: .poll
    }
  }
}

/// Reads paths; relative ones begin at the configuration's folder.
private struct PathReader {
  let folder: String

  func path(_ mapping: YAMLMapping, _ key: String, default value: String) throws(YAMLError) -> String {
    guard let given = mapping.optional(key) else { return value }
    return try path(given, key)
  }

  func path(_ value: YAMLValue, _ name: String) throws(YAMLError) -> String {
    let text = try value.string(name)
    guard !text.isEmpty, !text.utf8.contains(0) else {
      throw value.place.error("\(name) must be a path; found \(quoted(text))")
    }
    let full = text.hasPrefix("/") ? text : folder + "/" + text
    return URL(fileURLWithPath: full).standardizedFileURL.path
  }
}

/// Why the service cannot use its configuration, in one line with place and remedy.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
