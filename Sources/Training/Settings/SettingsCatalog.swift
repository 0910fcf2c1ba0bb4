/// One setting: its name in the file, where it is kept, what it may be, and what it does.
package struct Setting: Sendable {
  package typealias Path<Value> = any WritableKeyPath<TrainingSettings, Value> & Sendable

  package enum Kind: Sendable {
    case integer(Path<Int>, ClosedRange<Int>)
    case number(Path<Double>, ClosedRange<Double>)
    case flag(Path<Bool>)
    case choice(Path<String>, [String])
    case text(Path<String>)
    case integers(Path<[Int]>, ClosedRange<Int>)
  }

  /// nil for one that stands by itself.
  package let section: String?
  package let name: String
  package let kind: Kind
  package let help: String
  /// The option that writes it: nobody else may; nil for a setting that somebody chooses.
  let writtenBy: String?

  init(_ section: String?, _ name: String, _ kind: Kind, _ help: String, writtenBy: String? = nil) {
    self.section = section
    self.name = name
    self.kind = kind
    self.help = help + (writtenBy.map { ", written by \($0)" } ?? "")
    self.writtenBy = writtenBy
  }

  /// `generator.images`.
  package var path: String { section.map { "\($0).\(name)" } ?? name }
}

/// Every setting: the file's reader and writer and the documentation walk through this list.
package let settingsCatalog: [Setting] = [
  Setting(nil, "seed", .integer(\.seed, TrainingSettings.seeds), "of all random numbers"),
  Setting(nil, "part", .choice(\.part, ["all"] + TrainingPart.allCases.map(\.rawValue)), "what is made", writtenBy: "the command"),
  Setting(nil, "base", .text(\.base), "hash of the pack with the other parts", writtenBy: "--pack"),

  Setting("data", "resolution", .integer(\.data.resolution, TrainingSettings.sides), "side of the pictures, a power of two"),
  Setting("data", "fit", .choice(\.data.fit, ["crop", "pad"]), "how a photograph becomes a square"),
  Setting("data", "mirror", .flag(\.data.mirror), "show each photograph mirrored half of the time; false for text and clocks"),
  Setting("data", "held_out", .number(\.data.heldOut, 0...0.5), "share of people, or photographs, kept apart to judge by"),
  Setting("data", "minimum", .integer(\.data.minimum, 8...1_000_000), "fewer photographs are refused"),
  Setting("data", "background", .text(\.data.background), "behind transparent pixels and around padded pictures"),

  Setting("networks", "latent", .integer(\.networks.latent, 4...1024), "numbers in z and in a row of w"),
  Setting("networks", "mapping_layers", .integer(\.networks.mappingLayers, 1...16), "from z to w"),
  Setting("networks", "fmaps_base", .integer(\.networks.fmapsBase, 16...65_536), "channels at side r are fmaps_base / r …"),
  Setting("networks", "fmaps_max", .integer(\.networks.fmapsMax, 4...1024), "… but at most this"),
  Setting("networks", "encoder_base", .integer(\.networks.encoderBase, 4...256), "channels of the encoder's first block"),
  Setting("networks", "encoder_max", .integer(\.networks.encoderMax, 4...2048), "they double up to this"),
  Setting("networks", "perceptual_widths", .integers(\.networks.perceptualWidths, 1...512), "channels of the ten convolutions"),

  Setting("generator", "images", .integer(\.generator.images, TrainingSettings.imageCounts), "photographs shown to the discriminator"),
  Setting("generator", "stages", .integers(\.generator.stages, TrainingSettings.sides), "sides through which the pictures grow"),
  Setting("generator", "stage_images", .integers(\.generator.stageImages, TrainingSettings.imageCounts), "images of each stage"),
  Setting("generator", "stage_batches", .integers(\.generator.stageBatches, 2...1024), "batch of each stage"),
  Setting("generator", "fade_images", .integer(\.generator.fadeImages, 0...1_000_000_000), "over which a new block comes in"),
  Setting("generator", "learning_rate", .number(\.generator.learningRate, 1e-7...1), "of both networks"),
  Setting("generator", "final_rate", .number(\.generator.finalRate, 0...1), "part of it that is left at the end"),
  Setting("generator", "falling_share", .number(\.generator.fallingShare, 0...1), "part of the last stage in which it falls"),
  Setting("generator", "r1_gamma", .number(\.generator.r1Gamma, 0...1000), "weight of the gradient penalty R1"),
  Setting("generator", "r1_every", .integer(\.generator.r1Every, 1...64), "iterations from one R1 to the next"),
  Setting("generator", "average_images", .integer(\.generator.averageImages, 1...10_000_000), "half-life of the averaged generator"),
  Setting("generator", "mixing", .number(\.generator.mixing, 0...1), "probability of two codes in one picture"),
  Setting("generator", "augment", .choice(\.generator.augment, ["auto", "on", "off"]), "color, translation and cutout for few photographs"),
  Setting("generator", "distance_every", .integer(\.generator.distanceEvery, TrainingSettings.imageCounts), "images from one feature distance to the next"),
  Setting("generator", "distance_samples", .integer(\.generator.distanceSamples, 2...100_000), "pictures it is taken of"),

  Setting("generator", "from", .text(\.generator.from), "hash of the pack it started from", writtenBy: "--from"),

  Setting("perceptual", "images", .integer(\.perceptual.images, TrainingSettings.imageCounts), "photographs shown to the perceptual network"),
  Setting("perceptual", "batch", .integer(\.perceptual.batch, 2...1024), "pictures a step"),
  Setting("perceptual", "learning_rate", .number(\.perceptual.learningRate, 1e-7...1), "falls to 0"),
  Setting("perceptual", "weight_decay", .number(\.perceptual.weightDecay, 0...1), "decoupled"),
  Setting("perceptual", "from", .text(\.perceptual.from), "hash of the pack or file it was taken from", writtenBy: "--perceptual"),

  Setting("encoder", "images", .integer(\.encoder.images, TrainingSettings.imageCounts), "photographs shown to each encoder"),
  Setting("encoder", "batch", .integer(\.encoder.batch, 2...1024), "pictures a step"),
  Setting("encoder", "learning_rate", .number(\.encoder.learningRate, 1e-7...1), "of the encoder"),
  Setting("encoder", "discriminator_rate", .number(\.encoder.discriminatorRate, 0...1), "of the discriminator beside it"),
  Setting("encoder", "warm_up", .integer(\.encoder.warmUp, 0...1_000_000), "steps in which the rate rises"),
  Setting("encoder", "final_rate", .number(\.encoder.finalRate, 0...1), "part of the rate that is left at the end"),
  Setting("encoder", "perceptual_weight", .number(\.encoder.perceptualWeight, 0...1000), "of the features, beside 1 for pixels"),
  Setting("encoder", "adversarial_weight", .number(\.encoder.adversarialWeight, 0...1000), "of the discriminator's word"),
  Setting("encoder", "r1_gamma", .number(\.encoder.r1Gamma, 0...1000), "weight of R1 in the discriminator's step"),
  Setting("encoder", "r1_every", .integer(\.encoder.r1Every, 1...64), "steps from one R1 to the next"),
  Setting("encoder", "clip_norm", .number(\.encoder.clipNorm, 0...1_000_000), "largest norm of the gradient; 0 for any"),
  Setting("encoder", "code_spread", .number(\.encoder.codeSpread, 0...1000), "keeps codes within the spread of w; not in the paper"),
  Setting("encoder", "conventional", .flag(\.encoder.conventional), "train the conventional encoder, the paper's baseline, too"),

  Setting("boundaries", "samples", .integer(\.boundaries.samples, 20...1_000_000), "codes that are scored"),
  Setting("boundaries", "share", .number(\.boundaries.share, 0.001...0.5), "of them on each side"),
  Setting("boundaries", "minimum_accuracy", .number(\.boundaries.minimumAccuracy, 0...1), "a direction that separates less is left out"),

  Setting("card", "name", .text(\.card.name), "of the pack; its folder's, if empty"),
  Setting("card", "title", .text(\.card.title), "one line for people"),
  Setting("card", "license", .text(\.card.license), "of photographs and pack, an SPDX expression where there is one"),
  Setting("card", "commercial_use", .flag(\.card.commercialUse), "whether the photographs' license allows it"),
  Setting("card", "attribution", .text(\.card.attribution), "whom the photographs' license wants named"),
  Setting("card", "alignment", .choice(\.card.alignment, ["none", "ffhq"]), "how the photographs were placed"),
  Setting("card", "precision", .choice(\.card.precision, ["full", "half"]), "half: weights in 16 bits, half as large a pack"),
]
