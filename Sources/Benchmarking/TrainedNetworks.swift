import NeuralNetworks
import Tensors
import Training

/// Networks in the recommended sizes of one side, and iterations of training on them: the same steps, in the same order,
/// as a run makes.
struct TrainedNetworks {
  static let penaltyEvery = 8
  private static let encoderBatch = 16
  private static let rate = 2e-3

  private var generator: TrainableGenerator
  private var average: TrainableGenerator
  private var discriminator: Discriminator
  private var encoder: TrainableEncoder
  private let perceptual: TrainablePerceptual
  private let generatorAdam = Adam(beta1: 0), discriminatorAdam = Adam(beta1: 0), encoderAdam = Adam(beta1: 0.9)
  private let reals: Tensor
  private let ganBatch: Int
  private let random = RandomNumbers(seed: 1)
  private var iteration = 0

  init(side: Int) {
    let isSmall = side <= 64
    let (base, most, width) = isSmall ? (1024, 64, 96) : (2048, 128, 128)
    ganBatch = isSmall ? 32 : 16
    let g = GeneratorSettings(
      resolution: side, zDimension: width, wDimension: width, repeatW: true, finalTanh: true, fusedScale: .never,
      fmapsBase: base, fmapsMax: most)
    let e = EncoderSettings(
      resolution: side, wDimension: width, layers: g.layers, channelsBase: 24, channelsMax: isSmall ? 192 : 256,
      batchNorm: true, wscale: false)
    let d = DiscriminatorSettings(resolution: side, fmapsBase: base, fmapsMax: most)
    let p = PerceptualSettings(widths: [16, 16, 32, 32, 48, 48, 48, 64, 64, 64])
    let random = random
    func start(_ tensors: [NetworkTensor], _ network: Int) -> [String: Tensor] {
      AdversarialState.initial(tensors, random, network: network)
    }
    generator = TrainableGenerator(settings: g, parameters: start(g.tensors, 0))
    average = generator
    discriminator = Discriminator(settings: d, parameters: start(d.tensors, 1))
    encoder = TrainableEncoder(settings: e, parameters: start(e.tensors, 2))
    perceptual = TrainablePerceptual(settings: p, parameters: start(p.tensors, 3))
    reals = random.normals(.initialization, 4, [ganBatch, 3, side, side]) * 0.5
  }

  func batch(_ kind: TrainingBenchmark.Kind) -> Int { kind == .gan ? ganBatch : Self.encoderBatch }

  /// - Parameter takesPenalty: on the discriminator's gradient for real pictures.
  mutating func iterate(_ kind: TrainingBenchmark.Kind, takesPenalty: Bool) throws {
    iteration += 1
    switch kind {
    case .gan: try iterateGenerator(takesPenalty)
    case .encoder: try iterateEncoder(takesPenalty)
    }
  }

  private mutating func iterateGenerator(_ takesPenalty: Bool) throws {
    let stage = GrowthStage(side: generator.settings.resolution)
    try stepDiscriminator(reals, fakes: pass(.ofDiscriminator, stage).pictures(generator, stage: stage).pictures, takesPenalty)
    let step = try AdversarialStep.generator(generator, discriminator, pass(.ofGenerator, stage))
    try generatorAdam.update(&generator.parameters, gradients: step.gradients, rate: Self.rate)
    MovingAverage.move(
      &average.parameters, towards: generator.parameters, generator.tensors, images: ganBatch, halfLife: 10_000)
  }

  private func pass(_ kind: GeneratorPass.Kind, _ stage: GrowthStage) -> GeneratorPass {
    GeneratorPass(kind, random, iteration, count: ganBatch, generator.settings, stage: stage, mixing: 1)
  }

  private mutating func iterateEncoder(_ takesPenalty: Bool) throws {
    let reals = try reals.sliced(0, 0..<Self.encoderBatch)
    let frozen = EncoderStep.Frozen(generator: generator, perceptual: perceptual)
    let step = try EncoderStep.domainGuided(encoder, frozen, discriminator, reals: reals, weights: EncoderStep.Weights())
    try encoderAdam.update(&encoder.parameters, gradients: step.gradients, rate: Self.rate)
    for statistics in step.statistics { statistics.move(&encoder.parameters) }
    try stepDiscriminator(reals, fakes: step.pictures, takesPenalty)
  }

  private mutating func stepDiscriminator(_ reals: Tensor, fakes: Tensor, _ takesPenalty: Bool) throws {
    let step = try AdversarialStep.discriminator(
      discriminator, reals: reals, fakes: fakes, r1Weight: takesPenalty ? 0.3 * Double(Self.penaltyEvery) : nil)
    try discriminatorAdam.update(&discriminator.parameters, gradients: step.gradients, rate: Self.rate)
  }
}
