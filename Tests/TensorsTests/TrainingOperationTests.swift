import Tensors
import TestSupport
import Testing
import WeightFiles

/// Operations that training adds, with upstream and downstream gradients in float64 (`Fixtures/training/ops.safetensors`).
@Suite struct TrainingOperationTests {
  struct Case: Sendable {
    let name: String
    let inputs: [String]
    /// Of gradients that nearly cancel, relative and absolute; those of others are tight.
    var relative = 2e-6
    var absolute = 0.0
    let run: @Sendable ([Tensor]) throws -> Tensor
  }

  private static func deviation(_ name: String) -> Case {
    Case(name: "minibatch_deviation.\(name)", inputs: ["x"]) { try appendMinibatchDeviation($0[0]) }
  }

  private static func normalization(_ name: String, relative: Double = 2e-6, absolute: Double = 0) -> Case {
    Case(name: "batch_norm.\(name)", inputs: ["x", "gamma", "beta"], relative: relative, absolute: absolute) {
      try batchNormalize($0[0], weight: $0[1], bias: $0[2]).y
    }
  }

  static let cases: [Case] = [
    deviation("consecutive"), deviation("six"), deviation("equal_items"),
    Case(name: "softplus", inputs: ["x"]) { softplus($0[0]) },
    normalization("maps", absolute: 1e-3), normalization("vectors"), normalization("batch2", relative: 3e-3),
  ]

  @Test(arguments: cases)
  func theResultAndEveryGradientAreTheReferences(_ testCase: Case) throws {
    let file = try Fixtures.safetensors("training/ops.safetensors")
    func tensor(_ key: String) throws -> Tensor {
      let name = "\(testCase.name).\(key)"
      return Tensor(try file.floats(named: name), Shape(try #require(file.entry(name), "\(name)").shape))
    }
    let tape = Tape()
    let inputs = try testCase.inputs.map { tape.variable(try tensor("in.\($0)")) }
    let y = try testCase.run(inputs)
    let expected = try tensor("y"), largest = expected.values.reduce(0) { max($0, abs($1)) }
    let worst = worstElement(y.values, expected.values)
    #expect(worst.difference <= 1e-6 * largest, "\(testCase.name): \(worst)")
    let gradients = try tape.gradients(of: try sum(y * tensor("in.gy")), for: inputs)
    for (input, gradient) in zip(testCase.inputs, gradients) {
      let reference = try file.doubles(named: "\(testCase.name).g_\(input)")
      let error = relativeError(gradient.values.map(Double.init), reference)
      let difference = zip(gradient.values, reference).map { abs(Double($0) - $1) }.max() ?? 0
      #expect(
        error <= testCase.relative || difference <= testCase.absolute,
        "\(testCase.name) g_\(input): off by \(error) of its norm, at most by \(difference)")
    }
  }

  @Test(arguments: ["maps", "vectors", "batch2"])
  func theMomentsOfABatchAreTheReferences(_ name: String) throws {
    let file = try Fixtures.safetensors("training/ops.safetensors"), prefix = "batch_norm.\(name)."
    func tensor(_ key: String) throws -> Tensor {
      Tensor(try file.floats(named: prefix + key), Shape(try #require(file.entry(prefix + key)).shape))
    }
    let moments = try batchNormalize(tensor("in.x"), weight: tensor("in.gamma"), bias: tensor("in.beta")).moments
    for (key, batch, moved) in [
      ("running_mean", moments.mean, "running_mean"), ("running_var", moments.variance, "running_var_biased"),
    ] {
      let running = try tensor("in.\(key)") * 0.9 + batch * 0.1
      #expect(relativeError(running.values.map(Double.init), try file.doubles(named: prefix + moved)) < 2e-6)
    }
  }
}
