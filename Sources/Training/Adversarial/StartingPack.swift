internal import ModelPacks
internal import NeuralNetworks
internal import Tensors
internal import WeightFiles

/// A model from which another training continues, also at another side.
struct StartingPack {
  let description: PackDescription
  let hash: String
  private let folder: String

  /// - Throws: `PackError` when it is no pack; `TrainingError` when its networks are of another kind than those that are
  ///   trained here.
  init(_ folder: String) throws {
    let pack = try ModelPack.load(folder, verification: .full)
    description = pack.description
    hash = pack.hash
    self.folder = folder
    let generator = description.generator
    guard generator.repeatW, generator.fusedScale == .never, generator.finalTanh,
      generator.zDimension == generator.wDimension
    else {
      throw TrainingError(
        "\(folder): is a pack of another kind (repeat_w, final_tanh and fused_scale: never are needed, and z as wide as w)")
    }
  }

  /// Sizes of the networks as they are in the pack.
  func apply(to settings: inout TrainingSettings) {
    let generator = description.generator
    settings.networks.latent = generator.wDimension
    settings.networks.mappingLayers = generator.mappingLayers
    (settings.networks.fmapsBase, settings.networks.fmapsMax) = (generator.fmapsBase, generator.fmapsMax)
    let first = min(description.resolution, settings.data.resolution), last = settings.data.resolution
    settings.generator.stages = (first.trailingZeroBitCount...last.trailingZeroBitCount).map { 1 << $0 }
    settings.generator.stageBatches = settings.generator.stages.map { $0 >= 128 ? 16 : 32 }
    settings.generator.from = hash
  }

  /// Puts the pack's numbers in the place of those that were drawn, where names and shapes are the same.
  ///
  /// - Returns: how many tensors the pack has in another shape.
  func start(_ state: inout AdversarialState) throws -> Int {
    var others = try replace(&state.generator.parameters, PackFileName.generator)
    state.average = state.generator
    if description.discriminator != nil { others += try replace(&state.discriminator.parameters, PackFileName.discriminator) }
    return others
  }

  private func replace(_ parameters: inout [String: Tensor], _ name: String) throws -> Int {
    let file = try SafetensorsFile(path: folder + "/" + name, name: name)
    var others = 0
    for (key, old) in parameters {
      guard let entry = file.entry(key) else { continue }
      if entry.shape == old.shape.dimensions {
        parameters[key] = Tensor(try file.floats(named: key, allowsNonFinite: false), old.shape)
      } else {
        others += 1
      }
    }
    return others
  }
}
