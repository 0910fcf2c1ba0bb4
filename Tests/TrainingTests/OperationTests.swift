import Kernels
import NeuralNetworks
import Tensors
import TestSupport
import Testing
import Training
import WeightFiles

@Suite("Augmentation, Adam and the perceptual network's step are PyTorch's")
struct TrainingOperationTests {
  let numbers: TrainingFixtures

  init() throws {
    numbers = try TrainingFixtures("ops")
  }

  @Test("augmentation of color and place, with its gradient")
  func augmentation() throws {
    func doubles(_ name: String) throws -> [Double] { try numbers.values("diff_augment.in.\(name)").map(Double.init) }
    let shifts = try numbers.integers("diff_augment.in.shift"), holes = try numbers.integers("diff_augment.in.cut")
    let augmentation = Augmentation(
      brightness: try doubles("u_brightness"), saturation: try doubles("u_saturation"), contrast: try doubles("u_contrast"),
      shifts: (0..<4).map { (shifts[2 * $0], shifts[2 * $0 + 1]) }, holes: (0..<4).map { (holes[2 * $0], holes[2 * $0 + 1]) })
    let tape = Tape()
    let x = tape.variable(try numbers.tensor("diff_augment.in.x"))
    let y = try augmentation(x)
    #expect(relativeError(y.values, try numbers.values("diff_augment.y")) < 1e-6)
    let gradient = try tape.gradients(of: y, along: numbers.tensor("diff_augment.in.gy"), for: [x])[0]
    #expect(relativeError(gradient.values, try numbers.values("diff_augment.g_x")) < 2e-6)
  }

  @Test("the numbers that are drawn for an augmentation lie within their ranges and reach both ends")
  func ranges() {
    let random = RandomNumbers(seed: 9)
    let drawn = (0..<200).map { Augmentation(random, .augmentFakesOfG, $0, count: 8, side: 16) }
    let shifts = drawn.flatMap(\.shifts), holes = drawn.flatMap(\.holes)
    #expect(Set(shifts.map(\.dy)) == Set(-2...2) && Set(shifts.map(\.dx)) == Set(-2...2))
    #expect(Set(holes.map(\.y)) == Set(0...16) && Set(holes.map(\.x)) == Set(0...16))
  }

  @Test("Adam without a first moment over six updates")
  func adam() throws {
    var parameters = ["p": try numbers.tensor("adam_beta0.p0")]
    let adam = Adam(beta1: 0), gradients = try numbers.tensor("adam_beta0.grads").rows
    let expected = try numbers.tensor("adam_beta0.p").rows
    for (step, gradient) in gradients.enumerated() {
      try adam.update(&parameters, gradients: ["p": Tensor(gradient, [gradient.count])], rate: 0.002)
      #expect(maxAbsoluteDifference(try #require(parameters["p"]).values, expected[step]) < 1e-6, "update \(step)")
    }
  }

  @Test("a step of the perceptual network with its head")
  func perceptual() throws {
    let network = try TrainablePerceptual(
      settings: TrainingFixtures.perceptualSettings,
      weights: TrainingFixtures.Source(file: numbers.networks, prefix: "P."))
    let head = [
      "weight": try numbers.tensor("perceptual_step.in.head.weight"),
      "bias": try numbers.tensor("perceptual_step.in.head.bias"),
    ]
    let answers = try numbers.integers("perceptual_step.in.labels").map(Optional.some)
    var logits: [Float] = []
    let step = try PerceptualStep.run(network, head: head, pictures: numbers.photographs([0, 1, 2, 3])) { outputs in
      logits = outputs.values
      return (outputs, [SoftmaxLoss(logits, width: 5, columns: 0..<5, answers: answers)])
    }
    #expect(relativeError(logits, try numbers.values("perceptual_step.logits")) < 1e-5)
    #expect(relativeError([Float(step.loss)], try numbers.values("perceptual_step.loss")) < 5e-6)
    var all = step.gradients
    for (name, gradient) in step.headGradients { all["head." + name] = gradient }
    let errors = try numbers.gradientErrors(all, "perceptual_step.grad.")
    #expect(errors.count == 22 && errors.allSatisfy { $0.1 < 3e-5 }, "\(errors.prefix(3)) of \(errors.count)")
    var parameters = network.parameters
    let adam = Adam(beta1: 0.9, beta2: 0.999, weightDecay: 1e-3)
    try adam.update(&parameters, gradients: step.gradients, rate: 1e-3)
    for (name, gradient) in step.gradients {
      let found = try #require(parameters[name]).values, expected = try numbers.values("perceptual_step.next.\(name)")
      let largest = gradient.values.map(abs).max() ?? 0
      let worst = found.indices.filter { abs(gradient.values[$0]) > 1e-5 * largest }
        .map { abs(found[$0] - expected[$0]) }.max() ?? 0
      #expect(worst < 1e-5, "\(name)")
    }
  }
}
