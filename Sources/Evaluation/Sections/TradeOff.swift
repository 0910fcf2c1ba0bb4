internal import Editing
internal import Images
internal import Statistics

/// T1: what the domain weight gives and takes.
struct TradeOff {
  let bench: Bench

  func section() throws -> Section {
    var section = Section("trade-off", "The domain weight")
    bench.workshop.announce("domain weights")
    let photographs = Array(bench.photographs.chosen.prefix(bench.settings.tradeOffPhotographs))
    let weights = bench.settings.domainWeights
    var errors: [[Double]] = [], perceptual: [[Double]] = [], domain: [[Double]] = []
    var rows: [[Picture]] = []
    for photograph in photographs {
      var (error, distance, term) = ([Double](), [Double](), [Double]())
      var pictures: [Picture] = []
      for weight in weights {
        let code = try bench.workshop.invert(photograph, .inDomain, steps: bench.settings.steps, domainWeight: weight).code
        let picture = try bench.workshop.picture(code)
        error.append(PixelSimilarity(photograph.picture.pixels, picture.pixels).meanSquaredError)
        distance.append(try bench.judge.distance(photograph.picture, picture))
        term.append(try bench.workshop.domainDistance(code))
        pictures.append(picture)
      }
      errors.append(error)
      perceptual.append(distance)
      domain.append(term)
      if rows.count < 4 { rows.append([photograph.picture] + pictures) }
    }
    let order = weights.map(Double.init)
    func correlations(_ values: [[Double]]) -> [Double] { values.map { spearman(order, $0) ?? 0 } }
    section.claims = [Claim(
      "T1", "the domain weight trades reconstruction for meaning",
      [
        bench.uncertainty.mean("rank correlation of weight and domain term", correlations(domain), .below(0)),
        bench.uncertainty.mean("rank correlation of weight and MSE", correlations(errors), .above(0)),
        bench.uncertainty.mean(
          "rank correlation of weight and perceptual distance", correlations(perceptual), .above(0), isRequired: false),
      ].compactMap { $0 }, least: min(bench.settings.leastPhotographs, bench.settings.tradeOffPhotographs))]
    section.tables = [ResultTable(
      title: "Domain weights on \(photographs.count) photographs", columns: ["weight", "MSE", "perceptual", "domain term"],
      rows: weights.indices.map { index in
        [shortNumber(Double(weights[index]))] + [errors, perceptual, domain].map { shortNumber(bench.mean($0.map { $0[index] })) }
      })]
    for (index, weight) in weights.enumerated() {
      for (name, values) in zip(["mse", "perceptual", "domain"], [errors, perceptual, domain]) {
        section.add("\(name)_\(shortNumber(Double(weight)))", values.map { $0[index] })
      }
    }
    section.sheet = ContactSheet(
      title: "The domain weight",
      rows: rows.map { row in
        let labels = ["photograph"] + weights.map { "weight \(shortNumber(Double($0)))" }
        return ContactSheet.Row(cells: zip(row, labels).map { ContactSheet.Cell($0, label: $1) })
      })
    return section
  }
}
