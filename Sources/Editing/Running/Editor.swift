internal import Files
internal import FoundationEssentials
internal import Images
internal import Inversion
internal import PrintableText
internal import StrictYAML

/// Does whole jobs: photographs and instructions in, pictures, codes and a report out.
///
/// The results of one photograph lie at the top of the output. Of several, each has a folder of its own, named after the
/// photograph and laid out the same, and a `result.json` at the top lists them.
package struct Editor: Sendable {
  package let model: LoadedModel
  package let options: EditorOptions
  private let store: (any LatentStore)?

  /// - Parameter store: finished inversions, to be used again; nil to compute every one.
  package init(model: LoadedModel, options: EditorOptions, store: (any LatentStore)? = nil) {
    self.model = model
    self.options = options
    self.store = store
  }

  /// Refuses what cannot be done, without computing anything: attributes, layers, missing pictures, memory.
  ///
  /// - Throws: `YAMLError` with the place in the sidecar; `ImageError` for files that are no pictures; `EditingError`.
  package func check(_ input: JobInput) throws {
    guard !input.photographs.isEmpty else { throw EditingError(.refuse, "the job has no photograph") }
    guard input.pictures.count <= EditLimits.maximumImages else {
      throw EditingError(
        .refuse, "the job has \(input.pictures.count) pictures; at most \(EditLimits.maximumImages) are accepted")
    }
    try input.sidecar.check(model.facts)
    let single: [(any DeclaredKey, String)] = [(Sidecar.Keys.landmarks, "landmarks are"), (Sidecar.Keys.use, "a code is")]
    for (key, what) in single where input.photographs.count > 1 && input.sidecar.values.isGiven(key) {
      throw input.sidecar.values.place(of: key).error("\(what) of one photograph; the job has \(input.photographs.count)")
    }
    try input.sidecar.checkReferences(in: input.pictures.map(\.name))
    for file in input.pictures where CodeFile.isOne(file.bytes) { _ = try CodeFile(file, model.facts) }
    try input.sidecar.check(options.limits)
    try checkSteps(input.sidecar)
    let needed = try MemoryEstimate.bytes(
      for: input, workingBytes: model.workingBytes, alignment: model.facts.alignment, limits: options.pictureLimits)
    guard needed <= options.memoryLimitInBytes else {
      throw EditingError(
        .refuse,
        "the job needs about \(needed >> 20) MiB; \(options.memoryLimitInBytes >> 20) MiB are allowed "
          + "(limits.memory); use smaller pictures or a smaller model")
    }
    try checkCompanions(input)
  }

  /// A pack's default is not a limit: it is no reason to compute for longer than is allowed.
  private func checkSteps(_ sidecar: Sidecar) throws {
    let methods = [sidecar.inversion.method] + sidecar.compared, allowed = options.limits.steps
    let steps = methods.map { sidecar.inversionSettings(model.facts, method: $0).updates }.max() ?? 0
    guard steps > allowed else { return }
    throw sidecar.inversion.values.place.error(
      "\(model.facts.name) makes \(steps) steps where none are given; limits.steps allows \(allowed); "
        + "write invert: {steps: \(allowed)} or fewer")
  }

  /// Runs a job.
  ///
  /// - Throws: what `check` throws; `EditingError` with what the caller should do, and what the writer throws.
  @discardableResult
  package func run(
    _ input: JobInput, into writer: any OutputWriter, observer: any JobObserver = SilentObserver()
  ) throws -> JobResult {
    try check(input)
    let started = Date.now.formatted(.iso8601)
    let clock = ContinuousClock()
    let start = clock.now
    let output = OutputRecord(writer)
    let work = JobPictures(model: model, input: input, options: options, store: store, observer: observer)
    work.note(input.notes)
    let folders = photographFolders(input.photographs.map(\.name))
    var results: [PhotographResult] = []
    var matrices = StyleMatrices(photographs: folders.count, isWanted: input.sidecar.wantsSheet)
    for (photograph, folder) in zip(input.photographs, folders) {
      let session = PhotographRun(
        input: input, photograph: photograph, folder: folder, started: started, options: options, work: work,
        output: output)
      results.append(try session.run(&matrices))
    }
    let matrixFiles = try matrices.files()
    for (name, bytes) in matrixFiles { try output.write(name, bytes) }
    let originals = try copyOriginals(input, output)
    let seconds = (clock.now - start).inSeconds
    if folders.count > 1 {
      if input.sidecar.wantsReport {
        let page = OverviewPage(
          title: "\(results.count) photographs", photographs: results, matrices: matrixFiles.map(\.name))
        try output.write("report.html", page.bytes)
      }
      let report = overview(input, results, originals, output, started: started, seconds: seconds)
      try output.write("result.json", report.bytes)
    }
    return JobResult(photographs: results, files: output.paths, warnings: results.flatMap(\.warnings), seconds: seconds)
  }

  /// Refuses masks that do not fit their photographs, and what is no mask or no code.
  private func checkCompanions(_ input: JobInput) throws {
    if !input.sidecar.compared.isEmpty, let subject = input.photographs.first(where: { CodeFile.isOne($0.bytes) }) {
      throw input.sidecar.values.place(of: Sidecar.Keys.compare).error(
        "compare: \(quoted(subject.name)) is a saved code, which no method finds anew; remove compare")
    }
    for reference in input.sidecar.references where reference.kind != .picture {
      guard let (file, _) = input.picture(reference.name) else { continue }
      let start = "\(reference.field): \(quoted(file.name))"
      let isCode = CodeFile.isOne(file.bytes)
      if reference.kind == .code {
        guard isCode else { throw reference.place.error("\(start) is no saved code; name a latent.safetensors or latent.npy") }
        if let subject = input.photographs.first(where: { CodeFile.isOne($0.bytes) }) {
          throw reference.place.error("\(start) is one code too many: \(quoted(subject.name)) is a code itself; remove use")
        }
        continue
      }
      guard !isCode else { throw reference.place.error("\(start) is a saved code; a mask is a picture") }
      let side = model.facts.resolution, info = try PictureInfo(of: file.bytes, name: file.name, limits: options.pictureLimits)
      for photograph in input.photographs where (info.width, info.height) != (side, side) {
        let size = "\(start) has \(info.width)×\(info.height) pixels"
        guard !CodeFile.isOne(photograph.bytes) else {
          throw reference.place.error("\(size); a mask for a saved code has the model's size, \(side)×\(side)")
        }
        let whole = try PictureInfo(of: photograph.bytes, name: photograph.name, limits: options.pictureLimits)
        guard (info.width, info.height) == (whole.width, whole.height) else {
          throw reference.place.error(
            "\(size); a mask has the size of its photograph, \(whole.width)×\(whole.height) (\(printable(photograph.name))), "
              + "or the model's, \(side)×\(side); it is not scaled")
        }
      }
    }
  }

  /// Where each photograph's results go: at the top when there is one, else in folders that differ in every case.
  private func photographFolders(_ names: [String]) -> [String] {
    guard names.count > 1 else { return [""] }
    var taken: Set<FoldedName> = []
    return names.map { name in
      let stem = Name(pathComponent(fileStem(name)))
      let folder = (1...).lazy.map { numberedName(stem, $0) }.first { folder in
        !AnswerNames.isReserved(folder) && taken.insert(folder.folded).inserted
      }
      return (folder?.string ?? "") + "/"
    }
  }

  /// Puts the dropped files beside the results, or into `originals/` where a result is named like one.
  private func copyOriginals(_ input: JobInput, _ output: OutputRecord) throws -> [String] {
    guard options.copiesOriginals else { return [] }
    return try (input.pictures + [input.sidecarFile].compactMap { $0 }).map { file in
      var path = file.name
      var number = 1
      while output.isTaken(path) || (number == 1 && AnswerNames.isReserved(Name(file.name))) {
        path = "\(AnswerNames.originals(number))/" + file.name
        number += 1
      }
      try output.write(path, file.bytes)
      return path
    }
  }

  private func overview(
    _ input: JobInput, _ results: [PhotographResult], _ originals: [String], _ output: OutputRecord, started: String,
    seconds: Double
  ) -> JSON {
    [
      "format": .integer(1),
      "program": ["name": "idinvert", "version": .text(options.programVersion)],
      "started": .text(started),
      "pack": Report.pack(model.facts),
      "inputs": .list((input.pictures + [input.sidecarFile].compactMap { $0 }).map(Report.input)),
      "photographs": .list(results.map { ["name": .text($0.name), "folder": .text($0.folder)] }),
      "warnings": .texts(results.flatMap(\.warnings)),
      "timings": ["total": .number(rounded(seconds))],
      "files": .texts((output.paths + ["result.json"]).sorted()),
    ]
  }
}

/// What a job gave.
package struct JobResult: Sendable {
  package let photographs: [PhotographResult]
  /// Relative paths, in the order of writing.
  package let files: [String]
  package let warnings: [String]
  package let seconds: Double
}

/// What a photograph gave.
package struct PhotographResult: Sendable {
  package let name: String
  /// Relative, with a slash at the end; empty for the top.
  package let folder: String
  package let inversion: RunReport
  package let warnings: [String]
}

/// To milliseconds; more would be noise.
func rounded(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }
