package import NeuralNetworks
package import Tensors
internal import WeightFiles

/// Trains the perceptual network: to answer what the labels say, or without labels to tell which two views come from one
/// photograph (Chen et al. 2020).
package struct PerceptualTrainer: StagedTraining {
  package static let stage = "perceptual"
  private static let warmUp = 50
  private static let dropout = 0.3
  private static let temperature: Float = 0.2
  private static let embedding = 64

  package let settings: TrainingSettings
  package private(set) var network: TrainablePerceptual
  package private(set) var head: [String: Tensor]
  package private(set) var seen = 0
  private var iteration = 0
  private var rateFactor = 1.0
  private let adam: Adam
  private let headAdam: Adam
  private var shownLoss: Double?
  private var shownAccuracy: Double?
  private let questions: LabelQuestions
  private let random: RandomNumbers
  private let reals: RealBatches
  private let training: [Int]
  private let side: Int
  private var order: EpochOrder

  package init(_ settings: TrainingSettings, _ photographs: PreparedPhotographs) {
    self.settings = settings
    random = RandomNumbers(seed: UInt64(settings.seed))
    reals = RealBatches(photographs)
    training = photographs.training
    side = photographs.side
    questions = LabelQuestions(photographs)
    order = EpochOrder(random, .perceptualOrder, count: training.count)
    let sizes = settings.perceptualSettings
    network = TrainablePerceptual(
      settings: sizes, parameters: AdversarialState.initial(sizes.tensors.filter { $0.presence == .required }, random, network: 2))
    let pooled = max(1, side / 16), inputs = (sizes.widths.last ?? 1) * pooled * pooled
    let outputs = questions.questions.isEmpty ? Self.embedding : questions.width
    head = [
      "weight": random.normals(.initialization, 3, [outputs, inputs]) * Float(1 / Double(inputs).squareRoot()),
      "bias": Tensor(repeating: 0, [outputs]),
    ]
    adam = Adam(beta1: 0.9, beta2: 0.999, weightDecay: settings.perceptual.weightDecay)
    headAdam = Adam(beta1: 0.9, beta2: 0.999, weightDecay: settings.perceptual.weightDecay)
  }

  package var total: Int { settings.perceptual.images }

  package mutating func step() throws {
    let batch = min(settings.perceptual.batch, 2 * training.count) / 2 * 2
    let isLabelled = !questions.questions.isEmpty
    let items = order.items(from: seen, count: isLabelled ? batch : batch / 2).map { training[$0] }
    let result = isLabelled ? try labelled(items) : try contrastive(items)
    guard result.loss.isFinite else {
      throw NotFinite("the loss of the perceptual network is \(result.loss) at iteration \(iteration)")
    }
    try adam.update(&network.parameters, gradients: result.gradients, rate: rate(batch))
    try headAdam.update(&head, gradients: result.headGradients, rate: rate(batch))
    ShownValues.smooth(&shownLoss, towards: result.loss, images: batch)
    ShownValues.smooth(&shownAccuracy, towards: Double(result.correct) / Double(max(1, result.count)), images: batch)
    seen += items.count
    iteration += 1
  }

  private func rate(_ batch: Int) -> Double {
    let rising = min(1, Double(iteration + 1) / Double(Self.warmUp))
    return settings.perceptual.learningRate * rateFactor * rising * max(0, 1 - Double(seen) / Double(total))
  }

  private func labelled(_ items: [Int]) throws -> PerceptualStep.Result {
    // What a label says may not hold for the mirrored picture, unless it is only the subfolder.
    let mayMirror = settings.data.mirror && questions.questions.allSatisfy { $0.column == "folder" }
    let pictures = try views(items, mirrors: mayMirror, strength: 0.4, part: 0)
    let width = questions.width, questions = questions.questions
    return try PerceptualStep.run(network, head: head, pictures: pictures, mask: mask(items.count)) { outputs in
      let rows = outputs.values
      var start = 0, losses: [SoftmaxLoss] = []
      for question in questions {
        let columns = start..<start + question.answers.count
        losses.append(SoftmaxLoss(rows, width: width, columns: columns, answers: items.map { question.labels[$0] }))
        start = columns.upperBound
      }
      return (outputs, losses)
    }
  }

  private func contrastive(_ items: [Int]) throws -> PerceptualStep.Result {
    let pictures = try concatenated(
      [views(items, mirrors: true, strength: 0.8, part: 0), views(items, mirrors: true, strength: 0.8, part: 100)], 0)
    let count = items.count
    return try PerceptualStep.run(network, head: head, pictures: pictures, mask: nil) { outputs in
      let lengths = power(try (outputs * outputs).summed(to: [2 * count, 1]) + 1e-6, -0.5)
      let unit = try outputs * lengths.broadcast(to: outputs.shape)
      let likeness = try matrixProduct(unit, unit, transposed: (false, true)) * (1 / Self.temperature)
      let answers: [Int?] = (0..<2 * count).map { ($0 + count) % (2 * count) }
      return (likeness, [SoftmaxLoss(likeness.values, width: 2 * count, columns: 0..<2 * count, answers: answers) { $0 }])
    }
  }

  /// Shifted, mirrored, of other colors.
  private func views(_ items: [Int], mirrors: Bool, strength: Double, part: Int) throws -> Tensor {
    func even(_ item: Int, _ which: Int) -> Double {
      random.uniform(.perceptualJitter, iteration, item, part: part + which)
    }
    let mirrored = items.indices.map { mirrors && even($0, 0) < 0.5 }
    let reach = max(1, Int(Double(side) * 0.25 * strength))
    func shift(_ item: Int, _ which: Int) -> Int {
      random.integer(below: 2 * reach + 1, .perceptualCrop, iteration, item, part: part + which) - reach
    }
    let jitter = Augmentation(
      brightness: items.indices.map { 0.5 + (even($0, 1) - 0.5) * strength },
      saturation: items.indices.map { 0.5 + (even($0, 2) - 0.5) * strength },
      contrast: items.indices.map { 0.5 + (even($0, 3) - 0.5) * strength },
      shifts: items.indices.map { (shift($0, 1), shift($0, 2)) },
      holes: items.indices.map { _ in (-2 * side, -2 * side) })
    return try jitter(reals.tensor(items, mirrored: mirrored))
  }

  private func mask(_ count: Int) -> Tensor {
    let width = head["weight"]?.shape[1] ?? 1
    let values = (0..<count * width).map { index in
      random.uniform(.perceptualDropout, iteration, index) < Self.dropout ? 0 : Float(1 / (1 - Self.dropout))
    }
    return Tensor(values, [count, width])
  }

  /// The finished network: its last layer scaled so that 5e-5 · features weighs 0.7 of pixels for unrelated photographs.
  func finished() throws -> [String: Tensor] {
    let items = Array(training.prefix(256))
    var features: [[Float]] = [], pixels: [[Float]] = []
    for start in stride(from: 0, to: items.count, by: 16) {
      let batch = Array(items[start..<min(start + 16, items.count)])
      let pictures = try reals.tensor(batch)
      features += try network.features(pictures).plain().rows
      pixels += pictures.rows
    }
    func difference(_ a: [Float], _ b: [Float]) -> Double {
      zip(a, b).reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) } / Double(a.count)
    }
    let pairs = zip(items.indices, items.indices.dropFirst())
    let d = pairs.reduce(0) { $0 + difference(features[$1.0], features[$1.1]) }
    let p = pairs.reduce(0) { $0 + difference(pixels[$1.0], pixels[$1.1]) }
    guard d > 0 else { throw TrainingError("the perceptual network gives the same features for all photographs; train it longer") }
    let factor = Float((0.7 * p / (5e-5 * d)).squareRoot())
    var parameters = network.parameters
    for name in ["layer21.weight", "layer21.bias"] { parameters[name] = parameters[name].map { $0 * factor } }
    return parameters
  }

  // MARK: Saving and showing

  mutating func slowDown() { rateFactor /= 2 }

  func checkpoint(_ origin: Origin) throws -> Checkpoint {
    var result = Checkpoint()
    try result.add("perceptual", network.parameters)
    try result.add("head", head)
    result.add("perceptual.adam", adam)
    result.add("head.adam", headAdam)
    origin.write(to: &result)
    result.texts["seen"] = "\(seen)"
    result.texts["iteration"] = "\(iteration)"
    if rateFactor != 1 { result.texts["rate"] = "\(rateFactor)" }
    if let shownLoss { result.texts["loss"] = "\(shownLoss)" }
    if let shownAccuracy { result.texts["accuracy"] = "\(shownAccuracy)" }
    return result
  }

  mutating func restore(_ checkpoint: Checkpoint) throws(TrainingError) {
    try AdversarialState.replace(&network.parameters, checkpoint.group("perceptual"))
    try AdversarialState.replace(&head, checkpoint.group("head"))
    try checkpoint.restore("perceptual.adam", adam)
    try checkpoint.restore("head.adam", headAdam)
    seen = try checkpoint.integer("seen")
    iteration = try checkpoint.integer("iteration")
    rateFactor = checkpoint.texts["rate"].flatMap(Double.init) ?? 1
    shownLoss = checkpoint.texts["loss"].flatMap(Double.init)
    shownAccuracy = checkpoint.texts["accuracy"].flatMap(Double.init)
  }

  var values: [String: Double] { ["loss": shownLoss, "right": shownAccuracy].compactMapValues { $0 } }

  var line: [String] {
    let subject = questions.questions.isEmpty ? "pairs" : questions.questions.map(\.column).joined(separator: ", ")
    return [
      "loss \(ProgressText.number(shownLoss))",
      "right \(ProgressText.number(shownAccuracy.map { $0 * 100 }, digits: 0)) % (\(subject))",
    ]
  }
}
