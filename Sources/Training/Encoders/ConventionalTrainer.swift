internal import NeuralNetworks
internal import Tensors

/// Trains the conventional encoder, which sees pictures of the generator only: the paper's baseline. Same network, same
/// number of images and same rates as the domain-guided one.
struct ConventionalTrainer: StagedTraining {
  static let stage = "conventional"

  private let settings: TrainingSettings
  private(set) var encoder: TrainableEncoder
  private(set) var seen = 0
  private var iteration = 0
  private var rateFactor = 1.0
  private let adam = Adam(beta1: 0.9)
  private var loss: Double?
  private let source: TrainableGenerator
  private let random: RandomNumbers

  init(_ settings: TrainingSettings, _ generator: TrainedGenerator) throws {
    self.settings = settings
    random = RandomNumbers(seed: UInt64(settings.seed))
    source = generator.generator
    let sizes = settings.encoderSettings(for: source.settings)
    encoder = TrainableEncoder(
      settings: sizes, parameters: EncoderStart.parameters(sizes, generator, random, network: 5))
  }

  var total: Int { settings.encoder.images }

  mutating func step() throws {
    let part = settings.encoder
    let z = random.normals(.conventionalCodes, iteration, [part.batch, source.settings.zDimension])
    let codes = try source.codes(w: source.w(fromZ: z))
    var step = try EncoderStep.conventional(
      encoder, codes: codes, pictures: source.synthesize(codes))
    guard step.loss.isFinite else {
      throw NotFinite("the conventional encoder's loss is \(step.loss) at step \(iteration)")
    }
    EncoderStep.clip(&step.gradients, norm: part.clipNorm)
    let rate = part.learningRate * rateFactor * EncoderStart.rate(part, step: iteration, seen: seen)
    try adam.update(&encoder.parameters, gradients: step.gradients, rate: rate)
    for statistics in step.statistics { statistics.move(&encoder.parameters) }
    ShownValues.smooth(&loss, towards: step.loss, images: part.batch)
    seen += part.batch
    iteration += 1
  }

  mutating func slowDown() { rateFactor /= 2 }

  func checkpoint(_ origin: Origin) throws -> Checkpoint {
    var result = Checkpoint()
    try result.add("encoder", encoder.parameters)
    result.add("encoder.adam", adam)
    origin.write(to: &result)
    result.texts["seen"] = "\(seen)"
    result.texts["iteration"] = "\(iteration)"
    if rateFactor != 1 { result.texts["rate"] = "\(rateFactor)" }
    if let loss { result.texts["shown.loss"] = "\(loss)" }
    return result
  }

  mutating func restore(_ checkpoint: Checkpoint) throws(TrainingError) {
    try AdversarialState.replace(&encoder.parameters, checkpoint.group("encoder"))
    try checkpoint.restore("encoder.adam", adam)
    seen = try checkpoint.integer("seen")
    iteration = try checkpoint.integer("iteration")
    rateFactor = checkpoint.texts["rate"].flatMap(Double.init) ?? 1
    loss = checkpoint.texts["shown.loss"].flatMap(Double.init)
  }

  var values: [String: Double] { loss.map { ["codes": $0] } ?? [:] }

  var line: [String] { ["codes \(ProgressText.number(loss, digits: 4))"] }
}
