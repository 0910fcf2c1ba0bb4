import Kernels
import Tensors

/// Two 3×3 convolutions beside a shortcut, summed, with no activation after the sum.
struct ResidualBlock: Sendable {
  private let first: PackedConvolution
  private let second: PackedConvolution
  /// A 1×1 convolution where the channel count changes, else nil for the identity.
  private let shortcut: PackedConvolution?

  init(_ block: Int, side: Int, _ settings: EncoderSettings, _ weights: some WeightSource) throws {
    let inputs = settings.channels(ofBlock: block - 1), outputs = settings.channels(ofBlock: block)
    let hidden = min(inputs, outputs)
    func layer(
      _ convolution: String, _ normalization: String, bias: String?, _ outputs: Int, _ inputs: Int, kernel: Int
    ) throws -> PackedConvolution {
      let name = "block\(block)."
      return try PackedConvolution.load(
        name + convolution + ".weight", outputs: outputs, inputs: inputs, kernel: kernel, side: side,
        times: settings.wscale ? heScale(inputs * kernel * kernel) : 1,
        bias: bias.map { try weights.floats(named: name + $0 + ".bias", shape: [outputs]) },
        normalization: settings.batchNorm
          ? BatchNormalization(name + normalization, channels: outputs, weights) : nil,
        activation: .leakyReLU, from: weights)
    }
    shortcut = inputs == outputs ? nil : try layer("conv", "bn", bias: nil, outputs, inputs, kernel: 1)
    first = try layer("conv1", "bn1", bias: "wscale1", hidden, inputs, kernel: 3)
    second = try layer("conv2", "bn2", bias: "wscale2", outputs, hidden, kernel: 3)
  }

  /// The two parts of its output, still to be summed.
  func callAsFunction(_ x: Tensor) throws -> (main: Tensor, shortcut: Tensor) {
    // Recorded first, so that its gradient comes last and is added to the other's.
    let short = try shortcut.map { try convolve(x, $0) } ?? x
    return (try convolve(try convolve(x, first), second), short)
  }
}
