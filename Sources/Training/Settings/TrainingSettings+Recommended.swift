internal import NeuralNetworks

extension TrainingSettings {
  /// What we recommend for a side and a number of photographs. Budgets are filled in by `setImages`.
  package static func recommended(resolution: Int, photographs: Int) -> TrainingSettings {
    var settings = TrainingSettings()
    settings.data.resolution = resolution
    let isLarge = resolution >= 128
    switch resolution {
    case ..<32: (settings.networks.latent, settings.networks.fmapsBase, settings.networks.fmapsMax) = (32, 512, 32)
    case ..<64: (settings.networks.latent, settings.networks.fmapsBase, settings.networks.fmapsMax) = (64, 1024, 64)
    case ..<128: (settings.networks.latent, settings.networks.fmapsBase, settings.networks.fmapsMax) = (96, 2048, 96)
    case ..<256: (settings.networks.latent, settings.networks.fmapsBase, settings.networks.fmapsMax) = (128, 2048, 128)
    default: (settings.networks.latent, settings.networks.fmapsBase, settings.networks.fmapsMax) = (128, 4096, 128)
    }
    settings.networks.encoderBase = resolution < 32 ? 16 : 24
    settings.networks.encoderMax = isLarge ? 256 : resolution < 32 ? 64 : 192
    settings.generator.r1Gamma = isLarge ? 0.5 : 0.3
    let first = min(16, resolution)
    settings.generator.stages = (first.trailingZeroBitCount...resolution.trailingZeroBitCount).map { 1 << $0 }
    settings.generator.stageBatches = settings.generator.stages.map { $0 >= 128 ? 16 : 32 }
    settings.encoder.batch = 16
    settings.perceptual.batch = min(64, max(8, photographs / 2))
    settings.setImages(settings.generator.images)
    return settings
  }

  /// Spreads a number of the generator's images over its stages and gives the other networks theirs.
  ///
  /// Of the work, a stage gets a share that grows with its side; images follow from the operations that an image costs
  /// there, so that the result does not depend on a clock.
  package mutating func setImages(_ images: Int) {
    generator.images = images
    generator.stageImages = Self.spread(images, over: generator.stages, operations: operationsAnImage)
    let other = max(encoder.batch * 4, images / 5)
    encoder.images = other
    perceptual.images = max(perceptual.batch * 4, other)
    generator.distanceEvery = min(20_000, max(1, images / 4))
    generator.distanceSamples = 1000
    boundaries.samples = min(4000, max(400, images / 10))
  }

  /// Images of what is made: the generator's, which decides those of the others, or those of the one part.
  package var budget: Int {
    switch part {
    case TrainingPart.encoder.rawValue: encoder.images
    case TrainingPart.perceptual.rawValue: perceptual.images
    default: generator.images
    }
  }

  /// The setting that `budget` is.
  var budgetPath: String {
    part == TrainingPart.encoder.rawValue || part == TrainingPart.perceptual.rawValue ? "\(part).images" : "generator.images"
  }

  package mutating func setBudget(_ images: Int) {
    switch part {
    case TrainingPart.encoder.rawValue: encoder.images = images
    case TrainingPart.perceptual.rawValue: perceptual.images = images
    default: setImages(images)
    }
  }

  /// Shares of the work for up to four stages, as recommended; more get their parts from the side.
  static func workShares(_ stages: [Int]) -> [Double] {
    switch stages.count {
    case 1: [1]
    case 2: [0.3, 0.7]
    case 3: [0.1, 0.25, 0.65]
    case 4: [0.05, 0.15, 0.3, 0.5]
    default: stages.map { Double($0) / Double(stages.reduce(0, +)) }
    }
  }

  static func spread(_ images: Int, over stages: [Int], operations: (Int) -> Double) -> [Int] {
    let parts = zip(workShares(stages), stages).map { $0 / operations($1) }
    let sum = parts.reduce(0, +)
    var result = parts.dropLast().map { max(1, Int(Double(images) * $0 / sum)) }
    result.append(max(1, images - result.reduce(0, +)))
    return result
  }

  /// Multiplications that an image costs at a side, about: convolutions, and what is done for each number of a map.
  func operationsAnImage(side: Int) -> Double {
    let generator = generatorSettings
    var sum = 0.0, r = 4
    while r <= side {
      let channels = Double(generator.channels(atSide: r)), pixels = Double(r * r)
      sum += pixels * channels * (18 * channels + 150)
      r *= 2
    }
    return sum
  }
}
