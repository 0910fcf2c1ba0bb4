internal import Faces
internal import Files
internal import Images
internal import Inversion

/// One photograph's way through a job: inversion, edits, files.
struct PhotographRun {
  let input: JobInput
  let photograph: InputFile
  /// Relative, with a slash at the end; empty for the top.
  let folder: String
  let started: String
  let options: EditorOptions
  let work: JobPictures
  let output: OutputRecord

  private var facts: ModelInfo { work.model.facts }
  private var sidecar: Sidecar { input.sidecar }

  func run() throws -> PhotographResult {
    let clock = ContinuousClock()
    var timings: [(String, JSON)] = []
    var last = clock.now
    func lap(_ name: String) {
      timings.append((name, .number(rounded((clock.now - last).inSeconds))))
      last = clock.now
    }
    let firstPath = output.paths.count
    // The job's own notes are the first one's.
    let firstWarning = firstPath == 0 ? 0 : work.warnings.count
    let reused = work.reusedInversions
    try work.announce(.decoding, picture: photograph.name)
    let prepared = try work.prepared(photograph.name)
    lap("decode")
    try work.announce(.inverting, picture: photograph.name)
    var subjects: [Subject] = []
    for (index, square) in prepared.squares.enumerated() {
      var subject = Subject(
        folder: index == 0 ? folder : "\(folder)\(AnswerNames.face(square.face))/", square: square,
        found: square.face > 0 ? prepared.faces[square.face - 1] : nil, inverted: try work.inverted(square),
        sheet: SheetPlan(title: "\(photograph.name) · \(facts.name)"),
        page: ReportPage(title: photograph.name, model: facts))
      lap(index == 0 ? "invert" : "invert face \(square.face)")
      try write(&subject)
      subjects.append(subject)
    }
    let board = try prepared.whole.map { whole in
      PasteBoard(whole, try subjects.map { ($0.square.placement, try work.synthesize($0.inverted.code)) })
    }
    if let board { try output.write(folder + "mask.png", board.maskBytes()) }
    for (index, edit) in sidecar.edits.enumerated() {
      try work.announce(.editing(edit.title), picture: photograph.name)
      try run(edit, number: index + 1, &subjects, board)
      lap(String(index + 1) + " " + edit.title)
    }
    try work.announce(.writing, picture: photograph.name)
    let warnings = Array(work.warnings[firstWarning...])
    for index in subjects.indices where sidecar.wantsSheet {
      subjects[index].sheet.notes = warnings
      try output.write(subjects[index].folder + "sheet.png", subjects[index].sheet.pngBytes())
    }
    lap("sheet")
    for subject in subjects where sidecar.wantsReport {
      try output.write(subject.folder + "report.html", page(subject, warnings).bytes)
    }
    timings.append(("reused", .integer(work.reusedInversions - reused)))
    // The first one's report lists everything, so it comes last.
    for subject in subjects.reversed() {
      let files = output.paths[firstPath...].filter { $0.hasPrefix(subject.folder) }
        .map { String($0.dropFirst(subject.folder.count)) }
      let report = report(subject, prepared, warnings, files, timings)
      try output.write(subject.folder + "result.json", report.bytes)
    }
    return PhotographResult(
      name: photograph.name, folder: folder, inversion: subjects[0].inverted.report, warnings: warnings)
  }

  /// Writes what the inversion gave, and puts it on the sheet.
  private func write(_ subject: inout Subject) throws {
    let (inverted, folder) = (subject.inverted, subject.folder)
    var pictures: [(String, Picture)] = []
    // A saved code has no photograph any more.
    if inverted.domainDistance != nil { pictures.append(("original", inverted.pixels)) }
    if let encoder = inverted.encoder { pictures.append(("encoder", try work.synthesize(encoder))) }
    pictures.append(("inverted", try work.synthesize(inverted.code)))
    for (name, pixels) in pictures { try output.write(folder + name + ".png", pixels.pngBytes()) }
    subject.page.hasPhotograph = inverted.domainDistance != nil
    subject.sheet.rows.append(
      SheetPlan.Row(label: "inversion", cells: pictures.map { SheetPlan.Cell(label: $0.0, pixels: $0.1) }))
    if sidecar.wantsLatents {
      let codes = (inverted.encoder.map { [(name: "encoder", code: $0)] } ?? []) + [(name: "inverted", code: inverted.code)]
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
    subject.sheet.rows.append(SheetPlan.Row(label: "on the way", cells: cells))
    subject.page.rows.append(ReportPage.Row(
      title: "optimization",
      frames: inverted.snapshots.map { ("snapshots/step-\(padded($0.updates, 4)).png", "step \($0.updates)") }))
  }

  /// What the page shows besides its rows.
  private func page(_ subject: Subject, _ warnings: [String]) -> ReportPage {
    var page = subject.page
    page.losses = LossCurves(subject.inverted.report.losses)
    page.warnings = warnings
    page.sidecar = input.sidecarFile.map { String(decoding: $0.bytes, as: UTF8.self) }
    page.settings = String(decoding: Report.settings(sidecar, facts).bytes, as: UTF8.self)
    return page
  }

  /// Runs an edit on every square, writes its pictures one by one, and keeps those that the sheets show.
  private func run(_ edit: any Edit, number: Int, _ subjects: inout [Subject], _ board: PasteBoard?) throws {
    let name = padded(number, 2) + "-" + pathComponent([type(of: edit).declaration.name, edit.subject]
      .compactMap { $0 }.joined(separator: "-"))
    var rows: [EditedRow] = []
    for subject in subjects {
      let result = try edit.run(in: EditContext(facts: facts, subject: subject.inverted, work: work))
      var row = EditedRow(result)
      for ingredient in result.ingredients {
        try output.write("\(subject.folder)\(name)/\(ingredient.name).png", ingredient.pixels.pngBytes())
        row.cells.append(SheetPlan.Cell(label: ingredient.label, pixels: ingredient.pixels))
      }
      work.note(result.warnings.map { "\(edit.title): \($0)" })
      rows.append(row)
    }
    let count = rows.map(\.result.frames.count).max() ?? 0
    let digits = max(2, String(max(0, count - 1)).count)
    for index in 0..<count {
      let file = "\(name)/\(padded(index, digits)).png"
      var squares: [Picture] = []
      for (subject, place) in zip(subjects, rows.indices) {
        // Of two faces one may have fewer snapshots on the way; then its last one stays.
        let frames = rows[place].result.frames
        guard let last = frames.indices.last else { continue }
        let pixels = try work.synthesize(frames[min(index, last)].code)
        squares.append(pixels)
        if index <= last {
          try output.write(subject.folder + file, pixels.pngBytes())
          rows[place].add(pixels, index: index, file: "\(padded(index, digits)).png")
        }
      }
      if let board, squares.count == subjects.count {
        try output.write("\(folder)whole/\(file)", board.whole(squares).pngBytes())
      }
    }
    for index in subjects.indices {
      let result = rows[index].result
      if sidecar.wantsLatents, !result.frames.isEmpty {
        try output.write("\(subjects[index].folder)\(name)/codes.npy", LatentCode.npy(result.frames.map(\.code)))
      }
      subjects[index].sheet.rows.append(SheetPlan.Row(label: edit.title, cells: rows[index].cells))
      var row = ReportPage.Row(title: edit.title, frames: rows[index].files.map { ("\(name)/\($0.file)", $0.label) })
      // Whole photographs lie at the top only.
      if board != nil, index == 0 { row.whole = row.frames.map { ("whole/" + $0.path, $0.label) } }
      subjects[index].page.rows.append(row)
      subjects[index].edits.append(
        JSON.present(
          [
            ("edit", .text(edit.title)), ("folder", .text(name)),
            ("frames", .list(rows[index].files.map { ["file": .text($0.file), "label": .text($0.label)] })),
          ]
            + (result.run.map(Report.run) ?? [])))
    }
  }

  private func report(
    _ subject: Subject, _ prepared: PreparedPhotograph, _ warnings: [String], _ files: [String],
    _ timings: [(String, JSON)]
  ) -> JSON {
    let inverted = subject.inverted
    let inputs = input.photographs.filter { Name($0.name) == Name(photograph.name) } + input.others + [input.sidecarFile].compactMap { $0 }
    var entries: [(String, JSON?)] = [
      ("format", .integer(1)),
      ("program", ["name": "idinvert", "version": .text(options.programVersion)]),
      ("started", .text(started)),
      ("photograph", .text(photograph.name)),
      ("pack", Report.pack(facts)),
      ("inputs", .list(inputs.map(Report.input))),
      ("settings", Report.settings(sidecar, facts)),
      ("placement", Report.placement(subject.square.placement)),
      ("face", subject.found.map { Report.face($0, number: subject.square.face) }),
    ]
    if !prepared.faces.isEmpty {
      let faces = prepared.faces.enumerated().map { Report.face($0.element, number: $0.offset + 1) }
      entries.append(("faces", .list(faces)))
    }
    entries += Report.run(inverted.report)
    let distance = inverted.domainDistance.map {
      JSON.present([("value", .float($0)), ("limit", facts.domainLimit.map(JSON.number))])
    }
    entries += [
      ("domain_distance", distance),
      ("edits", .list(subject.edits)),
      ("warnings", .texts(warnings)),
      ("timings", .object(timings.map { (key: $0.0, value: $0.1) })),
      ("files", .texts((files + ["result.json"]).sorted())),
    ]
    return JSON.present(entries)
  }
}

/// A square of the photograph on its way.
private struct Subject {
  /// Relative, with a slash at the end; empty for the top.
  let folder: String
  let square: FittedPicture
  let found: FoundFace?
  let inverted: InvertedPicture
  var sheet: SheetPlan
  var page: ReportPage
  var edits: [JSON] = []
}

/// What an edit gave for a square, and what of it the sheet shows.
private struct EditedRow {
  let result: EditResult
  var cells: [SheetPlan.Cell] = []
  private(set) var files: [(file: String, label: String)] = []
  private let shown: Set<Int>

  init(_ result: EditResult) {
    self.result = result
    let maximum = max(2, SheetPlan.maximumColumns - result.ingredients.count)
    shown = Set(SheetPlan.selection(of: result.frames.count, maximum: maximum))
  }

  mutating func add(_ pixels: Picture, index: Int, file: String) {
    let label = result.frames[index].label
    if shown.contains(index) { cells.append(SheetPlan.Cell(label: label, pixels: pixels)) }
    files.append((file, label))
  }
}

/// A number with zeros in front.
private func padded(_ number: Int, _ digits: Int) -> String {
  let text = String(number)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}
