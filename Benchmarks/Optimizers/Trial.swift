import Inversion
import ModelPacks
import NeuralNetworks
import Tensors

/// What is compared of a code besides its loss.
struct Quality {
  /// Mean squared difference of the pixels, and of the code and the encoder's code of its picture.
  var pixel = 0.0
  var domain = 0.0
  /// The same difference, and the discriminator's score, of pictures changed along each attribute by ±3.
  var editedDomain = 0.0
  var editedScore = 0.0
}

/// One photograph, inverted both ways.
struct Trial {
  let name: String
  /// Losses of Adam's code after 100 updates.
  let goal: Float
  /// Evaluations `fast` needed for a total no higher; nil when 101 were not enough.
  let evaluations: Int?
  /// The lowest total over Adam's, at the default steps and after as many evaluations as Adam makes.
  let ratioAtDefault: Double
  let ratioAtEnd: Double
  let adam: Quality
  let fast: Quality
}

/// Inverts photographs with the plain optimizer and with the fast one.
struct Trials {
  let pack: ModelPack
  let networks: GANNetworks
  let discriminator: Discriminator?

  init(_ pack: ModelPack) throws {
    self.pack = pack
    networks = GANNetworks(
      generator: try pack.makeGenerator(), encoder: try pack.makeEncoder(), perceptual: try pack.makePerceptualNetwork())
    discriminator = try pack.makeDiscriminator()
  }

  func run(_ photograph: Photograph) throws -> Trial {
    let steps = OptimizerKind.adam.defaultSteps
    let few = OptimizerKind.fast.defaultSteps
    let plain = try invert(target: photograph.pixels, model: networks, settings: InversionSettings(steps: steps)).state.items[0]
    var early: InversionState.Best?
    let quick = try invert(
      target: photograph.pixels, model: networks, settings: InversionSettings(steps: steps, optimizer: .fast)
    ) { state in
      // Step `few + 1` evaluates the code of `few` updates.
      if state.step == few + 1 { early = state.items[0].best }
      return .go
    }.state.items[0]
    guard let last = plain.finalLosses, let end = quick.finalLosses, let early else { throw Incomplete() }
    let totals = quick.losses.map(\.total) + [end.total]
    return Trial(
      name: photograph.name, goal: last.total, evaluations: totals.firstIndex { $0 <= last.total }.map { $0 + 1 },
      ratioAtDefault: Double(early.losses.total / last.total), ratioAtEnd: Double(end.total / last.total),
      adam: try quality(plain.code, last), fast: try quality(early.code, early.losses))
  }

  private func quality(_ code: [Float], _ losses: LossTerms) throws -> Quality {
    var quality = Quality(pixel: Double(losses.pixel), domain: Double(losses.domain))
    var edited: [Float] = []
    for attribute in pack.description.attributes {
      guard let boundary = pack.boundaries[attribute.name] else { continue }
      for amount: Float in [-3, 3] {
        for layer in 0..<networks.layers {
          let style = code[layer * networks.width..<(layer + 1) * networks.width]
          edited += zip(style, boundary.row(forLayer: layer)).map { attribute.layers.indices.contains(layer) ? $0 + amount * $1 : $0 }
        }
      }
    }
    guard !edited.isEmpty else { return quality }
    let codes = Tensor(edited, [edited.count / code.count, networks.layers, networks.width])
    let pictures = try networks.synthesize(codes)
    quality.editedDomain = mean(try meanSquaredDifference(codes, networks.encode(pictures)).values)
    if let discriminator {
      // One at a time: a batch is judged by its variety too.
      let scores = try (0..<codes.shape[0]).map { try discriminator.score(pictures.sliced(0, $0..<$0 + 1)).values[0] }
      quality.editedScore = mean(scores)
    }
    return quality
  }

  private func mean(_ values: [Float]) -> Double { values.reduce(0) { $0 + Double($1) } / Double(values.count) }
}

struct Incomplete: Error {}
