internal import Editing
internal import Images
internal import Statistics

/// S1: whether a mix has the style's colors and the content's shape.
struct Mixing {
  let bench: Bench
  private static let methods: [EvaluatedMethod] = [.inDomain, .image2stylegan]
  /// As in the paper's supplement.
  private static let styleLayers = 4

  /// Per content and style: whether its colors are nearer to the style, and its shape to the content.
  private struct Mixes {
    var color: [[Double]] = []
    var shape: [[Double]] = []
    var pictures: [Picture] = []
  }

  func section() throws -> Section {
    var section = Section("mixing", "Style mixing")
    bench.workshop.announce("style mixing")
    let count = min(bench.settings.mixedContents, bench.photographs.chosen.count / 2)
    let statement = "a mix has the style picture's colors and the content picture's shape"
    guard count > 0 else {
      section.claims = [Claim("S1", statement, undecided: "mixing needs two photographs")]
      return section
    }
    let contents = Array(bench.photographs.chosen.prefix(count))
    let styles = Array(bench.photographs.chosen.dropFirst(count).prefix(count))
    var mixes: [EvaluatedMethod: Mixes] = [:]
    for method in Self.methods { mixes[method] = try mix(method, contents, styles) }
    guard let inDomain = mixes[.inDomain], let other = mixes[.image2stylegan] else { return section }
    // Both photographs of a mix count: n is theirs.
    section.claims = [Claim(
      "S1", statement,
      [
        share("colors nearer to the style", inDomain.color, above: 0.5),
        share("shape nearer to the content", inDomain.shape, above: 0.5),
        share("colors, in-domain minus image2stylegan", difference(inDomain.color, other.color), above: 0, isRequired: false),
        share("shape, in-domain minus image2stylegan", difference(inDomain.shape, other.shape), above: 0, isRequired: false),
      ], least: min(bench.settings.leastPhotographs, 2 * bench.settings.mixedContents))]
    let reference = try FeatureSet(bench.judge.features(bench.photographs.reference.map(\.picture)))
    var rows: [[String]] = []
    for method in Self.methods {
      guard let mixed = mixes[method] else { continue }
      var realism = "–"
      if mixed.pictures.count > 1 {
        realism = shortNumber(try relativeFrechet(FeatureSet(bench.judge.features(mixed.pictures)), reference))
      }
      rows.append([
        method.rawValue, shortNumber(bench.mean(mixed.color.flatMap { $0 })), shortNumber(bench.mean(mixed.shape.flatMap { $0 })),
        realism, try bench.judge.scores(mixed.pictures).map { shortNumber(bench.mean($0)) } ?? "–",
      ])
    }
    section.tables = [ResultTable(
      title: "\(count) contents × \(count) styles, the last \(Self.styleLayers) layers from the style",
      columns: ["method", "colors of the style", "shape of the content", "FD/tr", "D"], rows: rows)]
    for method in Self.methods {
      section.add("\(method.rawValue)_color", (mixes[method]?.color ?? []).flatMap { $0 })
      section.add("\(method.rawValue)_shape", (mixes[method]?.shape ?? []).flatMap { $0 })
    }
    section.sheet = StyleMatrix(
      contents: contents.prefix(5).map(\.picture), styles: styles.prefix(5).map(\.picture),
      mixes: (0..<min(5, count)).map { row in (0..<min(5, count)).map { inDomain.pictures[row * count + $0] } }
    ).sheet
    return section
  }

  private func mix(_ method: EvaluatedMethod, _ contents: [Photograph], _ styles: [Photograph]) throws -> Mixes {
    var mixes = Mixes()
    let width = bench.workshop.facts.width, layers = bench.workshop.facts.layers
    let chosen = Array(max(0, layers - Self.styleLayers)..<layers)
    let styleCodes = try styles.map { try bench.code($0, method) }
    for content in contents {
      let code = try bench.code(content, method)
      var colors: [Double] = [], shapes: [Double] = []
      for (style, styleCode) in zip(styles, styleCodes) {
        let picture = try bench.workshop.picture(
          EditArithmetic.mix(style: styleCode, content: code, width: width, layers: chosen))
        func color(_ other: Photograph) throws -> Double {
          try FrechetDistance(picture.colors(), other.picture.colors()).value
        }
        func shape(_ other: Photograph) throws -> Double {
          try bench.judge.shapeDistance(picture.gray, other.picture.gray)
        }
        colors.append(try color(style) < color(content) ? 1 : 0)
        shapes.append(try shape(content) < shape(style) ? 1 : 0)
        mixes.pictures.append(picture)
      }
      mixes.color.append(colors)
      mixes.shape.append(shapes)
    }
    return mixes
  }

  private func difference(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
    zip(a, b).map { zip($0, $1).map { $0 - $1 } }
  }

  /// A mean over the matrix; contents and styles are resampled on their own.
  private func share(_ name: String, _ values: [[Double]], above limit: Double, isRequired: Bool = true) -> Comparison {
    let count = values.count
    let rows = Bootstrap(count: count, resamples: bench.settings.resamples, seed: bench.settings.seed, stream: "contents")
    let columns = Bootstrap(count: count, resamples: bench.settings.resamples, seed: bench.settings.seed, stream: "styles")
    let means = zip(rows.resamples, columns.resamples).map { rows, columns in
      bench.mean(rows.flatMap { row in columns.map { values[row][$0] } })
    }
    let all = values.flatMap { $0 }
    return Comparison(
      name: name, interval: Interval(value: bench.mean(all), low: quantile(means, 0.025), high: quantile(means, 0.975)),
      expectation: .above(limit), n: 2 * count, share: Double(all.count { $0 > limit }) / Double(all.count),
      isRequired: isRequired)
  }
}
