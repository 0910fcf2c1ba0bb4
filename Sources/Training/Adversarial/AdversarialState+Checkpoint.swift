internal import Foundation
internal import NeuralNetworks
internal import Tensors

extension AdversarialState {
  /// - Parameter origin: ties it to settings and photographs.
  func checkpoint(_ origin: Origin) throws -> Checkpoint {
    var result = Checkpoint()
    try result.add("generator", generator.parameters)
    try result.add("discriminator", discriminator.parameters)
    try result.add("average", average.parameters)
    result.add("generator.adam", generatorAdam)
    result.add("discriminator.adam", discriminatorAdam)
    origin.write(to: &result)
    result.texts["seen"] = "\(seen)"
    result.texts["iteration"] = "\(iteration)"
    result.texts["phase"] = "\(phase.side) \(phase.isFading)"
    if rateFactor != 1 { result.texts["rate"] = "\(rateFactor)" }
    result.texts["augments"] = "\(isAugmenting)"
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    result.texts["shown"] = String(decoding: try encoder.encode(shown), as: UTF8.self)
    if let best { result.texts["best"] = String(decoding: try encoder.encode(best), as: UTF8.self) }
    return result
  }

  init(_ checkpoint: Checkpoint, _ settings: TrainingSettings) throws(TrainingError) {
    self.init(settings)
    try Self.replace(&generator.parameters, checkpoint.group("generator"))
    try Self.replace(&discriminator.parameters, checkpoint.group("discriminator"))
    try Self.replace(&average.parameters, checkpoint.group("average"))
    try checkpoint.restore("generator.adam", generatorAdam)
    try checkpoint.restore("discriminator.adam", discriminatorAdam)
    seen = try checkpoint.integer("seen")
    iteration = try checkpoint.integer("iteration")
    let words = try checkpoint.text("phase").split(separator: " ")
    guard words.count == 2, let side = Int(words[0]) else { throw TrainingError("the checkpoint's phase is unknown") }
    phase = GrowingSchedule.Phase(side: side, isFading: words[1] == "true")
    rateFactor = checkpoint.texts["rate"].flatMap(Double.init) ?? 1
    isAugmenting = try checkpoint.text("augments") == "true"
    let decoder = JSONDecoder()
    if let text = checkpoint.texts["shown"], let known = try? decoder.decode(ShownValues.self, from: Data(text.utf8)) {
      shown = known
    }
    if let text = checkpoint.texts["best"] { best = try? decoder.decode(Best.self, from: Data(text.utf8)) }
  }

  /// Puts the numbers of a file in the place of those there are; every one must be there and of its shape.
  static func replace(_ parameters: inout [String: Tensor], _ found: [String: Tensor]) throws(TrainingError) {
    for (name, old) in parameters {
      guard let tensor = found[name], tensor.shape == old.shape else {
        throw TrainingError("the checkpoint's '\(name)' is missing or of another shape than \(old.shape)")
      }
      parameters[name] = tensor
    }
  }
}

/// What a checkpoint belongs to.
struct Origin: Sendable, Equatable {
  /// Of the settings' file.
  let settings: String
  /// Of the photographs.
  let photographs: String

  func write(to checkpoint: inout Checkpoint) {
    checkpoint.texts["settings"] = settings
    checkpoint.texts["photographs"] = photographs
  }

  /// - Throws: `TrainingError` with a remedy when it belongs to something else.
  func check(_ checkpoint: Checkpoint, workspace: String) throws(TrainingError) {
    guard try checkpoint.text("photographs") == photographs else {
      throw TrainingError("\(workspace): was begun with other photographs; put them back, or choose another -o")
    }
    guard try checkpoint.text("settings") == settings else {
      throw TrainingError("\(workspace)/settings.yaml: was changed after the training began; put it back, or choose another -o")
    }
  }
}
