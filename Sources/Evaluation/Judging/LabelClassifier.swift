internal import Directions
internal import Images
internal import Statistics

/// Tells by a picture's perceptual features which side of a label it is on: a measure of labelled attributes that is no
/// boundary of codes. Trained on photographs that are not judged.
struct LabelClassifier: Sendable {
  /// Photographs a side, at least.
  static let leastExamples = 20

  private let weight: [Double]
  private let means: [Double]
  private let scales: [Double]

  /// - Parameters:
  ///   - examples: features and label of each. Of more than two values the highest and the lowest third train.
  /// - Returns: nil with fewer than twenty a side.
  init?(_ examples: [(features: [Double], label: Double)]) throws {
    let labels = examples.map(\.label)
    guard let low = labels.min(), let high = labels.max(), low < high else { return nil }
    let isBinary = Set(labels).count == 2
    let bottom = isBinary ? low : quantile(labels, 1.0 / 3), top = isBinary ? high : quantile(labels, 2.0 / 3)
    let used = examples.filter { $0.label <= bottom || $0.label >= top }
    let positives = used.count { $0.label >= top }
    guard positives >= Self.leastExamples, used.count - positives >= Self.leastExamples else { return nil }
    let columns = used[0].features.indices
    means = columns.map { column in used.reduce(0) { $0 + $1.features[column] } / Double(used.count) }
    scales = columns.map { column in
      let spread = deviation(used.map { $0.features[column] })
      return spread > 0 ? spread : 1
    }
    let (means, scales) = (means, scales)
    let samples = Matrix(rows: used.map { example in
      columns.map { (example.features[$0] - means[$0]) / scales[$0] }
    })
    // Few examples in many dimensions: a small price for the wrong side keeps the plane plain.
    weight = try LinearSVM(samples, isPositive: used.map { $0.label >= top }, c: 0.01, tolerance: 1e-6).weight
  }

  func value(_ features: [Double]) -> Double {
    weight.indices.reduce(0) { $0 + weight[$1] * (features[$1] - means[$1]) / scales[$1] }
  }
}
