import Kernels
import Tensors
import TestSupport
import Testing

/// The blocked kernels of training at the channels, sides and batches of a real model, against the plain ones.
@Suite struct RealSizeTests {
  struct Layer: Sendable, CustomStringConvertible {
    let inputs: Int, outputs: Int, side: Int, batch: Int
    var description: String { "\(batch) × \(inputs)→\(outputs) @\(side)" }
  }

  static let layers = [
    Layer(inputs: 128, outputs: 128, side: 16, batch: 5), Layer(inputs: 128, outputs: 64, side: 16, batch: 4),
    Layer(inputs: 64, outputs: 64, side: 32, batch: 5), Layer(inputs: 64, outputs: 128, side: 32, batch: 3),
    Layer(inputs: 32, outputs: 32, side: 64, batch: 3), Layer(inputs: 32, outputs: 64, side: 64, batch: 2),
    Layer(inputs: 129, outputs: 128, side: 4, batch: 32), Layer(inputs: 128, outputs: 128, side: 8, batch: 32),
    Layer(inputs: 16, outputs: 16, side: 128, batch: 2),
  ]

  private func agree(
    _ name: String, _ layer: Layer, inputs: Int, outputs: Int, _ run: (_ x: Tensor, _ weights: Tensor) throws -> Tensor
  ) throws {
    var random = SeededGenerator(seed: 5)
    let x = Tensor(random.normals(layer.batch * inputs * layer.side * layer.side), [layer.batch, inputs, layer.side, layer.side])
    let w = Tensor(random.normals(outputs * inputs * 9), [outputs, inputs, 3, 3])
    func results(_ isBlocked: Bool) throws -> [Tensor] {
      let tape = Tape(), x = tape.variable(x), w = tape.variable(w)
      let y = try run(isBlocked ? x.blocked() : x, w)
      // Twice differentiated, too.
      let first = try tape.gradients(of: sum((y * y).plain()), for: [x, w], recordsPullbacks: true)
      let second = try tape.gradients(of: sum((first[0] * first[0]).plain()), for: [x, w])
      return try ([y] + first + second).map { try $0.plain() }
    }
    for (index, pair) in zip(try results(true), try results(false)).enumerated() {
      #expect(relativeError(pair.0.values, pair.1.values) < 2e-5, "\(name), \(layer), result \(index)")
    }
  }

  @Test(arguments: layers) func convolutionsAgree(_ layer: Layer) throws {
    try agree("convolve", layer, inputs: layer.inputs, outputs: layer.outputs) { try convolve($0, weights: $1, padding: 1) }
  }

  @Test(arguments: layers) func upConvolutionsAgree(_ layer: Layer) throws {
    try agree("up", layer, inputs: layer.inputs, outputs: layer.outputs) { x, w in
      x.layout == .blocked ? try upConvolve(x, weights: w) : try convolve(upsampleNearest(x), weights: w, padding: 1)
    }
  }

  @Test(arguments: layers) func downConvolutionsAgree(_ layer: Layer) throws {
    try agree("down", layer, inputs: layer.inputs, outputs: layer.outputs) { x, w in
      x.layout == .blocked ? try downConvolve(x, weights: w) : try averagePool(convolve(x, weights: w, padding: 1))
    }
  }

  @Test(arguments: layers, [1, 3]) func pictureConvolutionsAgree(_ layer: Layer, colors: Int) throws {
    let (n, c, side) = (layer.batch, layer.inputs, layer.side)
    var random = SeededGenerator(seed: 6)
    let x = Tensor(random.normals(n * c * side * side), [n, c, side, side])
    let w = Tensor(random.normals(colors * c), [colors, c, 1, 1]), b = Tensor(random.normals(colors), [colors])
    let back = Tensor(random.normals(colors * c), [c, colors, 1, 1]), biases = Tensor(random.normals(c), [c])
    func results(_ isBlocked: Bool) throws -> [Tensor] {
      let tape = Tape(), inputs = [x, w, b, back, biases].map { tape.variable($0) }
      let start = isBlocked ? try inputs[0].blocked() : inputs[0]
      let picture = try convolve(start, weights: inputs[1], bias: inputs[2], activation: .none, padding: 0)
      let y = try convolve(picture, weights: inputs[3], bias: inputs[4], activation: .leakyReLU, padding: 0)
      return try ([y] + tape.gradients(of: sum((y * y).plain()), for: inputs)).map { try $0.plain() }
    }
    for (index, pair) in zip(try results(true), try results(false)).enumerated() {
      #expect(relativeError(pair.0.values, pair.1.values) < 2e-5, "\(layer), \(colors) colors, result \(index)")
    }
  }

  @Test(arguments: layers, [false, true]) func epiloguesAgree(_ layer: Layer, blurs: Bool) throws {
    let (n, c, side) = (layer.batch, layer.outputs, layer.side)
    var random = SeededGenerator(seed: 7)
    let x = Tensor(random.normals(n * c * side * side), [n, c, side, side]), noise = Tensor(random.normals(n * side * side), [n, 1, side, side])
    let weight = Tensor(random.normals(c), [c]), bias = Tensor(random.normals(c), [c])
    let style = Tensor(random.normals(n * 2 * c), [n, 2 * c]), factors = Tensor(random.normals(x.values.count), x.shape)
    func results(_ isFused: Bool) throws -> [Tensor] {
      let tape = Tape(), inputs = [x, weight, bias, style].map { tape.variable($0) }
      let y: Tensor
      if isFused {
        let parameters = EpilogueParameters(noise: noise, noiseWeight: inputs[1], bias: inputs[2])
        y = try epilogue(inputs[0], blurs: blurs, parameters, style: inputs[3]).plain()
      } else {
        let map = blurs ? try blur(inputs[0]) : inputs[0]
        let row: Shape = [1, c, 1, 1]
        let added = try noise.broadcast(to: x.shape) * inputs[1].reshaped(row).broadcast(to: x.shape)
        let active = leakyReLU(try channelAdd(map + added, inputs[2]))
        y = try modulate(instanceNormalize(active), style: inputs[3])
      }
      return try ([y] + tape.gradients(of: sum(y * factors), for: inputs)).map { try $0.plain() }
    }
    for (index, pair) in zip(try results(true), try results(false)).enumerated() {
      #expect(relativeError(pair.0.values, pair.1.values) < 3e-5, "\(layer), blurs \(blurs), result \(index)")
    }
  }
}
