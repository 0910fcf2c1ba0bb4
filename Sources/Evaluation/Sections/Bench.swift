internal import Editing
internal import Files
internal import Images
internal import Inversion
internal import ModelPacks
internal import NeuralNetworks

/// What every section works with.
struct Bench {
  let workshop: Workshop
  let judge: Judge
  let photographs: PhotographSet
  let settings: EvaluationSettings
  let background: PixelColor

  init(
    _ pack: ModelPack, photographs folder: String, examples: String? = nil, output: String, folder outputFolder: Folder,
    settings: EvaluationSettings, decoder: any PictureDecoding,
    observer: EvaluationObserver
  ) throws {
    background = pack.description.background
    photographs = try PhotographSet(
      folder: folder, examples: examples, resolution: pack.description.resolution, background: background, settings: settings,
      decoder: decoder)
    workshop = try Workshop(pack, output: output, folder: outputFolder, observer: observer)
    judge = Judge(perceptual: workshop.networks.perceptual, discriminator: workshop.discriminator)
    self.settings = settings
  }

  var uncertainty: Uncertainty { Uncertainty(settings) }
  var resolution: Int { workshop.facts.resolution }

  /// The picture that a method makes of a photograph.
  func reconstruction(_ photograph: Photograph, _ method: EvaluatedMethod) throws -> Picture {
    try workshop.picture(workshop.invert(photograph, method, steps: settings.steps).code)
  }

  func code(_ photograph: Photograph, _ method: EvaluatedMethod) throws -> [Float] {
    try workshop.invert(photograph, method, steps: settings.steps).code
  }

  /// Pairs of the first photographs, each in one pair only.
  func pairs(_ wanted: Int) -> [(a: Photograph, b: Photograph)] {
    let chosen = photographs.chosen
    return (0..<min(wanted, chosen.count / 2)).map { (chosen[2 * $0], chosen[2 * $0 + 1]) }
  }

  func mean(_ values: [Double]) -> Double { values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count) }
}
