package import Images
package import WeightFiles

/// Finds faces and five points in each: eyes, nose, corners of the mouth.
///
/// MTCNN as in facenet-pytorch, whose weights it reads; the arithmetic and its numbers are in `Fixtures/align`.
package struct FaceDetector: Sendable {
  private let networks: DetectorNetworks

  /// Thresholds of the three networks and of the suppressions after each.
  private static let thresholds: (Float, Float, Float) = (0.6, 0.7, 0.7)
  private static let overlap = (level: 0.5, other: 0.7)
  /// More than any photograph has; beyond it a picture made to be slow would succeed.
  private static let largestCount = (level: 5000, merged: 2000)
  /// Cells to a side that the first network sees at once; bounds its memory.
  private static let tile = 128

  /// Reads the networks.
  ///
  /// - Throws: `WeightFileError` when the file is missing or not the detector's.
  package init(path: String) throws(WeightFileError) {
    networks = try DetectorNetworks(SafetensorsFile(path: path))
  }

  /// Runs the three networks, one after another.
  ///
  /// - Parameter minimumFace: side of the smallest face that is looked for, in pixels.
  package func cascade(_ picture: Picture, minimumFace: Int) throws -> Cascade {
    var cascade = Cascade()
    for level in Level.all(width: picture.width, height: picture.height, minimumFace: minimumFace) {
      let found = best(try proposals(in: picture, level).proposals, \.score, Self.largestCount.level)
      let kept = nonMaximumSuppression(found.map(\.scored), .ofUnion, threshold: Self.overlap.level)
      cascade.levels.append((level, found.count, kept.count))
      cascade.proposals += kept.map { found[$0] }
    }
    cascade.merged = nonMaximumSuppression(
      cascade.proposals.map(\.scored), .ofUnion, threshold: Self.overlap.other
    ).prefix(Self.largestCount.merged).map { cascade.proposals[$0] }
    try refine(picture, &cascade)
    try conclude(picture, &cascade)
    return cascade
  }

  /// The first network over a level, tile by tile.
  ///
  /// - Returns: proposals in the order of rows, and the maps where the level is one tile.
  package func proposals(
    in picture: Picture, _ level: Level
  ) throws -> (proposals: [Proposal], probabilities: [Float], regression: [Float]) {
    var rows: [Int: [Proposal]] = [:]
    var maps: (probabilities: [Float], regression: [Float]) = ([], [])
    let scale = Float(level.scale)
    for down in runs(of: ProposalNetwork.cells(level.height), length: Self.tile) {
      for across in runs(of: ProposalNetwork.cells(level.width), length: Self.tile) {
        // The last pooling window may reach past the level, so the last tile gets all that is left.
        func pixels(_ cells: Range<Int>, of side: Int) -> Range<Int> {
          2 * cells.lowerBound
            ..< (cells.upperBound == ProposalNetwork.cells(side) ? side : 2 * (cells.upperBound - 1) + ProposalNetwork.window)
        }
        let (y, x) = (pixels(down, of: level.height), pixels(across, of: level.width))
        let output = try networks.proposals(
          levelPixels(picture, level, columns: x, rows: y), height: y.count, width: x.count)
        maps = (output.probabilities, output.regression)
        for (index, probability) in output.probabilities.enumerated() where probability >= Self.thresholds.0 {
          let (row, column) = (down.lowerBound + index / across.count, across.lowerBound + index % across.count)
          func edge(_ pixel: Int) -> Float { (Float(pixel) / scale).rounded(.down) }
          let count = output.probabilities.count
          let box = FaceBox(
            x1: edge(2 * column + 1), y1: edge(2 * row + 1), x2: edge(2 * column + 12), y2: edge(2 * row + 12))
          let moves = (0..<4).map { output.regression[$0 * count + index] }
          rows[row, default: []].append(
            Proposal(box: box, score: probability, regression: SIMD4(moves[0], moves[1], moves[2], moves[3])))
        }
      }
    }
    return (rows.keys.sorted().flatMap { rows[$0] ?? [] }, maps.probabilities, maps.regression)
  }

  /// `[3, rows, columns]` of a level, prepared for the network.
  private func levelPixels(_ picture: Picture, _ level: Level, columns: Range<Int>, rows: Range<Int>) -> [Float] {
    let all = PixelRegion(x: 0, y: 0, width: picture.width, height: picture.height)
    let bands = runs(of: rows.count, length: 16)
    let pieces = inPieces(bands.count) { index in
      AreaResampling.resampled(
        picture, from: all, toWidth: level.width, height: level.height, columns: columns,
        rows: rows.lowerBound + bands[index].lowerBound..<rows.lowerBound + bands[index].upperBound)
    }
    var result: [Float] = []
    result.reserveCapacity(3 * rows.count * columns.count)
    for channel in 0..<3 {
      for (band, piece) in zip(bands, pieces) {
        let plane = band.count * columns.count
        result += piece[channel * plane..<(channel + 1) * plane]
      }
    }
    return DetectorNetworks.prepared(result)
  }

  private func refine(_ picture: Picture, _ cascade: inout Cascade) throws {
    let squares = cascade.merged.map {
      ScoredBox(box: $0.box.moved(by: $0.regression, margin: 0).squared, score: $0.score)
    }
    var judgement = try judge(squares, by: networks.refinement, picture)
    let passed = judgement.scores.indices.filter { judgement.scores[$0] > Self.thresholds.1 }
    judgement.passed = passed.map { ScoredBox(box: judgement.candidates[$0].box, score: judgement.scores[$0]) }
    let kept = nonMaximumSuppression(judgement.passed, .ofUnion, threshold: Self.overlap.other)
    judgement.kept = kept.map {
      let moved = judgement.passed[$0].box.moved(by: judgement.regressions[passed[$0]], margin: 1)
      return ScoredBox(box: moved.squared, score: judgement.passed[$0].score)
    }
    cascade.refinement = judgement
  }

  private func conclude(_ picture: Picture, _ cascade: inout Cascade) throws {
    var judgement = try judge(cascade.refinement.kept, by: networks.output, picture)
    let passed = judgement.scores.indices.filter { judgement.scores[$0] > Self.thresholds.2 }
    judgement.passed = passed.map {
      ScoredBox(
        box: judgement.candidates[$0].box.moved(by: judgement.regressions[$0], margin: 1), score: judgement.scores[$0])
    }
    let kept = nonMaximumSuppression(judgement.passed, .ofSmaller, threshold: Self.overlap.other)
    judgement.kept = kept.map { judgement.passed[$0] }
    let points = kept.map { index in
      let box = judgement.candidates[passed[index]].box, shares = judgement.points[passed[index]]
      return (0..<5).map { k in
        let x = (box.width + 1) * shares[k] + box.x1 - 1, y = (box.height + 1) * shares[k + 5] + box.y1 - 1
        return Point(x: Double(x), y: Double(y))
      }
    }
    let order = judgement.kept.indices.sorted {
      let (a, b) = (judgement.kept[$0].box.area, judgement.kept[$1].box.area)
      return a == b ? $0 < $1 : a > b
    }
    cascade.faces = order.map { (judgement.kept[$0], points[$0]) }
    cascade.output = judgement
  }

  /// Cuts the squares out and shows them to a network; those that hold no pixel of the photograph are dropped.
  private func judge(_ squares: [ScoredBox], by network: CropNetwork, _ picture: Picture) throws -> Cascade.Judgement {
    var judgement = Cascade.Judgement()
    for square in squares {
      guard let crop = Self.crop(square.box, picture) else { continue }
      judgement.candidates.append(square)
      judgement.crops.append(crop)
    }
    let crops = judgement.crops, side = network.side
    for batch in runs(of: crops.count, length: 256) {
      let pixels = inPieces(batch.count) { index in
        let crop = crops[batch.lowerBound + index]
        let region = PixelRegion(
          x: crop[0] - 1, y: crop[1] - 1, width: crop[2] - crop[0] + 1, height: crop[3] - crop[1] + 1)
        return DetectorNetworks.prepared(AreaResampling.resampled(picture, from: region, toWidth: side, height: side))
      }
      for output in try network(pixels) {
        judgement.scores.append(output.score)
        judgement.regressions.append(output.regression)
        judgement.points.append(output.points)
      }
    }
    return judgement
  }

  /// The pixels of a box that lie in the picture, counted from 1. Nothing is padded: what remains is stretched later.
  private static func crop(_ box: FaceBox, _ picture: Picture) -> [Int]? {
    // Far beyond every picture, and small enough to be counted.
    let sides = [box.x1, box.y1, box.x2, box.y2]
    guard sides.allSatisfy({ abs($0) < 1e9 }) else { return nil }
    let crop = [max(Int(box.x1), 1), max(Int(box.y1), 1), min(Int(box.x2), picture.width), min(Int(box.y2), picture.height)]
    return crop[2] < crop[0] || crop[3] < crop[1] ? nil : crop
  }

  /// The output network on prepared crops of 48 pixels.
  func outputs(_ crops: [[Float]]) throws -> [CropNetwork.Output] { try networks.output(crops) }

  private func best<Item>(_ items: [Item], _ score: KeyPath<Item, Float>, _ count: Int) -> [Item] {
    guard items.count > count else { return items }
    let order = items.indices.sorted {
      let (a, b) = (items[$0][keyPath: score], items[$1][keyPath: score])
      return a == b ? $0 < $1 : a > b
    }
    return order.prefix(count).sorted().map { items[$0] }
  }
}
