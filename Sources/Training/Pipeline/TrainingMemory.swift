internal import Kernels
internal import NeuralNetworks

/// What a training is estimated to need of memory: known from its settings, before anything is taken.
package enum TrainingMemory {
  /// Bytes, an upper bound: `TrainingMemoryTests` compares it with whole trainings.
  ///
  /// - Parameter photographs: how many files the folder has.
  package static func bytes(_ settings: TrainingSettings, photographs: Int) -> Int {
    let float = MemoryLayout<Float>.size, side = settings.data.resolution
    // The pixels, and once more while the compact file is read or written.
    let pixels = 2 * photographs * 3 * side * side
    let stages = zip(settings.generator.stages, settings.generator.stageBatches)
    let generated = stages.map { $1 * settings.generatedNumbers(upTo: $0) }.max() ?? 0
    let encoded = settings.encoder.batch * (settings.encodedNumbers + settings.generatedNumbers(upTo: side))
    let seen = settings.perceptual.batch * settings.networks.perceptualWidths[0] * side * side * 4
    // Kept for the pullbacks, their gradients and the second derivative of R1 among them.
    let maps = max(generated * 16, encoded * 20, seen * 6) * float
    // Weights, gradients, moments, averages, packed weights.
    return (96 << 20) + pixels + maps + settings.parameterCount * float * 12
  }

  /// The same, of a training that somebody asks for; nothing is prepared or written.
  ///
  /// - Throws: `TrainingError` in one line, also where the request's limit is less, and what a pack that is named throws.
  package static func bytes(_ request: TrainingRequest) throws -> Int {
    let base = try request.base.map { path throws(TrainingError) in try BasePack(path) }
    let list = try request.folder.map { path throws(TrainingError) in try PhotographList(folder: path) }
    let settings = try Beginning(request, base, list, SilentObserver()).wanted()
    if let limit = request.memoryLimit { try check(settings, photographs: list?.entries.count ?? 0, limit: limit) }
    return bytes(settings, photographs: list?.entries.count ?? 0)
  }

  /// Refuses a training that does not fit.
  static func check(_ settings: TrainingSettings, photographs: Int, limit: Int?) throws(TrainingError) {
    let needed = bytes(settings, photographs: photographs), available = limit ?? SystemMemory.bytes
    guard needed > available else { return }
    let unit = 1 << 20
    throw TrainingError(
      "the training is estimated to need \(needed / unit) MiB of memory, and \(available / unit) MiB are there; choose a smaller resolution, batch or network")
  }
}

extension TrainingSettings {
  /// Numbers in the maps of one picture, in the generator and, about the same, in the discriminator.
  fileprivate func generatedNumbers(upTo side: Int) -> Int {
    let generator = generatorSettings
    return sides(upTo: side).reduce(0) { $0 + $1 * $1 * generator.channels(atSide: $1) }
  }

  fileprivate var encodedNumbers: Int {
    let encoder = encoderSettings(for: generatorSettings)
    return sides(upTo: data.resolution).reversed().enumerated().reduce(0) { sum, item in
      sum + item.element * item.element * encoder.channels(ofBlock: item.offset)
    }
  }

  /// Of generator, discriminator and encoder together, about.
  fileprivate var parameterCount: Int {
    let generator = generatorSettings, encoder = encoderSettings(for: generator), side = data.resolution
    var count = networks.mappingLayers * networks.latent * networks.latent
    for (block, r) in sides(upTo: side).enumerated() {
      let channels = generator.channels(atSide: r), before = generator.channels(atSide: max(4, r / 2))
      count += 2 * 9 * channels * (channels + before)
      let inner = encoder.channels(ofBlock: block), outer = encoder.channels(ofBlock: block + 1)
      count += 9 * inner * inner + 9 * inner * outer + inner * outer
    }
    return count + 16 * encoder.channels(ofBlock: 16) * generator.layers * generator.wDimension
  }

  private func sides(upTo side: Int) -> [Int] {
    Array(sequence(first: 4) { $0 < side ? $0 * 2 : nil })
  }
}
