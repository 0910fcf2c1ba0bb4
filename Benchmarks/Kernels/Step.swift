import Benchmarking
import Kernels

/// One timed call in a network: a layer forward and backward.
struct Step {
  let name: String
  /// Multiplications and additions of the plain algorithm, forward.
  let operations: Double
  /// What one image costs at the least.
  let least: Least
  let forward: () -> Void
  let backward: () -> Void
}

/// Bounds of both directions.
struct Least {
  let forward: LayerCost
  let backward: LayerCost

  init(_ both: LayerCost) { (forward, backward) = (both, both) }

  /// Passes over memory: floats read and written.
  init(floats forward: Int, backward: Int) {
    self.forward = LayerCost(name: "", bytes: 4 * Double(forward))
    self.backward = LayerCost(name: "", bytes: 4 * Double(backward))
  }
}

/// A chain of layers with a buffer behind each, as an inversion step would hold them.
final class Chain {
  let title: String
  private(set) var steps: [Step] = []
  private(set) var map: FloatBuffer
  private(set) var gradient: FloatBuffer
  private var random = Random()
  /// Factors that the map is still to be scaled and shifted by.
  private var style: FloatBuffer?
  let batch: Int

  init(_ title: String, batch: Int, input: FloatBuffer) {
    self.title = title
    self.batch = batch
    map = input
    gradient = FloatBuffer(repeating: 0, count: input.count)
  }

  private func add(
    _ name: String, _ operations: Double, _ least: Least, output count: Int,
    forward: @escaping (_ x: FloatBuffer, _ y: FloatBuffer) -> Void,
    backward: @escaping (_ gy: FloatBuffer, _ y: FloatBuffer, _ gx: FloatBuffer) -> Void
  ) {
    let (x, gx) = (map, gradient)
    let y = FloatBuffer(repeating: 0, count: count), gy = FloatBuffer(random.array(count))
    steps.append(
      Step(
        name: name, operations: operations, least: least, forward: { forward(x, y) }, backward: { backward(gy, y, gx) }))
    map = y
    gradient = gy
  }

  /// - Parameter adds: whether its gradient is added to one that is there.
  func convolution(
    _ inputs: Int, _ outputs: Int, _ size: Int, _ activation: Activation = .relu, kernel: Int = 3, adds: Bool = false
  ) {
    let batch = batch
    let layer = PackedConvolution(
      weights: random.weights(outputs * inputs * kernel * kernel, fanIn: inputs * kernel * kernel),
      bias: random.array(outputs), outputChannels: outputs, inputChannels: inputs, kernel: kernel, height: size,
      width: size, activation: activation, preparesGradient: true)
    let signs = layer.makeSigns(batch: batch)
    add(
      "\(inputs)→\(outputs) \(kernel)×\(kernel) @\(size)",
      2e-9 * Double(batch * size * size * inputs * outputs * kernel * kernel),
      Least(.convolution(inputs, outputs, kernel: kernel, side: size)), output: layer.outputShape(batch: batch).count,
      forward: { layer.forward($0, into: $1, signs: signs, batch: batch) },
      backward: { gy, _, gx in layer.backward(gy, signs: signs, into: gx, adds: adds, batch: batch) })
  }

  /// - Parameter isAveraged: whether only the means of 2×2 are passed on.
  func picture(_ outputs: Int, _ size: Int, _ activation: Activation, isAveraged: Bool = false) {
    let batch = batch
    let layer = PackedImageConvolution(
      weights: random.weights(outputs * 27, fanIn: 27), bias: random.array(outputs), outputChannels: outputs,
      inputChannels: 3, kernel: 3, height: size, width: size, activation: activation, preparesGradient: true)
    let count = layer.outputShape(batch: batch).count, signs = layer.makeSigns(batch: batch)
    add(
      "3→\(outputs) \(isAveraged ? "averaged" : "picture") @\(size)", 2e-9 * Double(batch * size * size * outputs * 27),
      Least(.convolution(3, outputs, kernel: 3, side: size)), output: isAveraged ? count / 4 : count,
      forward: { x, y in
        if isAveraged {
          layer.forward(x, averagedInto: y, signs: signs, batch: batch)
        } else {
          layer.forward(x, into: y, signs: signs, batch: batch)
        }
      },
      backward: { gy, _, gx in layer.backward(gy, isOfAverage: isAveraged, signs: signs, into: gx, batch: batch) })
  }

  /// The map for a layer that takes its style along or does not.
  private func source(takesStyle: Bool, _ shape: BlockedShape) -> (style: FloatBuffer?, make: (FloatBuffer) -> FloatBuffer) {
    defer { style = nil }
    guard let style, !takesStyle else { return (style, { $0 }) }
    let styled = FloatBuffer(count: shape.count)
    return (nil, { Epilogue.style($0, factors: style, into: styled, shape); return styled })
  }

  func up(_ inputs: Int, _ outputs: Int, _ size: Int) {
    let batch = batch
    let layer = PackedUpConvolution(
      .unfused(weights: random.weights(9 * inputs * outputs, fanIn: 9 * inputs)), outputChannels: outputs,
      inputChannels: inputs, inputHeight: size, inputWidth: size, preparesGradient: true)
    let (style, source) = source(takesStyle: layer.takesStyles, layer.inputShape(batch: batch))
    // Counted as the fused 4×4 kernel, which is the least that plain loops need.
    add(
      "\(inputs)→\(outputs) up @\(size)→\(size * 2)", 2e-9 * Double(batch * size * size * inputs * outputs * 16),
      Least(.up(inputs, outputs, side: 2 * size, isFused: true)), output: layer.outputShape(batch: batch).count,
      forward: { layer.forward(source($0), style: style, into: $1, batch: batch) },
      backward: { gy, _, gx in layer.backward(gy, into: gx, batch: batch) })
  }

  /// An epilogue, and before it the convolution that takes its gradient along, if there is one.
  func epilogue(_ channels: Int, _ size: Int, blurs: Bool = false, after layer: PackedConvolution? = nil) {
    let batch = batch, shape = BlockedShape(batch: batch, channels: channels, height: size, width: size)
    let noise = FloatBuffer(random.array(size * size)), weight = FloatBuffer(random.array(channels))
    let bias = FloatBuffer(random.array(channels)), style = FloatBuffer(random.array(batch * 2 * channels))
    let statistics = FloatBuffer(count: batch * shape.blocks * 32), factors = FloatBuffer(count: batch * shape.blocks * 32)
    let gradientFactors = FloatBuffer(count: batch * shape.blocks * 48)
    let styleGradient = FloatBuffer(count: batch * 2 * channels)
    let (x, gx) = (map, gradient), activated = FloatBuffer(count: shape.count), gy = FloatBuffer(random.array(shape.count))
    var input = x, between = gx
    let isTaken = layer?.takesEpilogues ?? false
    if let layer {
      let (style, source) = source(takesStyle: isTaken, shape)
      input = FloatBuffer(repeating: 0, count: shape.count)
      between = FloatBuffer(repeating: 0, count: shape.count)
      steps.append(Step(
        name: "\(channels)→\(channels) 3×3 @\(size)",
        operations: 2e-9 * Double(batch * size * size * channels * channels * 9),
        least: Least(.convolution(channels, channels, kernel: 3, side: size)),
        forward: { [input] in layer.forward(source(x), style: style, into: input, batch: batch) },
        backward: { [between] in
          if isTaken {
            layer.backward(gy, epilogue: activated, factors: gradientFactors, into: gx, batch: batch)
          } else {
            layer.backward(between, signs: nil, into: gx, batch: batch)
          }
        }))
    }
    steps.append(Step(
      name: "\(channels) \(blurs ? "blur + " : "")epilogue @\(size)", operations: 0,
      least: Least(floats: 2 * shape.count / batch, backward: (isTaken ? 2 : 3) * shape.count / batch),
      forward: { [input] in
        Epilogue.forward(
          input, blurs: blurs, noise: noise, noiseWeight: weight, bias: bias, style: style, activated: activated,
          statistics: statistics, factors: factors, shape)
      },
      backward: { [between] in
        if isTaken {
          Epilogue.gradientFactors(
            gradient: gy, activated: activated, statistics: statistics, style: style, into: gradientFactors,
            styleGradient: styleGradient, shape)
        } else {
          Epilogue.backward(
            gradient: gy, activated: activated, blurs: blurs, statistics: statistics, style: style, into: between,
            styleGradient: styleGradient, shape)
        }
      }))
    map = activated
    gradient = gy
    self.style = factors
  }

  /// A convolution of the generator and its epilogue.
  func styledConvolution(_ channels: Int, _ size: Int) {
    epilogue(channels, size, after: PackedConvolution(
      weights: random.weights(channels * channels * 9, fanIn: channels * 9), bias: nil, outputChannels: channels,
      inputChannels: channels, kernel: 3, height: size, width: size, activation: .none, preparesGradient: true))
  }

  func toRGB(_ channels: Int, _ size: Int) {
    let batch = batch
    let layer = PackedToRGB(
      weights: random.weights(3 * channels, fanIn: channels), bias: random.array(3), channels: channels, tanh: true)
    let style = style
    add(
      "\(channels)→3 RGB @\(size)", 2e-9 * Double(batch * size * size * channels * 3),
      Least(.convolution(channels, 3, kernel: 1, side: size)), output: batch * 3 * size * size,
      forward: { layer.forward($0, style: style, into: $1, batch: batch, pixels: size * size) },
      backward: { layer.backward($0, output: $1, into: $2, batch: batch, pixels: size * size) })
  }

  func maximum(_ channels: Int, _ size: Int) {
    let shape = BlockedShape(batch: batch, channels: channels, height: size, width: size)
    let argument = FloatBuffer(count: shape.count / 4)
    add(
      "\(channels) maximum @\(size)", 0,
      Least(floats: 3 * shape.count / 2 / batch, backward: 3 * shape.count / 2 / batch), output: shape.count / 4,
      forward: { BlockedPooling.maximumForward($0, into: $1, argument: argument, shape) },
      backward: { gy, _, gx in BlockedPooling.maximumBackward(gy, argument: argument, into: gx, shape) })
  }

  /// Of a sum.
  func average(_ channels: Int, _ size: Int) {
    let shape = BlockedShape(batch: batch, channels: channels, height: size, width: size)
    let other = FloatBuffer(random.array(shape.count))
    add(
      "\(channels) average @\(size)", 0, Least(floats: 9 * shape.count / 4 / batch, backward: 5 * shape.count / 4 / batch),
      output: shape.count / 4,
      forward: { BlockedPooling.averageForward($0, plus: other, into: $1, shape) },
      backward: { gy, _, gx in BlockedPooling.averageBackward(gy, into: gx, shape) })
  }

  /// The encoder's block: shortcut and main path, without keeping the structure exact where it costs nothing.
  func residual(_ inputs: Int, _ outputs: Int, _ size: Int) {
    convolution(inputs, inputs, size, .leakyReLU)
    convolution(inputs, outputs, size, .leakyReLU)
    // The next average takes the sum along; its gradient is a pass of its own only without a convolution beside it.
    if inputs == outputs {
      let shape = BlockedShape(batch: batch, channels: outputs, height: size, width: size)
      add(
        "\(outputs) sum @\(size)", 0, Least(floats: 0, backward: 3 * shape.count / batch), output: shape.count,
        forward: { _, _ in },
        backward: { gy, y, gx in Elementwise.add(gy, y, into: gx) })
    } else {
      let (kept, keptGradient) = (map, gradient)
      map = FloatBuffer(random.array(BlockedShape(batch: batch, channels: inputs, height: size, width: size).count))
      gradient = FloatBuffer(repeating: 0, count: map.count)
      convolution(inputs, outputs, size, .leakyReLU, kernel: 1, adds: true)
      (map, gradient) = (kept, keptGradient)
    }
  }

  func dense(_ inputs: Int, _ outputs: Int) {
    let batch = batch
    let layer = PackedDense(
      weights: random.weights(inputs * outputs, fanIn: inputs), bias: nil, outputs: outputs, inputs: inputs)
    let target = FloatBuffer(repeating: 0, count: batch * outputs), both = FloatBuffer(count: batch * inputs)
    // Forward gives the gradient too.
    add(
      "\(inputs)→\(outputs) dense", 4e-9 * Double(batch * inputs * outputs),
      // Weights of 20 bits.
      Least(floats: inputs * outputs * 20 / 32, backward: 0), output: batch * outputs,
      forward: { layer.forward($0, into: $1, target: target, gradient: both, batch: batch) }, backward: { _, _, _ in })
  }
}

struct Random {
  private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

  mutating func next() -> Float {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Float(Int64(bitPattern: state) >> 40) / Float(1 << 23)
  }

  mutating func array(_ count: Int) -> [Float] { (0..<count).map { _ in next() } }

  mutating func weights(_ count: Int, fanIn: Int) -> [Float] {
    let scale = (6 / Float(fanIn)).squareRoot()
    return (0..<count).map { _ in next() * scale }
  }
}
