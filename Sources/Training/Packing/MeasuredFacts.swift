internal import ModelPacks
internal import NeuralNetworks
internal import Tensors

/// What is measured of a model before it is packed.
struct MeasuredFacts {
  /// Over photographs of the training.
  let domainDistance: DomainDistance
  /// Mean squared error of the encoder's reconstructions of photographs kept apart; nil where there are none.
  let heldOutError: Double?
  /// Feature distances to the nearest photograph of the training, ascending: of samples, and of photographs kept apart.
  let nearestOfSamples: [Double]
  let nearestOfHeldOut: [Double]
  /// Samples above their nearest photographs, as a PNG.
  let nearest: [UInt8]

  init(
    _ settings: TrainingSettings, _ photographs: PreparedPhotographs, _ generator: TrainedGenerator, _ encoder: Encoder,
    _ perceptual: PerceptualNetwork, _ observer: any TrainingObserver
  ) throws {
    let reals = RealBatches(photographs), packed = try generator.packed()
    let training = Array(photographs.training.prefix(2000)), heldOut = Array(photographs.heldOut.prefix(200))
    let judge = FeatureJudge(perceptual, photographs, settings)
    func each(_ items: [Int], _ body: (Tensor) throws -> Void) throws {
      var done = 0
      try reals.forEachBatch(items) { pictures in
        observer.progress("facts: \(done) of \(items.count) photographs")
        try body(pictures)
        done += pictures.shape[0]
      }
    }
    var distances: [Double] = [], known: [[Double]] = []
    try each(training) { pictures in
      let codes = try encoder.encode(pictures)
      distances += try encoder.distance(codes, from: packed.synthesize(codes).plain()).values.map(Double.init)
      known += try judge.features(pictures)
    }
    distances.sort()
    domainDistance = DomainDistance(
      median: Self.quantile(distances, 0.5), percentile99: max(Self.quantile(distances, 0.99), .leastNormalMagnitude))
    var errors: [Double] = [], apart: [[Double]] = []
    try each(heldOut) { pictures in
      let found = try packed.synthesize(encoder.encode(pictures)).plain()
      errors += try meanSquaredDifference(found, pictures).values.map(Double.init)
      apart += try judge.features(pictures)
    }
    heldOutError = errors.isEmpty ? nil : errors.reduce(0, +) / Double(errors.count)

    let random = RandomNumbers(seed: UInt64(settings.seed)), source = generator.generator
    let z = random.normals(.fixedCodes, 1, [16, source.settings.zDimension])
    let samples = try packed.synthesize(source.codes(w: source.w(fromZ: z))).plain()
    let near = try judge.features(samples).map { Self.nearest($0, known) }
    nearestOfSamples = near.map(\.distance).sorted()
    nearestOfHeldOut = apart.map { Self.nearest($0, known).distance }.sorted()
    let pairs = try concatenated([samples, reals.tensor(near.map { training[$0.index] })], 0)
    nearest = try PictureGrid.png(pairs, columns: 16)
  }

  private static func nearest(_ vector: [Double], _ others: [[Double]]) -> (index: Int, distance: Double) {
    var best = (index: 0, distance: Double.infinity)
    for (index, other) in others.enumerated() {
      let distance = zip(vector, other).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      if distance < best.distance { best = (index, distance) }
    }
    return (best.index, best.distance.squareRoot())
  }

  /// Between order statistics along a line.
  static func quantile(_ sorted: [Double], _ share: Double) -> Double {
    guard let last = sorted.last else { return 0 }
    let place = share * Double(sorted.count - 1), low = Int(place)
    return low + 1 < sorted.count ? sorted[low] + (sorted[low + 1] - sorted[low]) * (place - Double(low)) : last
  }
}
