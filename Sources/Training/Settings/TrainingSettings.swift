package import NeuralNetworks

/// Everything that decides what a training does; with the photographs and the seed it decides the pack's bytes.
package struct TrainingSettings: Sendable, Equatable {
  package var seed = 1
  /// `all`, or the one part that is made for the pack `base`.
  package var part = "all"
  /// Hash of the pack that has the other parts; empty for none.
  package var base = ""
  package var data = Photographs()
  package var networks = Networks()
  package var generator = Adversarial()
  package var perceptual = Perceptual()
  package var encoder = Encoding()
  package var boundaries = Boundaries()
  package var card = Card()

  package init() {}

  /// What becomes of the folder.
  package struct Photographs: Sendable, Equatable {
    package var resolution = 64
    package var fit = "crop"
    package var mirror = true
    /// Share kept apart to judge by: of people where labels name them, else of photographs.
    package var heldOut = 0.1
    /// Fewer are refused.
    package var minimum = 32
    package var background = "#ffffff"
  }

  /// Sizes.
  package struct Networks: Sendable, Equatable {
    package var latent = 96
    package var mappingLayers = 8
    package var fmapsBase = 2048
    package var fmapsMax = 96
    package var encoderBase = 24
    package var encoderMax = 192
    package var perceptualWidths = [16, 16, 32, 32, 48, 48, 48, 64, 64, 64]
  }

  /// Generator against discriminator.
  package struct Adversarial: Sendable, Equatable {
    package var images = 300_000
    package var stages = [16, 32, 64]
    package var stageImages: [Int] = []
    package var stageBatches: [Int] = []
    package var fadeImages = 12_000
    package var learningRate = 2e-3
    package var finalRate = 0.1
    package var fallingShare = 0.4
    package var r1Gamma = 0.3
    package var r1Every = 8
    package var averageImages = 10_000
    package var mixing = 0.9
    package var augment = "auto"
    package var distanceEvery = 20_000
    package var distanceSamples = 1000
    /// Hash of the pack it started from; empty for none.
    package var from = ""
  }

  /// The perceptual network.
  package struct Perceptual: Sendable, Equatable {
    package var images = 60_000
    package var batch = 64
    package var learningRate = 1.5e-3
    package var weightDecay = 1e-3
    /// Hash of the pack or file it was taken from; empty where it is trained.
    package var from = ""
  }

  /// Both encoders.
  package struct Encoding: Sendable, Equatable {
    package var images = 60_000
    package var batch = 16
    package var learningRate = 1.5e-3
    package var discriminatorRate = 1e-3
    package var warmUp = 100
    package var finalRate = 0.02
    package var perceptualWeight = 5e-5
    package var adversarialWeight = 0.08
    package var r1Gamma = 1.0
    package var r1Every = 8
    package var clipNorm = 5.0
    package var codeSpread = 0.0
    package var conventional = true
  }

  /// Directions in the space of codes.
  package struct Boundaries: Sendable, Equatable {
    package var samples = 4000
    package var share = 0.1
    package var minimumAccuracy = 0.6
  }

  /// What the pack says of itself.
  package struct Card: Sendable, Equatable {
    package var name = ""
    package var title = ""
    package var license = "unknown"
    package var commercialUse = false
    package var attribution = ""
    package var alignment = "none"
    /// Of the numbers in the files.
    package var precision = "full"

    package var isHalf: Bool { precision == "half" }
  }

  // MARK: Bounds, wherever they are given

  package static let seeds = 0...Int(Int32.max)
  package static let imageCounts = 1...1_000_000_000
  package static let sides = 8...1024

  package static func isSide(_ side: Int) -> Bool { sides.contains(side) && side & (side - 1) == 0 }

  // MARK: What follows

  package var schedule: GrowingSchedule {
    GrowingSchedule(sides: generator.stages, images: generator.stageImages, fadeImages: generator.fadeImages)
  }

  package var generatorSettings: GeneratorSettings {
    GeneratorSettings(
      resolution: data.resolution, zDimension: networks.latent, wDimension: networks.latent,
      mappingLayers: networks.mappingLayers, repeatW: true, finalTanh: true, fusedScale: .never,
      fmapsBase: networks.fmapsBase, fmapsMax: networks.fmapsMax)
  }

  package var discriminatorSettings: DiscriminatorSettings {
    DiscriminatorSettings(
      resolution: data.resolution, fmapsBase: networks.fmapsBase, fmapsMax: networks.fmapsMax)
  }

  package func encoderSettings(for generator: GeneratorSettings) -> EncoderSettings {
    EncoderSettings(
      resolution: generator.resolution, wDimension: generator.wDimension, layers: generator.layers,
      channelsBase: networks.encoderBase, channelsMax: networks.encoderMax, batchNorm: true, wscale: false)
  }

  package var perceptualSettings: PerceptualSettings { PerceptualSettings(widths: networks.perceptualWidths) }
}
