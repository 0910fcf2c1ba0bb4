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
      let values = try chosen.map { try Self.value(measure, $0.picture, judge, background) }
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
    try names.indices.map { try score(picture, $0) }
  }

  /// The score of the name with that index alone.
  func score(_ picture: Picture, _ index: Int) throws -> Double {
    try Self.value(measures[index], picture, judge, background) / scales[index]
  }

  private static func value(
    _ measure: Measure, _ picture: Picture, _ judge: Judge, _ background: PixelColor
  ) throws -> Double {
    switch measure {
    case .picture(let score): score.value(picture, background: background)
    case .labels(let classifier): classifier.value(try judge.map(picture))
    }
  }
}
