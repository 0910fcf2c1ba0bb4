internal import ModelPacks
internal import NeuralNetworks
internal import Tensors

/// How far codes may be moved along a direction: as long as half of the pictures that come of it are nearer to their codes
/// than 99 of 100 photographs are, measured through the encoder.
struct AttributeRange {
  /// Where nothing can be measured, and the least that is given.
  static let usual = 3.0

  private let generator: Generator
  private let encoder: Encoder
  private let limit: Double
  /// Codes of photographs, `[16, layers, w]` each, the last with fewer.
  private let codes: [Tensor]
  private let observer: any TrainingObserver

  private static let photographs = 64
  private static let factors: [Double] = [4, 5, 6, 8, 10, 12]

  init(
    _ generator: TrainedGenerator, _ encoder: Encoder, _ photographs: PreparedPhotographs, _ distance: DomainDistance,
    _ observer: any TrainingObserver
  ) throws {
    self.generator = try generator.packed()
    self.encoder = encoder
    self.observer = observer
    limit = distance.percentile99
    let items = Array((photographs.heldOut.isEmpty ? photographs.training : photographs.heldOut).prefix(Self.photographs))
    var codes: [Tensor] = []
    try RealBatches(photographs).forEachBatch(items) { codes.append(try encoder.encode($0)) }
    self.codes = codes
  }

  /// - Parameter direction: one row, `[w]`, added to every layer.
  func measured(_ direction: [Float]) throws -> ClosedRange<Double> {
    func isInDomain(_ factor: Double) throws -> Bool {
      var distances: [Double] = []
      for batch in codes {
        let values = batch.values
        let moved = Tensor(values.indices.map { values[$0] + Float(factor) * direction[$0 % direction.count] }, batch.shape)
        distances += try encoder.distance(moved, from: generator.synthesize(moved).plain()).values.map(Double.init)
      }
      return MeasuredFacts.quantile(distances.sorted(), 0.5) <= limit
    }
    var reached = Self.usual
    for factor in Self.factors {
      observer.progress("the range of an attribute: \(factor)")
      guard try isInDomain(factor), try isInDomain(-factor) else { break }
      reached = factor
    }
    return -reached...reached
  }
}
