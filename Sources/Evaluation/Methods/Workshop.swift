package import Editing
package import Files
package import Images
internal import Inversion
package import ModelPacks
package import NeuralNetworks
internal import Tensors

/// A pack at work: photographs to codes, codes to pictures; every optimization is made once.
package struct Workshop {
  let networks: GANNetworks
  package let discriminator: Discriminator?
  package let facts: ModelInfo
  /// By attribute; `layers · width` numbers each.
  package let boundaries: [String: [Float]]
  private let store: CodeStore
  private let observer: EvaluationObserver

  /// - Parameter path: the output's folder; finished optimizations lie in its `codes`.
  package init(_ pack: ModelPack, output path: String, folder: Folder, observer: EvaluationObserver) throws {
    networks = try GANNetworks(pack)
    discriminator = try pack.makeDiscriminator()
    facts = ModelInfo(pack.description, hash: pack.hash)
    let layers = pack.description.layers
    boundaries = pack.boundaries.mapValues { boundary in (0..<layers).flatMap(boundary.row) }
    store = CodeStore(path: path + "/codes", folder: try folder.makeFolder(Name("codes")))
    self.observer = observer
  }

  /// The methods this pack has the networks for.
  package var methods: [EvaluatedMethod] {
    EvaluatedMethod.allCases.filter { $0 != .conventional || facts.hasConventionalEncoder }
  }

  /// Inverts a photograph, or finds what was inverted before.
  ///
  /// - Parameters:
  ///   - steps: nil for the pack's.
  ///   - domainWeight: nil for the method's.
  func invert(
    _ photograph: Photograph, _ method: EvaluatedMethod, steps: Int?, domainWeight: Float? = nil
  ) throws -> FinishedRun {
    var settings = method.settings(facts, steps: steps)
    if let domainWeight { settings.weights.domain = domainWeight }
    return try run(identity("invert", String(describing: settings), [photograph.picture])) { onStep in
      try Inversion.invert(target: photograph.tensor, model: networks, settings: settings, onStep: onStep)
    }
  }

  /// Diffuses the box of one photograph into another; Image2StyleGAN from the average code.
  func diffuse(
    _ target: Photograph, into context: Photograph, box: Box, _ method: EvaluatedMethod, steps: Int?, snapshots: Int = 0
  ) throws -> FinishedRun {
    let settings = DiffusionSettings(
      method: method == .image2stylegan ? .image2stylegan : .inDomain, steps: steps ?? facts.steps, learningRate: facts.learningRate, weights: facts.weights,
      snapshots: snapshots)
    let what = "\(method.rawValue) \(box) \(settings)"
    return try run(identity("diffuse", what, [target.picture, context.picture])) { onStep in
      try Inversion.diffuse(
        target: target.tensor, context: context.tensor, box: box, model: networks, settings: settings, onStep: onStep)
    }
  }

  /// The saved picture of a code.
  package func picture(_ code: [Float]) throws -> Picture {
    try observer.check()
    return try ImageTensors.picture(networks.synthesize(tensor(code)))
  }

  func tensor(_ code: [Float]) -> Tensor { Tensor(code, [1, networks.layers, networks.width]) }

  /// Mean squared difference of a code and the encoder's code of its picture.
  func domainDistance(_ code: [Float]) throws -> Double {
    let codes = tensor(code)
    return Double(try networks.domainDistance(codes, networks.synthesize(codes)).item)
  }

  /// The first work of a process also pays for memory that later work reuses; it should not count as anybody's time.
  func warmUp(_ photograph: Photograph) throws {
    _ = try Inversion.invert(target: photograph.tensor, model: networks, settings: InversionSettings(steps: 1))
  }

  func announce(_ section: String) { observer.announce(section) }

  private func run(
    _ identity: String, _ optimize: ((InversionState) -> StepAction) throws -> InversionResult
  ) throws -> FinishedRun {
    if let known = store.run(identity) { return known }
    try observer.check()
    let clock = ContinuousClock(), begin = clock.now
    let result = try optimize { _ in observer.shouldStop() ? .stop : .go }
    guard result.outcome == .finished else { throw EvaluationError.stopped }
    let elapsed = (clock.now - begin).inSeconds
    let item = result.state.items[0]
    let finished = FinishedRun(
      code: item.result(keep: .last).code, start: item.start,
      perceptual: item.losses.map(\.perceptual) + [item.finalLosses?.perceptual ?? 0],
      seconds: elapsed,
      snapshots: item.snapshots.map(\.code))
    do {
      try store.store(finished, identity)
    } catch {
      throw EvaluationError(error.message)
    }
    return finished
  }

  private func identity(_ kind: String, _ settings: String, _ pictures: [Picture]) -> String {
    var digest = Digest()
    digest.add(Array("idinvert evaluation 1 \(kind)\n\(facts.hash)\n\(settings)\n".utf8))
    for picture in pictures { digest.add(picture.pixels) }
    return digest.finish()
  }
}

/// Who hears how an evaluation goes on, and may end it.
package struct EvaluationObserver {
  package let shouldStop: () -> Bool
  package let announce: (String) -> Void

  package init(shouldStop: @escaping () -> Bool = { false }, announce: @escaping (String) -> Void = { _ in }) {
    self.shouldStop = shouldStop
    self.announce = announce
  }

  func check() throws {
    if shouldStop() { throw EvaluationError.stopped }
  }
}
