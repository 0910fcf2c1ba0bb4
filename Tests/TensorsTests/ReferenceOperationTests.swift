import Tensors
import TestSupport
import Testing
import WeightFiles

/// Single operations with upstream and downstream gradients, of the released implementation in float64.
@Suite struct ReferenceOperationTests {
  /// Of the largest value: float against float64, seen 2e-7; instance normalization of channels of very different spread 2e-5.
  static let tolerance = 2e-6
  static let normalizationTolerance = 1e-4

  struct Case: Sendable {
    let name: String
    /// The inputs whose gradients the file has; the first is `x`.
    let inputs: [String]
    var tolerance = ReferenceOperationTests.tolerance
    let run: @Sendable ([Tensor], SafetensorsFile) throws -> Tensor
  }

  static let heScale5x9 = Float((2.0 / 45).squareRoot())

  static let cases: [Case] = [
    Case(name: "fused_up", inputs: ["x", "weight"]) { t, _ in
      // Padded to 5×5, summed with its shifts to 4×4; a transposed convolution is a flipped one of the spread picture.
      let scaled = t[1] * heScale5x9
      var kernel = try scaled.padded(0, before: 0, after: 1).padded(1, before: 0, after: 1)
      for (dy, dx) in [(1, 0), (0, 1), (1, 1)] {
        kernel = try kernel + scaled.padded(0, before: dy, after: 1 - dy).padded(1, before: dx, after: 1 - dx)
      }
      let flipped = try kernel.permuted([3, 2, 0, 1]).reversed(2).reversed(3)
      let y = try convolve(try zeroInsertUpsample(t[0]), weights: flipped, padding: 2)
      return try y.sliced(2, 0..<12).sliced(3, 0..<12)
    },
    Case(name: "unfused_up", inputs: ["x", "weight"]) { t, _ in
      try convolve(try upsampleNearest(t[0]), weights: t[1] * heScale5x9, padding: 1)
    },
    Case(name: "blur", inputs: ["x"]) { t, _ in try blur(t[0]) },
    Case(name: "noise", inputs: ["x", "noise", "weight"]) { t, _ in
      try t[0] + t[1].broadcast(to: t[0].shape) * t[2].reshaped([1, 3, 1, 1]).broadcast(to: t[0].shape)
    },
    Case(name: "lrelu", inputs: ["x"]) { t, _ in leakyReLU(t[0]) },
    Case(name: "instance_norm", inputs: ["x"], tolerance: normalizationTolerance) { t, _ in try instanceNormalize(t[0]) },
    Case(name: "pixel_norm", inputs: ["x"]) { t, _ in try pixelNormalize(t[0]) },
    Case(name: "style_mod", inputs: ["x", "w", "weight", "bias"]) { t, _ in
      let scale = Float(1 / 6.0.squareRoot())
      return try modulate(t[0], style: try dense(t[1], weights: t[2] * scale, bias: t[3]))
    },
    Case(name: "mapping_dense", inputs: ["x", "weight", "bias"]) { t, _ in
      let scale = Float(2.0.squareRoot() / 6.0.squareRoot() * 0.01)
      return leakyReLU(try dense(t[0], weights: t[1] * scale, bias: t[2] * 0.01))
    },
    Case(name: "batch_norm_eval", inputs: ["x", "weight", "bias"]) { t, file in
      let mean = Tensor(try file.floats(named: "batch_norm_eval.running_mean"), [3])
      let variance = Tensor(try file.floats(named: "batch_norm_eval.running_var"), [3])
      let normalized = try channelMultiply(try channelAdd(t[0], -mean), power(variance + 1e-5, -0.5))
      return try channelAffine(normalized, scale: t[1], shift: t[2])
    },
    Case(name: "avg_pool", inputs: ["x"]) { t, _ in try averagePool(t[0]) },
    Case(name: "max_pool_ties", inputs: ["x"]) { t, _ in try maximumPool(t[0]) },
    Case(name: "relu", inputs: ["x"]) { t, _ in relu(t[0]) },
    Case(name: "conv3", inputs: ["x", "weight", "bias"]) { t, _ in
      try channelAdd(try convolve(t[0], weights: t[1], padding: 1), t[2])
    },
    Case(name: "conv1", inputs: ["x", "weight"]) { t, _ in try convolve(t[0], weights: t[1], padding: 0) },
    Case(name: "tanh", inputs: ["x"]) { t, _ in tanh(t[0]) },
    Case(name: "upsample_nearest", inputs: ["x"]) { t, _ in try upsampleNearest(t[0]) },
    Case(name: "vgg_input", inputs: ["x"]) { t, _ in
      try channelAdd(try ((t[0] + 1) * 127.5).reversed(1), Tensor([-103.939, -116.779, -123.68], [3]))
    },
  ]

  @Test(arguments: cases)
  func theResultAndEveryGradientAreTheReleasedOnes(_ testCase: Case) throws {
    let file = try Fixtures.safetensors("ops.safetensors")
    func tensor(_ key: String) throws -> Tensor {
      let name = "\(testCase.name).\(key)"
      return Tensor(try file.floats(named: name), Shape(file.entry(name)?.shape ?? []))
    }
    let tape = Tape()
    let inputs = try testCase.inputs.map { tape.variable(try tensor($0)) }
    let y = try testCase.run(inputs, file)
    try compare(y, try tensor("y"), testCase, "y")
    let loss = try sum(y * tensor("gy"))
    for (name, gradient) in zip(testCase.inputs, try tape.gradients(of: loss, for: inputs)) {
      try compare(gradient, try tensor("g_\(name)"), testCase, "g_\(name)")
    }
  }

  private func compare(_ value: Tensor, _ reference: Tensor, _ testCase: Case, _ key: String) throws {
    #expect(value.shape == reference.shape)
    let largest = reference.values.reduce(0) { max($0, abs($1)) }
    let worst = worstElement(value.values, reference.values)
    #expect(
      Double(worst.difference) <= testCase.tolerance * Double(largest), "\(testCase.name).\(key): \(worst), largest \(largest)")
  }

  @Test func aConstantChannelNormalizesToZero() throws {
    let file = try Fixtures.safetensors("ops.safetensors")
    let x = Tensor(try file.floats(named: "instance_norm_const.x"), [1, 2, 4, 4])
    let expected = try file.floats(named: "instance_norm_const.y")
    #expect(maxAbsoluteDifference(try instanceNormalize(x).values, expected) < 1e-4)
  }
}
