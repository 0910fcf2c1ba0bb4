internal import Faces
internal import Files
internal import Images
internal import Inversion
internal import PrintableText

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

  var facts: ModelInfo { work.model.facts }
  var sidecar: Sidecar { input.sidecar }

  /// - Parameter matrices: get a row of each edit that mixes styles.
  func run(_ matrices: inout StyleMatrices) throws -> PhotographResult {
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
        found: square.face > 0 ? prepared.faces[square.face - 1] : nil, variants: try variants(of: square),
        sheet: SheetPlan(title: "\(photograph.name) · \(facts.name)"),
        page: ReportPage(title: photograph.name, model: facts))
      lap(index == 0 ? "invert" : "invert face \(square.face)")
      try writeInversions(&subject)
      subjects.append(subject)
    }
    let board = try prepared.whole.map { try self.board($0, subjects) }
    if let board { try output.write(folder + "mask.png", board.maskBytes()) }
    for (index, edit) in sidecar.edits.enumerated() {
      try work.announce(.editing(edit.title), picture: photograph.name)
      var board = board
      if let mask = edit.keptMask, let whole = prepared.whole { board = try self.board(whole, subjects, keeping: mask) }
      try run(edit, number: index + 1, &subjects, board, &matrices)
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

  /// The sidecar's method first, then those that are compared with it.
  private func variants(of square: FittedPicture) throws -> [Variant] {
    let isCompared = !sidecar.compared.isEmpty
    let methods = [sidecar.inversion.method] + sidecar.compared.filter { $0 != sidecar.inversion.method }
    return try methods.enumerated().map { index, method in
      Variant(
        method: method, folder: index == 0 ? "" : "by-\(method.rawValue)/", label: isCompared ? method.rawValue : "",
        inverted: try work.inverted(square, by: method))
    }
  }

  /// The variants as they are shown: in the order of `compare`, one that it does not list first.
  func order(_ variants: [Variant]) -> [Int] {
    let listed = sidecar.compared.compactMap { method in variants.firstIndex { $0.method == method } }
    return variants.indices.filter { !listed.contains($0) } + listed
  }

  /// Where the photograph may change.
  ///
  /// - Parameter mask: of an edit that is limited to a part of it.
  private func board(_ whole: WholePhotograph, _ subjects: [Subject], keeping mask: String? = nil) throws -> PasteBoard {
    let squares = try subjects.map { subject in
      for name in [sidecar.mask, mask].compactMap({ $0 }) { _ = try work.mask(name, over: subject.square) }
      return PasteBoard.Square(
        placement: subject.square.placement, unedited: try work.synthesize(subject.inverted.code),
        limits: try [sidecar.mask, mask].compactMap { $0 }.map { try work.limit($0, over: subject.square) })
    }
    return PasteBoard(whole, squares, mask: sidecar.mask == nil ? .ellipse : .edge)
  }

  /// Runs an edit on every square by every method, writes its pictures one by one, and keeps those that the sheets show.
  private func run(
    _ edit: any Edit, number: Int, _ subjects: inout [Subject], _ board: PasteBoard?, _ matrices: inout StyleMatrices
  ) throws {
    let name = padded(number, 2) + "-" + pathComponent([type(of: edit).declaration.name, edit.subject]
      .compactMap { $0 }.joined(separator: "-"))
    var rows: [[EditedRow]] = []
    for subject in subjects {
      rows.append(try subject.variants.map { try row(edit, name, subject, $0) })
    }
    try writeFrames(edit, name, subjects, &rows, board)
    for index in subjects.indices {
      for variant in order(subjects[index].variants) {
        let row = rows[index][variant], folder = subjects[index].variants[variant].folder
        if sidecar.wantsLatents, !row.result.frames.isEmpty {
          try output.write("\(subjects[index].folder)\(folder)\(name)/codes.npy", LatentCode.npy(row.result.frames.map(\.code)))
        }
        subjects[index].sheet.rows += row.sheetRows(subjects[index].square)
        var pageRows = row.pageRows("\(folder)\(name)/", isAnimated: sidecar.animation == .webp)
        // Whole photographs lie at the top only.
        if board != nil, index == 0, variant == 0 {
          for place in pageRows.indices {
            pageRows[place].whole = pageRows[place].frames.map { ("whole/" + $0.path, $0.label) }
            pageRows[place].wholeAnimation = pageRows[place].animation.map { "whole/" + $0 }
          }
        }
        subjects[index].page.rows += pageRows
        subjects[index].variants[variant].edits.append(entry(edit, folder + name, row))
      }
      matrices.add(edit, number: number, subject: subjects[index].square, rows[index][0])
    }
  }

  /// Computes an edit's codes and writes what took part.
  private func row(_ edit: any Edit, _ name: String, _ subject: Subject, _ variant: Variant) throws -> EditedRow {
    let result = try edit.run(
      in: EditContext(
        facts: facts, subject: variant.inverted, square: subject.square, method: variant.method, work: work))
    for ingredient in result.ingredients {
      try output.write("\(subject.folder)\(variant.folder)\(name)/\(ingredient.name).png", ingredient.pixels.pngBytes())
    }
    // What every method would say is said once.
    if variant.folder.isEmpty { work.note(result.warnings.map { "\(edit.title): \($0)" }) }
    return EditedRow(result, title: variant.title(edit))
  }

  private func writeFrames(
    _ edit: any Edit, _ name: String, _ subjects: [Subject], _ rows: inout [[EditedRow]], _ board: PasteBoard?
  ) throws {
    let masks = try edit.keptMask.map { mask in try subjects.map { try work.mask(mask, over: $0.square) } }
    let unedited = masks == nil ? [] : try subjects.map { try $0.variants.map { try work.synthesize($0.inverted.code) } }
    let count = rows.flatMap { $0 }.map(\.result.frames.count).max() ?? 0
    let digits = max(2, String(max(0, count - 1)).count)
    let isAnimated = sidecar.animation == .webp
    var films = subjects.map { $0.variants.map { _ in FrameFilm() } }, wholeFilm = FrameFilm(captureDate: board?.captureDate)
    for index in 0..<count {
      let file = "\(padded(index, digits)).png"
      var squares: [Picture] = []
      for (place, subject) in subjects.enumerated() {
        for (number, variant) in subject.variants.enumerated() {
          // Of two faces one may have fewer snapshots on the way; then its last one stays.
          let frames = rows[place][number].result.frames
          guard let last = frames.indices.last else { continue }
          let pixels = try work.synthesize(frames[min(index, last)].code)
          if number == 0 { squares.append(pixels) }
          guard index <= last else { continue }
          let shown = masks.map { masks in
            subject.square.pixels.withEdit(pixels, unedited: unedited[place][number], inside: masks[place])
          } ?? pixels
          try output.write("\(subject.folder)\(variant.folder)\(name)/\(file)", shown.pngBytes())
          rows[place][number].add(shown, index: index, file: file)
          if isAnimated { try films[place][number].add(shown) }
        }
      }
      if let board, squares.count == subjects.count {
        let whole = board.whole(squares)
        try output.write("\(folder)whole/\(name)/\(file)", board.pngBytes(whole))
        if isAnimated { try wholeFilm.add(whole, alpha: board.alpha) }
      }
    }
    guard isAnimated else { return }
    for (place, subject) in subjects.enumerated() {
      for (number, variant) in subject.variants.enumerated() {
        for file in try films[place][number].files(rows[place][number]) {
          try output.write("\(subject.folder)\(variant.folder)\(name)/\(file.name)", file.bytes)
        }
      }
    }
    for file in try wholeFilm.files(rows[0][0]) { try output.write("\(folder)whole/\(name)/\(file.name)", file.bytes) }
  }
}
