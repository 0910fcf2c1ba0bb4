internal import Editing
internal import Images
internal import Statistics

/// The measures that a pack's attributes have beside their boundaries, each divided by its deviation over photographs.
struct Scorers {
  private enum Measure {
    case picture(PictureScore)
    case labels(LabelClassifier)
  }

  let names: [String]
  private let measures: [Measure]
  private let scales: [Double]
  /// For each name and chosen photograph its label, or its measure where it has none of its own.
  let truths: [[Double?]]
  private let judge: Judge
  private let background: PixelColor

  /// An attribute is measured on the picture where its name says how, else by its labels where the photographs have any.
  /// One that does not vary in the photographs is left out.
  init(_ bench: Bench) throws {
    let judge = bench.judge, background = bench.background
    let chosen = bench.photographs.chosen, examples = bench.photographs.examples
    let looks = chosen.map { Look($0.picture) }
    var features: [[Double]] = []
    var found: [(name: String, measure: Measure, scale: Double, truths: [Double?])] = []
    for attribute in bench.workshop.facts.attributes {
      let labels = bench.photographs.labels
      let known = labels?.numbers(attribute.name, for: chosen.map(\.name))
      var measure: Measure?
      if let score = PictureScore(attribute: attribute.name) {
        measure = .picture(score)
      } else if let examples, let labels = examples.numbers(attribute.name) {
        if features.isEmpty { features = try examples.pictures.map(judge.map) }
        let labeled = zip(features, labels).compactMap { features, label in label.map { (features: features, label: $0) } }
        measure = try LabelClassifier(labeled).map(Measure.labels)
      }
      guard let measure else { continue }
      let values = try looks.map { try Self.value(measure, $0, judge, background) }
      let scale = deviation(values)
      if scale > 0 { found.append((attribute.name, measure, scale, known ?? values)) }
    }
    self.judge = judge
    self.background = background
    names = found.map(\.name)
    measures = found.map(\.measure)
    scales = found.map(\.scale)
    truths = found.map(\.truths)
  }

  /// One number for each name.
  func scores(_ picture: Picture) throws -> [Double] {
    let look = Look(picture)
    return try names.indices.map { try score(look, $0) }
  }

  /// The score of the name with that index alone.
  func score(_ picture: Picture, _ index: Int) throws -> Double { try score(Look(picture), index) }

  private func score(_ look: Look, _ index: Int) throws -> Double {
    try Self.value(measures[index], look, judge, background) / scales[index]
  }

  private static func value(_ measure: Measure, _ look: Look, _ judge: Judge, _ background: PixelColor) throws -> Double {
    switch measure {
    case .picture(let score): score.value(look.picture, background: background)
    case .labels(let classifier): classifier.value(try look.map(judge))
    }
  }
}

/// A picture, and what the perceptual network makes of it, once for all who ask.
private final class Look {
  let picture: Picture
  private var known: [Double]?

  init(_ picture: Picture) {
    self.picture = picture
  }

  func map(_ judge: Judge) throws -> [Double] {
    if let known { return known }
    let map = try judge.map(picture)
    known = map
    return map
  }
}
