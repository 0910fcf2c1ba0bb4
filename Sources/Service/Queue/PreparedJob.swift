package import Editing
internal import Files
internal import PrintableText
package import Spool
internal import StrictYAML

/// A claimed job read from disk, ready to be run.
struct PreparedJob {
  let input: JobInput
  /// The pack that its sidecar names, or its watch.
  let model: String

  /// Reads and checks what was dropped.
  ///
  /// - Throws: `YAMLError` with the place in the sidecar; `FileError`; `EditingError`.
  init(_ job: ClaimedJob, _ configuration: ServiceConfiguration) throws {
    let watch = try configuration.watch(of: job)
    try self.init(job.source, defaults: watch.defaults.sidecar, model: watch.model, limits: configuration.limits)
  }

  /// - Parameters:
  ///   - defaults: the watch's sidecar.
  ///   - watchModel: the watch's pack.
  init(
    _ job: JobSource, defaults: Sidecar, model watchModel: String, limits: ServiceConfiguration.Limits
  ) throws {
    let description = job.description
    let files = try job.files()
    let text = try job.sidecar()
    let sidecar: Sidecar
    if let text {
      sidecar = try Sidecar(
        text.contents.bytes, file: display(text.name), kind: job.isFolder ? .job : .photograph,
        defaults: defaults,
        limits: YAMLLimits(maximumBytes: limits.sidecarBytes, maximumDepth: limits.nesting))
    } else {
      sidecar = defaults
    }
    try sidecar.check(limits.forJobs)
    model = sidecar.model ?? watchModel
    let (photographs, notes) = try Self.photographs(job, files, sidecar)
    let candidates = files.map(\.name)
    var others: [Name] = []
    for reference in sidecar.referencedNames {
      guard let file = NameMatch(Name(reference), among: candidates).name, !(photographs + others).contains(file) else { continue }
      others.append(file)
    }
    let nearby = description.nearby.compactMap(\.string)
    if !nearby.isEmpty { try sidecar.checkReferences(in: (photographs + others).map(display), nearby: nearby) }
    func read(_ name: Name) throws -> InputFile {
      let contents = try job.contents(of: name)
      return InputFile(name: display(name), bytes: contents.bytes, sha256: contents.sha256)
    }
    input = JobInput(
      photographs: try photographs.map(read), others: try others.map(read), sidecar: sidecar,
      sidecarFile: text.map { InputFile(name: display($0.name), bytes: $0.contents.bytes, sha256: $0.contents.sha256) },
      notes: description.notes + notes)
  }

  /// What the job works on: the dropped image, or those that `job.yaml` names.
  private static func photographs(
    _ job: JobSource, _ files: [JobFile], _ sidecar: Sidecar
  ) throws -> (names: [Name], notes: [String]) {
    guard job.isFolder else {
      guard let image = files.first(where: { $0.role == .image }) else {
        throw EditingError(.refuse, "\(job.description.name): there is no image for this sidecar; drop both, or an image alone")
      }
      return ([image.name], [])
    }
    let candidates = files.filter { $0.role != .sidecar }.map(\.name)
    var (names, notes): ([Name], [String]) = ([], [])
    for wanted in sidecar.imageNames {
      let match = NameMatch(Name(wanted), among: candidates)
      guard let name = match.name else {
        let found = match.doubt ?? "was not dropped together with this file"
          + Suggestion.clause(for: wanted, in: candidates.compactMap(\.string).sorted())
        throw EditingError(.refuse, "\(sidecar.file): '\(printable(wanted))' \(found)")
      }
      if names.contains(name) {
        throw EditingError(.refuse, "\(sidecar.file): '\(printable(wanted))' is '\(name)' again; each photograph is listed once")
      }
      names.append(name)
      notes += [match.note(for: Name(wanted))].compactMap { $0 }
    }
    return (names, notes)
  }
}

extension ServiceConfiguration {
  /// The watch that a job was dropped into.
  ///
  /// - Throws: `EditingError` where there is none any more.
  package func watch(of job: ClaimedJob) throws(EditingError) -> WatchSettings {
    guard let watch = watches.first(where: { $0.folders.inbox == job.watch.inbox }) else {
      throw EditingError(.refuse, "its inbox \(job.watch.inbox) is not watched any more")
    }
    return watch
  }
}

/// A file's name as text: itself where it is UTF-8, else with its odd bytes shown.
private func display(_ name: Name) -> String { name.string ?? name.description }
