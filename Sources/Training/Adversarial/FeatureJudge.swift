internal import NeuralNetworks
internal import Statistics
internal import Tensors

/// Tells by the perceptual network's features how far a generator's pictures are from photographs, as two sets.
final class FeatureJudge {
  private let network: PerceptualNetwork
  private let reals: RealBatches
  private let items: [Int]
  private let random: RandomNumbers
  /// Of the photographs at a side: they are the same each time.
  private var known: (side: Int, set: FeatureSet)?

  init(_ network: PerceptualNetwork, _ photographs: PreparedPhotographs, _ settings: TrainingSettings) {
    self.network = network
    reals = RealBatches(photographs)
    random = RandomNumbers(seed: UInt64(settings.seed))
    items = Array(photographs.training.prefix(settings.generator.distanceSamples))
  }

  /// The Fréchet distance over the photographs' trace, at equal numbers; and the pictures' trace over the photographs'.
  func distance(of generator: TrainableGenerator, stage: GrowthStage) throws -> (distance: Double, spread: Double) {
    let photographs: FeatureSet
    if let known, known.side == stage.side, stage.fade == 0 {
      photographs = known.set
    } else {
      photographs = try FeatureSet(Matrix(rows: batches(items.count) { range in
        try features(reals.tensor(Array(items[range]), stage: stage))
      }))
      known = stage.fade == 0 ? (stage.side, photographs) : nil
    }
    let z = random.normals(.distanceCodes, 0, [items.count, generator.settings.zDimension])
    let pictures = try FeatureSet(Matrix(rows: batches(items.count) { range in
      try features(generator.synthesize(generator.codes(w: generator.w(fromZ: z.sliced(0, range))), stage: stage))
    }))
    let trace = max(photographs.trace, .leastNormalMagnitude)
    return (try FrechetDistance(pictures, photographs).value / trace, pictures.trace / trace)
  }

  /// One vector for each picture of whatever side; small ones are doubled up to the network's.
  func features(_ pictures: Tensor) throws -> [[Double]] {
    var pictures = pictures
    while pictures.shape[2] < network.resolution { pictures = try upsampleNearest(pictures) }
    return try network.pooledFeatures(pictures)
  }

  private func batches(_ count: Int, _ body: (Range<Int>) throws -> [[Double]]) rethrows -> [[Double]] {
    var rows: [[Double]] = []
    for start in stride(from: 0, to: count, by: 16) { rows += try body(start..<min(start + 16, count)) }
    return rows
  }
}
