internal import ModelPacks
internal import NeuralNetworks
internal import Tensors

/// How far codes may be moved along a direction: as long as half of the pictures that come of it are nearer to their codes
/// than 99 of 100 photographs are, measured through the encoder.
struct AttributeRange {
  /// Where nothing can be measured, and the least that is given.
  static let usual = 3.0

  private let generator: TrainedGenerator
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
    self.generator = generator
    self.encoder = encoder
    self.observer = observer
    limit = distance.percentile99
    let reals = RealBatches(photographs)
    let items = Array((photographs.heldOut.isEmpty ? photographs.training : photographs.heldOut).prefix(Self.photographs))
    codes = try stride(from: 0, to: items.count, by: 16).map { start in
      try encoder.encode(reals.tensor(Array(items[start..<min(start + 16, items.count)])))
    }
  }

  /// - Parameter direction: one row, `[w]`, added to every layer.
  func measured(_ direction: [Float]) throws -> ClosedRange<Double> {
    let packed = try generator.packed()
    func isInDomain(_ factor: Double) throws -> Bool {
      var distances: [Double] = []
      for batch in codes {
        let values = batch.values
        let moved = Tensor(values.indices.map { values[$0] + Float(factor) * direction[$0 % direction.count] }, batch.shape)
        distances += try encoder.distance(moved, from: packed.synthesize(moved).plain()).values.map(Double.init)
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
