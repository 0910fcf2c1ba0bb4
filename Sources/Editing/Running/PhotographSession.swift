internal import Images
internal import Inversion

/// One photograph's way through a job: inversion, edits, files.
struct PhotographSession {
  let input: JobInput
  let photograph: InputFile
  /// Relative, with a slash at the end; empty for the top.
  let folder: String
  let started: String
  let options: EditorOptions
  let work: PictureWork
  let output: OutputRecord

  private var facts: PackFacts { work.model.facts }
  private var sidecar: Sidecar { input.sidecar }

  func run() throws -> PhotographResult {
    let clock = ContinuousClock()
    var timings: [(String, JSON)] = []
    var last = clock.now
    func lap(_ name: String) {
      timings.append((name, .number(rounded((clock.now - last).inSeconds))))
      last = clock.now
    }
    let firstWarning = work.warnings.count
    let firstPath = output.paths.count
    let reused = work.reusedInversions
    try work.announce(.decoding, picture: photograph.name)
    _ = try work.fitted(photograph.name)
    lap("decode")
    try work.announce(.inverting, picture: photograph.name)
    let inverted = try work.inverted(photograph.name)
    lap("invert")
    var sheet = SheetPlan(title: "\(photograph.name) · \(facts.name)")
    try write(inverted, &sheet)
    var edits: [JSON] = []
    for (index, edit) in sidecar.edits.enumerated() {
      try work.announce(.editing(edit.title), picture: photograph.name)
      edits.append(try run(edit, number: index + 1, on: inverted, &sheet))
      lap(String(index + 1) + " " + edit.title)
    }
    try work.announce(.writing, picture: photograph.name)
    let warnings = Array(work.warnings[firstWarning...])
    sheet.notes = warnings
    if sidecar.wantsSheet { try output.write(folder + "sheet.png", sheet.pngBytes()) }
    lap("sheet")
    timings.append(("reused", .integer(work.reusedInversions - reused)))
    let files = output.paths[firstPath...].map { String($0.dropFirst(folder.count)) }
    let report = report(inverted, edits, warnings, files, timings)
    try output.write(folder + "result.json", report.bytes)
    return PhotographResult(name: photograph.name, folder: folder, inversion: inverted.report, warnings: warnings)
  }

  /// Writes what the inversion gave, and puts it on the sheet.
  private func write(_ inverted: InvertedPicture, _ sheet: inout SheetPlan) throws {
    let pictures = [
      ("original", inverted.pixels), ("encoder", try work.synthesize(inverted.encoder)),
      ("inverted", try work.synthesize(inverted.code)),
    ]
    for (name, pixels) in pictures { try output.write(folder + name + ".png", pixels.pngBytes()) }
    sheet.rows.append(
      SheetPlan.Row(label: "inversion", cells: pictures.map { SheetPlan.Cell(label: $0.0, pixels: $0.1) }))
    if sidecar.wantsLatents {
      let codes = [("encoder", inverted.encoder), ("inverted", inverted.code)].map { (name: $0.0, code: $0.1) }
      try output.write(folder + "latent.safetensors", LatentCode.safetensors(codes, facts))
      try output.write(folder + "latent.npy", LatentCode.npy([inverted.code]))
    }
    guard !inverted.snapshots.isEmpty else { return }
    let shown = Set(SheetPlan.selection(of: inverted.snapshots.count, maximum: SheetPlan.maximumColumns))
    var cells: [SheetPlan.Cell] = []
    for (index, snapshot) in inverted.snapshots.enumerated() {
      let pixels = try work.synthesize(snapshot.code)
      try output.write("\(folder)snapshots/step-\(padded(snapshot.updates, 4)).png", pixels.pngBytes())
      if shown.contains(index) { cells.append(SheetPlan.Cell(label: "step \(snapshot.updates)", pixels: pixels)) }
    }
    sheet.rows.append(SheetPlan.Row(label: "on the way", cells: cells))
  }

  /// Runs an edit, writes its pictures one by one, and keeps those that the sheet shows.
  private func run(_ edit: any Edit, number: Int, on inverted: InvertedPicture, _ sheet: inout SheetPlan) throws -> JSON {
    let result = try edit.run(in: Studio(facts: facts, subject: inverted, work: work))
    let name = padded(number, 2) + "-" + pathComponent([type(of: edit).declaration.name, edit.subject]
      .compactMap { $0 }.joined(separator: "-"))
    var cells: [SheetPlan.Cell] = []
    for ingredient in result.ingredients {
      try output.write("\(folder)\(name)/\(ingredient.name).png", ingredient.pixels.pngBytes())
      cells.append(SheetPlan.Cell(label: ingredient.label, pixels: ingredient.pixels))
    }
    let shown = Set(
      SheetPlan.selection(of: result.frames.count, maximum: max(2, SheetPlan.maximumColumns - cells.count)))
    var frames: [JSON] = []
    let digits = max(2, String(max(0, result.frames.count - 1)).count)
    for (index, frame) in result.frames.enumerated() {
      let file = padded(index, digits) + ".png"
      let pixels = try work.synthesize(frame.code)
      try output.write("\(folder)\(name)/\(file)", pixels.pngBytes())
      if shown.contains(index) { cells.append(SheetPlan.Cell(label: frame.label, pixels: pixels)) }
      frames.append(["file": .text(file), "label": .text(frame.label)])
    }
    if sidecar.wantsLatents, !result.frames.isEmpty {
      try output.write("\(folder)\(name)/codes.npy", LatentCode.npy(result.frames.map(\.code)))
    }
    sheet.rows.append(SheetPlan.Row(label: edit.title, cells: cells))
    work.note(result.warnings.map { "\(edit.title): \($0)" })
    return JSON.present(
      [("edit", .text(edit.title)), ("folder", .text(name)), ("frames", .list(frames))]
        + (result.run.map(Report.run) ?? []))
  }

  private func report(
    _ inverted: InvertedPicture, _ edits: [JSON], _ warnings: [String], _ files: [String], _ timings: [(String, JSON)]
  ) -> JSON {
    let inputs = input.photographs.filter { $0.name == photograph.name } + input.others + [input.sidecarFile].compactMap { $0 }
    return JSON.present(
      [
        ("format", .integer(1)),
        ("program", ["name": "idinvert", "version": .text(options.programVersion)]),
        ("started", .text(started)),
        ("photograph", .text(photograph.name)),
        ("pack", Report.pack(facts)),
        ("inputs", .list(inputs.map(Report.input))),
        ("settings", Report.settings(sidecar, facts)),
      ] + Report.run(inverted.report) + [
        (
          "domain_distance",
          JSON.present([
            ("value", .float(inverted.domainDistance)), ("limit", facts.domainLimit.map(JSON.number)),
          ])
        ),
        ("edits", .list(edits)),
        ("warnings", .texts(warnings)),
        ("timings", .object(timings.map { (key: $0.0, value: $0.1) })),
        ("files", .texts((files + ["result.json"]).sorted())),
      ])
  }
}

/// A number with zeros in front.
private func padded(_ number: Int, _ digits: Int) -> String {
  let text = String(number)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}
