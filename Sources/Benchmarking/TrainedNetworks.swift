import Kernels
import NeuralNetworks
import Tensors

/// GANNetworks in the recommended sizes of one side, and iterations of training on them.
struct TrainedNetworks {
  static let penaltyEvery = 8
  private static let encoderBatch = 16

  private var generator: TrainableGenerator
  private var average: [String: Tensor]
  private var discriminator: Discriminator
  private var encoder: TrainableEncoder
  private let perceptual: TrainablePerceptual
  private let reals: Tensor
  private let ganBatch: Int
  private var moments: [String: (m: FloatBuffer, v: FloatBuffer)] = [:]
  private var random: EvenNumbers
  private var updates = 0

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
    var random = EvenNumbers()
    generator = TrainableGenerator(settings: g, parameters: random.parameters(g.tensors))
    average = generator.parameters
    discriminator = Discriminator(settings: d, parameters: random.parameters(d.tensors))
    encoder = TrainableEncoder(settings: e, parameters: random.parameters(e.tensors))
    perceptual = TrainablePerceptual(settings: p, parameters: random.parameters(p.tensors))
    reals = random.tensor([ganBatch, 3, side, side], deviation: 0.5)
    self.random = random
  }

  func batch(_ kind: TrainingBenchmark.Kind) -> Int { kind == .gan ? ganBatch : Self.encoderBatch }

  /// - Parameter takesPenalty: on the discriminator's gradient for real pictures.
  mutating func iterate(_ kind: TrainingBenchmark.Kind, takesPenalty: Bool) throws {
    switch kind {
    case .gan: try iterateGenerator(takesPenalty)
    case .encoder: try iterateEncoder(takesPenalty)
    }
  }

  private mutating func iterateGenerator(_ takesPenalty: Bool) throws {
    try stepDiscriminator(reals, fakes: pictures(of: generator), takesPenalty)
    let tape = Tape(), watched = watch(generator, on: tape)
    let loss = try mean(softplus(-discriminator.score(pictures(of: watched))))
    generator = try updated(generator, watched, tape, loss, "g", beta1: 0)
    for tensor in generator.tensors where tensor.isTrained {
      guard let old = average[tensor.name], let value = generator.parameters[tensor.name] else { continue }
      let result = FloatBuffer(count: tensor.count)
      AdamStep.average(old.buffer, towards: value.buffer, keep: 0.998, into: result)
      average[tensor.name] = Tensor(result, value.shape)
    }
  }

  private mutating func pictures(of generator: TrainableGenerator) throws -> Tensor {
    let settings = generator.settings, batch = ganBatch
    let z = random.tensor([batch, settings.zDimension]), other = random.tensor([batch, settings.zDimension])
    let noise = (0..<settings.layers).map { layer in
      let side = settings.side(ofBlock: layer / 2)
      return random.tensor([batch, 1, side, side])
    }
    let cuts = (0..<batch).map { 1 + $0 % settings.layers }
    let codes = try generator.codes(w: generator.w(fromZ: z), mixing: generator.w(fromZ: other), cuts: cuts)
    return try generator.synthesize(codes, noise: noise)
  }

  private mutating func iterateEncoder(_ takesPenalty: Bool) throws {
    let reals = try reals.sliced(0, 0..<Self.encoderBatch)
    let tape = Tape(), watched = watch(encoder, on: tape)
    let (codes, statistics) = try watched.encodeInTraining(reals)
    let pictures = try generator.synthesize(codes)
    let features = try meanSquaredDifference(perceptual.features(reals), perceptual.features(pictures))
    let loss = try mean(meanSquaredDifference(reals, pictures)) + mean(features) * 5e-5
      + mean(softplus(-discriminator.score(pictures))) * 0.08
    encoder = try updated(encoder, watched, tape, loss, "e", beta1: 0.9)
    for batch in statistics { batch.move(&encoder.parameters) }
    try stepDiscriminator(reals, fakes: pictures.detached, takesPenalty)
  }

  private mutating func stepDiscriminator(_ reals: Tensor, fakes: Tensor, _ takesPenalty: Bool) throws {
    let tape = Tape(), watched = watch(discriminator, on: tape)
    let pictures = takesPenalty ? tape.variable(reals) : reals
    let scores = try watched.score(pictures)
    var loss = try mean(softplus(-scores)) + mean(softplus(watched.score(fakes)))
    if takesPenalty {
      let gradient = try tape.gradients(of: sum(scores), for: [pictures], recordsPullbacks: true)[0]
      loss = try loss + sum(gradient * gradient) * (0.15 * Float(Self.penaltyEvery) / Float(reals.shape[0]))
    }
    discriminator = try updated(discriminator, watched, tape, loss, "d", beta1: 0)
  }

  private func mean(_ x: Tensor) throws -> Tensor { try sum(x) * (1 / Float(x.shape.count)) }

  private func watch<Network: TrainableNetwork>(_ network: Network, on tape: Tape) -> Network {
    var network = network
    for tensor in network.tensors where tensor.isTrained {
      if let value = network.parameters[tensor.name] { network.parameters[tensor.name] = tape.variable(value) }
    }
    return network
  }

  /// The network after a step of Adam.
  private mutating func updated<Network: TrainableNetwork>(
    _ network: Network, _ watched: Network, _ tape: Tape, _ loss: Tensor, _ prefix: String, beta1: Double
  ) throws -> Network {
    updates += 1
    var network = network
    let names = network.tensors.filter { $0.isTrained && network.parameters[$0.name] != nil }.map(\.name)
    let gradients = try tape.gradients(of: loss, for: names.compactMap { watched.parameters[$0] })
    let step = AdamStep(step: updates, learningRate: 2e-3, beta1: beta1, beta2: 0.99, epsilon: 1e-8)
    for (name, gradient) in zip(names, gradients) {
      guard let old = network.parameters[name] else { continue }
      let count = old.shape.count, key = prefix + name
      let kept = moments[key] ?? (FloatBuffer(repeating: 0, count: count), FloatBuffer(repeating: 0, count: count))
      moments[key] = kept
      let result = FloatBuffer(count: count)
      step.update(
        old.buffer, gradient: try gradient.plain().buffer, m: beta1 == 0 ? nil : kept.m, v: kept.v, into: result)
      network.parameters[name] = Tensor(result, old.shape)
    }
    return network
  }
}

/// Evenly distributed numbers, the same on every machine, quickly made: xorshift64* (Vigna 2016).
private struct EvenNumbers {
  private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

  mutating func tensor(_ shape: Shape, deviation: Double = 1) -> Tensor {
    // The deviation of an even distribution over [-1, 1) is 1/sqrt(3).
    let factor = Float(deviation * 3.0.squareRoot() / 0x1p31)
    return Tensor(
      (0..<shape.count).map { _ in
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return Float(Int32(truncatingIfNeeded: (state &* 0x2545_F491_4F6C_DD1D) >> 32)) * factor
      }, shape)
  }

  mutating func parameters(_ tensors: [NetworkTensor]) -> [String: Tensor] {
    var parameters: [String: Tensor] = [:]
    for tensor in tensors where tensor.presence == .required {
      switch tensor.start {
      case .constant(let value): parameters[tensor.name] = Tensor(repeating: Float(value), Shape(tensor.shape))
      case .normal(let deviation):
        parameters[tensor.name] = self.tensor(Shape(tensor.shape), deviation: deviation)
      }
    }
    return parameters
  }
}
