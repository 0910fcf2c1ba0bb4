internal import Faces
internal import Files
internal import Images
internal import Inversion
internal import PrintableText

/// What is written beside an edit's pictures.
extension PhotographRun {
  /// Writes what the inversions gave, and puts it on the sheet.
  func writeInversions(_ subject: inout Subject) throws {
    let (inverted, folder) = (subject.inverted, subject.folder)
    var pictures: [(String, Picture)] = []
    // A saved code has no photograph any more.
    if inverted.hasPhotograph { pictures.append(("original", inverted.pixels)) }
    if let encoder = inverted.encoder { pictures.append(("encoder", try work.synthesize(encoder))) }
    pictures.append(("inverted", try work.synthesize(inverted.code)))
    for (name, pixels) in pictures { try output.write(folder + name + ".png", pixels.pngBytes()) }
    subject.page.hasPhotograph = inverted.hasPhotograph
    subject.sheet.rows.append(
      SheetPlan.Row(label: "inversion", cells: pictures.map { SheetPlan.Cell(label: $0.0, pixels: $0.1) }))
    if sidecar.wantsLatents {
      let codes = (inverted.encoder.map { [(name: "encoder", code: $0)] } ?? []) + [(name: "inverted", code: inverted.code)]
      try output.write(folder + "latent.safetensors", LatentCode.safetensors(codes, facts))
      try output.write(folder + "latent.npy", LatentCode.npy([inverted.code]))
    }
    try writeCompared(&subject)
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

  /// The other methods' inversions, side by side as in the paper's figure 2.
  private func writeCompared(_ subject: inout Subject) throws {
    guard !sidecar.compared.isEmpty else { return }
    var cells = [SheetPlan.Cell(label: "original", pixels: subject.inverted.pixels)]
    var frames: [(path: String, label: String)] = []
    for variant in order(subject.variants).map({ subject.variants[$0] }) {
      let pixels = try work.synthesize(variant.inverted.code)
      if !variant.folder.isEmpty {
        try output.write(subject.folder + variant.folder + "inverted.png", pixels.pngBytes())
        if sidecar.wantsLatents {
          let codes = [(name: "inverted", code: variant.inverted.code)]
          try output.write(subject.folder + variant.folder + "latent.safetensors", LatentCode.safetensors(codes, facts))
        }
      }
      cells.append(SheetPlan.Cell(label: variant.label, pixels: pixels))
      frames.append((variant.folder + "inverted.png", variant.label))
    }
    subject.sheet.rows.append(SheetPlan.Row(label: "by each method", cells: cells))
    subject.page.rows.append(ReportPage.Row(title: "inversion by each method", frames: frames))
  }

  /// What the page shows besides its rows.
  func page(_ subject: Subject, _ warnings: [String]) -> ReportPage {
    var page = subject.page
    page.losses = LossCurves(subject.inverted.report.losses)
    page.warnings = warnings
    page.sidecar = input.sidecarFile.map { String(decoding: $0.bytes, as: UTF8.self) }
    page.settings = String(decoding: Report.settings(sidecar, facts).bytes, as: UTF8.self)
    return page
  }

  /// An edit's entry in `result.json`.
  ///
  /// - Parameter folder: below the subject's.
  func entry(_ edit: any Edit, _ folder: String, _ row: EditedRow) -> JSON {
    let runs = row.result.runs
    let entries: [(String, JSON?)] = [
      ("edit", .text(edit.title)), ("folder", .text(folder)),
      ("frames", .list(row.files.map { ["file": .text($0.file), "label": .text($0.label)] })),
    ]
    guard runs.count > 1 else { return JSON.present(entries + (runs.first.map { Report.run($0.report) } ?? [])) }
    let list = runs.map { JSON.present([("label", .text($0.label))] + Report.run($0.report)) }
    return JSON.present(entries + [("runs", .list(list))])
  }

  /// `result.json`.
  func report(
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
    let compared = subject.variants.dropFirst().map { variant in
      JSON.present(
        [("method", .text(variant.method.rawValue)), ("folder", .text(String(variant.folder.dropLast())))]
          + Report.run(variant.inverted.report) + [("edits", .list(variant.edits))])
    }
    entries += [
      ("domain_distance", distance),
      ("edits", .list(subject.variants[0].edits)),
      ("compared", compared.isEmpty ? nil : .list(compared)),
      ("warnings", .texts(warnings)),
      ("timings", .object(timings.map { (key: $0.0, value: $0.1) })),
      ("files", .texts((files + ["result.json"]).sorted())),
    ]
    return JSON.present(entries)
  }
}
