internal import Directions
internal import Kernels
internal import ModelPacks
internal import NeuralNetworks
internal import Statistics
internal import Tensors

/// Finds the pack's attributes: directions in the space of codes, from labels or from what pictures look like.
struct BoundaryStage {
  struct Found {
    var attribute: PackAttribute
    /// As long as the codes' deviation along it.
    let direction: [Float]
    let accuracy: Accuracy
  }

  let settings: TrainingSettings
  let generator: TrainedGenerator
  /// nil leaves out what labels say of photographs.
  let encoder: Encoder?
  let photographs: PreparedPhotographs
  /// Of photographs; nil leaves every attribute its usual range.
  let domainDistance: DomainDistance?
  let observer: any TrainingObserver

  /// - Returns: nil when it was asked to stop.
  func find() throws -> [Found]? {
    let labelled = try fromLabels()
    guard let found = labelled.isEmpty ? try fromPictures() : labelled else { return nil }
    return try withRanges(found)
  }

  private func withRanges(_ found: [Found]) throws -> [Found] {
    guard let encoder, let domainDistance, photographs.count > 0 else { return found }
    let range = try AttributeRange(generator, encoder, photographs, domainDistance, observer)
    return try found.map { found in
      var found = found
      found.attribute.range = try range.measured(found.direction)
      return found
    }
  }

  /// Codes of the photographs, a mean over rows, and what their labels say.
  private func fromLabels() throws -> [Found] {
    let items = photographs.training, labels = LabelScores(photographs, items)
    guard let encoder, !labels.attributes.isEmpty else { return [] }
    let reals = RealBatches(photographs), width = generator.generator.settings.wDimension
    var codes: [[Double]] = []
    try reals.forEachBatch(items) { pictures in
      for row in try encoder.encode(pictures).rows {
        codes.append((0..<width).map { column in
          stride(from: column, to: row.count, by: width).reduce(0) { $0 + Double(row[$1]) } / Double(row.count / width)
        })
      }
    }
    return try labels.attributes.compactMap { attribute in
      let known = attribute.scores.indices.filter { attribute.scores[$0] != nil }
      var rows = known.map { codes[$0] }, scores = known.map { attribute.scores[$0] ?? 0 }
      let groups = known.map { labels.groups[$0] }
      let distinct = Set(scores)
      // What a source has in common, its background and tint, is taken out of codes and scores.
      Self.center(&rows, &scores, groups)
      let rare = distinct.count == 2 ? distinct.map { value in known.count { attribute.scores[$0] == value } }.min() ?? 0 : 0
      let chosen = rare > 0 ? Double(min(rare, known.count / 2)) : 0.25
      return try search(attribute.name, attribute.title, rows, scores, chosen: chosen)
    }
  }

  static func center(_ rows: inout [[Double]], _ scores: inout [Double], _ groups: [Int]) {
    for group in Set(groups).sorted() {
      let members = groups.indices.filter { groups[$0] == group }
      let count = Double(members.count)
      let score = members.reduce(0) { $0 + scores[$1] } / count
      for member in members { scores[member] -= score }
      for column in rows[members[0]].indices {
        let mean = members.reduce(0) { $0 + rows[$1][column] } / count
        for member in members { rows[member][column] -= mean }
      }
    }
  }

  /// Codes drawn from the mapping and measures of their pictures.
  private func fromPictures() throws -> [Found]? {
    let random = RandomNumbers(seed: UInt64(settings.seed)), packed = try generator.packed()
    let side = settings.data.resolution, count = settings.boundaries.samples
    let source = generator.generator
    var codes: [[Double]] = [], scores: [String: [Double]] = [:]
    for (part, start) in stride(from: 0, to: count, by: 16).enumerated() {
      let size = min(16, count - start)
      let w = try source.w(fromZ: random.normals(.boundaryCodes, part, [size, source.settings.zDimension]))
      codes += w.rows.map { $0.map(Double.init) }
      for picture in try packed.synthesize(source.codes(w: w)).plain().rows {
        for (name, value) in PictureScores.scores(picture, side: side) { scores[name, default: []].append(value) }
      }
      if observer.shouldStop { return nil }
    }
    return try PictureScores.names.compactMap { name in
      try search(name, PictureScores.titles[name] ?? name, codes, scores[name] ?? [], chosen: settings.boundaries.share)
    }
  }

  private func search(
    _ name: String, _ title: String, _ rows: [[Double]], _ scores: [Double], chosen: Double
  ) throws -> Found? {
    let codes = Matrix(rows: rows)
    let found: BoundarySearch
    do {
      found = try BoundarySearch(
        codes, scores: scores, settings: BoundarySettings(chosen: chosen, seed: UInt64(settings.seed)))
    } catch let error as DirectionError {
      observer.say("warning: no boundary for \(name): \(error.description)")
      return nil
    }
    guard found.validation.share >= settings.boundaries.minimumAccuracy else {
      observer.say("warning: no boundary for \(name): right in \(found.validation.correct) of \(found.validation.count)")
      return nil
    }
    let length = try deviation(of: codes, along: found.normal)
    observer.say("\(name): right in \(found.validation.correct) of \(found.validation.count) codes it was not found from")
    return Found(
      attribute: PackAttribute(
        name: name, title: title, layers: LayerList(allOf: generator.generator.settings.layers),
        range: -AttributeRange.usual...AttributeRange.usual),
      direction: found.normal.map { Float($0 * length) }, accuracy: found.validation)
  }
}
