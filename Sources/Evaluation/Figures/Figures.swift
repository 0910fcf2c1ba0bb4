internal import Editing
package import Files
package import Images
internal import Inversion
package import ModelPacks

/// The figures of the paper's supplement, on any pack and any photographs.
package struct Figures {
  /// One of the thirteen.
  package struct Figure {
    package let number: Int
    package let caption: String
    package let sheet: ContactSheet

    /// As a PNG file.
    package func pngBytes() throws -> [UInt8] { try sheet.drawn().pngBytes() }
  }

  private let bench: Bench
  private static let two: [EvaluatedMethod] = [.image2stylegan, .inDomain]
  /// Photographs of a figure of reconstructions.
  private static let rows = 6
  private static let frames = 9

  /// - Throws: as an evaluation.
  package init(
    _ pack: ModelPack, photographs: String, output: String, folder: Folder, settings: EvaluationSettings,
    decoder: any PictureDecoding,
    observer: EvaluationObserver = EvaluationObserver()
  ) throws {
    bench = try Bench(
      pack, photographs: photographs, output: output, folder: folder, settings: settings, decoder: decoder, observer: observer)
  }

  /// Draws all thirteen, each when the one before has been taken.
  package func draw(_ take: (Figure) throws -> Void) throws {
    let drawings: [(caption: String, sheet: () throws -> ContactSheet)] = [
      ("Reconstructions by each method", { try reconstructions(from: 0) }),
      ("Reconstructions by each method, further photographs", { try reconstructions(from: Self.rows) }),
      ("Interpolation: odd rows Image2StyleGAN, even rows in-domain inversion", { try interpolations(from: 0) }),
      ("Interpolation, further pairs: odd rows Image2StyleGAN, even rows in-domain inversion", { try interpolations(from: 6) }),
      ("Interpolation by in-domain inversion", { try ownInterpolations(from: 0) }),
      ("Interpolation by in-domain inversion, further pairs", { try ownInterpolations(from: 12) }),
      ("Manipulation of every attribute: odd rows Image2StyleGAN, even rows in-domain inversion", { try manipulations(of: 0) }),
      ("Manipulation, a second photograph: odd rows Image2StyleGAN, even rows in-domain inversion", { try manipulations(of: 1) }),
      ("Manipulation, a third photograph: odd rows Image2StyleGAN, even rows in-domain inversion", { try manipulations(of: 2) }),
      ("Style mixing: contents down, styles across", { try mixing() }),
      ("The steps of a semantic diffusion: odd rows Image2StyleGAN, even rows in-domain inversion", { try diffusions(from: 0) }),
      ("The steps of a semantic diffusion, further pairs: odd rows Image2StyleGAN, even rows in-domain inversion", { try diffusions(from: 4) }),
      ("The size of the crop: stitched above its diffusion", { try cropSizes() }),
    ]
    for (index, drawing) in drawings.enumerated() {
      bench.workshop.announce("figure \(index + 1) of \(drawings.count)")
      var sheet = try drawing.sheet()
      sheet.title = "Figure \(index + 1). \(drawing.caption)"
      try take(Figure(number: index + 1, caption: drawing.caption, sheet: sheet))
    }
  }

  /// A photograph; with fewer than are wanted they come again.
  private func photograph(_ index: Int) -> Photograph {
    bench.photographs.chosen[index % bench.photographs.chosen.count]
  }

  private func sheet(_ rows: [(label: String, pictures: [Picture])]) -> ContactSheet {
    ContactSheet(rows: rows.map { row in ContactSheet.Row(label: row.label, cells: row.pictures.map { ContactSheet.Cell($0) }) })
  }

  private func reconstructions(from first: Int) throws -> ContactSheet {
    let methods = bench.workshop.methods
    return ContactSheet(rows: try (first..<first + Self.rows).map { index in
      let photograph = photograph(index)
      let pictures = try methods.map { ContactSheet.Cell(try bench.reconstruction(photograph, $0), label: $0.rawValue) }
      return ContactSheet.Row(cells: [ContactSheet.Cell(photograph.picture, label: "photograph")] + pictures)
    })
  }

  private func path(_ index: Int, _ method: EvaluatedMethod) throws -> [Picture] {
    let start = try bench.code(photograph(index), method), end = try bench.code(photograph(index + 1), method)
    return try EditArithmetic.interpolation(from: start, to: end, count: Self.frames)
      .map { try bench.workshop.picture(EditArithmetic.rounded($0)) }
  }

  private func interpolations(from first: Int) throws -> ContactSheet {
    var rows: [(label: String, pictures: [Picture])] = []
    for pair in 0..<3 {
      for method in Self.two { rows.append((method.rawValue, try path(first + 2 * pair, method))) }
    }
    return sheet(rows)
  }

  private func ownInterpolations(from first: Int) throws -> ContactSheet {
    var rows: [(label: String, pictures: [Picture])] = []
    for pair in 0..<6 { rows.append(("", try path(first + 2 * pair, .inDomain))) }
    return sheet(rows)
  }

  private func manipulations(of index: Int) throws -> ContactSheet {
    let facts = bench.workshop.facts, photograph = photograph(index)
    var rows: [(label: String, pictures: [Picture])] = []
    for attribute in facts.attributes {
      guard let boundary = bench.workshop.boundaries[attribute.name] else { continue }
      for method in Self.two {
        let codes = EditArithmetic.manipulation(
          of: try bench.code(photograph, method), along: boundary, from: attribute.range.lowerBound,
          to: attribute.range.upperBound, count: 7, width: facts.width, layers: attribute.layers)
        let pictures = try codes.map { try bench.workshop.picture(EditArithmetic.rounded($0)) }
        rows.append(("\(attribute.name), \(method.rawValue)", [photograph.picture] + pictures))
      }
    }
    return sheet(rows.isEmpty ? [("the pack has no attributes", [photograph.picture])] : rows)
  }

  private func mixing() throws -> ContactSheet {
    let facts = bench.workshop.facts, count = 5
    let layers = Array(max(0, facts.layers - 4)..<facts.layers)
    let contents = (0..<count).map(photograph), styles = (count..<2 * count).map(photograph)
    let mixes = try contents.map { content in
      try styles.map { style in
        try bench.workshop.picture(EditArithmetic.mix(
          style: bench.code(style, .inDomain), content: bench.code(content, .inDomain), width: facts.width, layers: layers))
      }
    }
    return StyleMatrix(contents: contents.map(\.picture), styles: styles.map(\.picture), mixes: mixes).sheet
  }

  private func diffusions(from first: Int) throws -> ContactSheet {
    let box = Box(share: 0.43, of: bench.resolution), ways = 5
    return ContactSheet(rows: try (0..<2).flatMap { pair in
      let target = photograph(first + 2 * pair), context = photograph(first + 2 * pair + 1)
      let stitched = target.picture.pasted(box, into: context.picture)
      return try Self.two.map { method in
        let run = try bench.workshop.diffuse(
          target, into: context, box: box, method, steps: bench.settings.steps, snapshots: ways)
        let way = try ([run.start] + run.snapshots).map(bench.workshop.picture)
        let labels = ["target", "context", "stitched", "start"]
          + run.snapshots.indices.map { "step \(($0 + 1) * (run.perceptual.count - 1) / max(1, run.snapshots.count))" }
        return ContactSheet.Row(
          label: method.rawValue,
          cells: zip([target.picture, context.picture, stitched] + way, labels).map { ContactSheet.Cell($0, label: $1) })
      }
    })
  }

  private func cropSizes() throws -> ContactSheet {
    let target = photograph(0), context = photograph(1)
    let shares = EvaluationSettings().boxShares
    var stitched: [ContactSheet.Cell] = [], diffused: [ContactSheet.Cell] = []
    for share in shares {
      let box = Box(share: share, of: bench.resolution)
      let run = try bench.workshop.diffuse(target, into: context, box: box, .inDomain, steps: bench.settings.steps)
      stitched.append(ContactSheet.Cell(
        target.picture.pasted(box, into: context.picture), label: "\(Int((share * 100).rounded())) %"))
      diffused.append(ContactSheet.Cell(try bench.workshop.picture(run.code)))
    }
    return ContactSheet(rows: [
      ContactSheet.Row(label: "stitched", cells: [ContactSheet.Cell(target.picture, label: "target")] + stitched),
      ContactSheet.Row(label: "diffused", cells: [ContactSheet.Cell(context.picture, label: "context")] + diffused),
    ])
  }
}
