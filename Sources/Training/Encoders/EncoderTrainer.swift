internal import NeuralNetworks
internal import Tensors

/// Trains the domain-guided encoder on photographs, and a discriminator beside it.
struct EncoderTrainer: StagedTraining {
  static let stage = "encoder"

  private let settings: TrainingSettings
  private(set) var encoder: TrainableEncoder
  /// nil where the generator came without one.
  private(set) var discriminator: Discriminator?
  private(set) var seen = 0
  private var iteration = 0
  private var rateFactor = 1.0
  private let adam = Adam(beta1: 0.9)
  private let discriminatorAdam = Adam(beta1: 0)
  private var pixel: Double?, perceptual: Double?, adversarial: Double?, heldOutError: Double?
  private let frozen: EncoderStep.Frozen
  private let spread: (mean: [Float], deviation: [Float])
  private let random: RandomNumbers
  private let reals: RealBatches
  private let training: [Int]
  private let heldOut: [Int]
  private var order: EpochOrder

  init(
    _ settings: TrainingSettings, _ photographs: PreparedPhotographs, _ generator: TrainedGenerator,
    perceptual: TrainablePerceptual
  ) throws {
    self.settings = settings
    random = RandomNumbers(seed: UInt64(settings.seed))
    reals = RealBatches(photographs)
    training = photographs.training
    heldOut = Array(photographs.heldOut.prefix(64))
    order = EpochOrder(random, .encoderOrder, count: training.count)
    frozen = EncoderStep.Frozen(generator: generator.generator, perceptual: perceptual)
    spread = (generator.mean, generator.deviation)
    discriminator = generator.discriminator
    let sizes = settings.encoderSettings(for: generator.generator.settings)
    encoder = TrainableEncoder(
      settings: sizes, parameters: EncoderStart.parameters(sizes, generator, random, network: 4))
  }

  var total: Int { settings.encoder.images }

  mutating func step() throws {
    let part = settings.encoder, batch = part.batch
    let pictures = try batchOfReals(batch, from: seen)
    let weights = EncoderStep.Weights(
      perceptual: part.perceptualWeight, adversarial: part.adversarialWeight, codeSpread: part.codeSpread)
    var step = try EncoderStep.domainGuided(
      encoder, frozen, discriminator, reals: pictures, weights: weights, spread: spread)
    guard step.loss.isFinite else { throw NotFinite("the encoder's loss is \(step.loss) at step \(iteration)") }
    EncoderStep.clip(&step.gradients, norm: part.clipNorm)
    let factor = rateFactor * EncoderStart.rate(part, step: iteration, seen: seen)
    try adam.update(&encoder.parameters, gradients: step.gradients, rate: part.learningRate * factor)
    for statistics in step.statistics { statistics.move(&encoder.parameters) }
    if part.discriminatorRate > 0, var discriminator {
      let takesR1 = iteration % part.r1Every == 0 && part.r1Gamma > 0
      let other = try AdversarialStep.discriminator(
        discriminator, reals: pictures, fakes: step.pictures,
        r1Weight: takesR1 ? part.r1Gamma * Double(part.r1Every) : nil)
      guard (other.lossReal + other.lossFake).isFinite else {
        throw NotFinite("the loss of the discriminator beside the encoder is not finite at step \(iteration)")
      }
      try discriminatorAdam.update(
        &discriminator.parameters, gradients: other.gradients, rate: part.discriminatorRate * factor)
      self.discriminator = discriminator
    }
    ShownValues.smooth(&pixel, towards: step.pixel, images: batch)
    ShownValues.smooth(&perceptual, towards: step.perceptual, images: batch)
    ShownValues.smooth(&adversarial, towards: step.adversarial, images: batch)
    seen += batch
    iteration += 1
    if iteration % 500 == 0 { heldOutError = try errorOnHeldOut() }
  }

  private mutating func batchOfReals(_ batch: Int, from position: Int) throws -> Tensor {
    let items = order.items(from: position, count: batch).map { training[$0] }
    let mirrored = items.indices.map { settings.data.mirror && random.uniform(.encoderMirror, iteration, $0) < 0.5 }
    return try reals.tensor(items, mirrored: mirrored)
  }

  /// Mean squared error of photographs kept apart, by the running statistics.
  private func errorOnHeldOut() throws -> Double? {
    guard !heldOut.isEmpty else { return nil }
    var sum = 0.0
    for start in stride(from: 0, to: heldOut.count, by: 16) {
      let pictures = try reals.tensor(Array(heldOut[start..<min(start + 16, heldOut.count)]))
      let found = try frozen.generator.synthesize(encoder.encode(pictures)).plain()
      sum += try meanSquaredDifference(found, pictures).values.reduce(0) { $0 + Double($1) }
    }
    return sum / Double(heldOut.count)
  }

  /// The finished encoder: running statistics measured anew over fifty batches.
  func finished() throws -> [String: Tensor] {
    var copy = self
    for batch in 0..<50 {
      let pictures = try copy.batchOfReals(settings.encoder.batch, from: batch * settings.encoder.batch)
      for statistics in try encoder.encodeInTraining(pictures).statistics {
        statistics.move(&copy.encoder.parameters, rate: 1 / Double(batch + 1))
      }
    }
    return copy.encoder.parameters
  }

  // MARK: Saving and showing

  mutating func slowDown() { rateFactor /= 2 }

  func checkpoint(_ origin: Origin) throws -> Checkpoint {
    var result = Checkpoint()
    try result.add("encoder", encoder.parameters)
    if let discriminator { try result.add("discriminator", discriminator.parameters) }
    result.add("encoder.adam", adam)
    result.add("discriminator.adam", discriminatorAdam)
    origin.write(to: &result)
    result.texts["seen"] = "\(seen)"
    result.texts["iteration"] = "\(iteration)"
    if rateFactor != 1 { result.texts["rate"] = "\(rateFactor)" }
    for (name, value) in [("pixel", pixel), ("perceptual", perceptual), ("adversarial", adversarial), ("held_out", heldOutError)] {
      if let value { result.texts["shown.\(name)"] = "\(value)" }
    }
    return result
  }

  mutating func restore(_ checkpoint: Checkpoint) throws(TrainingError) {
    try AdversarialState.replace(&encoder.parameters, checkpoint.group("encoder"))
    if var discriminator {
      try AdversarialState.replace(&discriminator.parameters, checkpoint.group("discriminator"))
      self.discriminator = discriminator
    }
    try checkpoint.restore("encoder.adam", adam)
    try checkpoint.restore("discriminator.adam", discriminatorAdam)
    seen = try checkpoint.integer("seen")
    iteration = try checkpoint.integer("iteration")
    rateFactor = checkpoint.texts["rate"].flatMap(Double.init) ?? 1
    func shown(_ name: String) -> Double? { checkpoint.texts["shown.\(name)"].flatMap(Double.init) }
    (pixel, perceptual, adversarial, heldOutError) = (
      shown("pixel"), shown("perceptual"), shown("adversarial"), shown("held_out")
    )
  }

  var line: [String] {
    [
      "pixels \(ProgressText.number(pixel, digits: 4))",
      "features \(ProgressText.number(perceptual.map { $0 * 5e-5 }, digits: 4))",
      "adversarial \(ProgressText.number(adversarial))", "held out \(ProgressText.number(heldOutError, digits: 4))",
    ]
  }

  var values: [String: Double] {
    ["pixels": pixel, "features": perceptual, "adversarial": adversarial, "held_out": heldOutError].compactMapValues { $0 }
  }

  /// Photographs kept apart above their reconstructions.
  func draw(_ workspace: Workspace) throws {
    let items = Array((heldOut.isEmpty ? training : heldOut).prefix(8))
    let pictures = try reals.tensor(items)
    let found = try frozen.generator.synthesize(encoder.encode(pictures)).plain()
    workspace.show("reconstructions.png", try PictureGrid.png(concatenated([pictures, found], 0), columns: items.count))
  }
}
