import Kernels
import Testing

@Suite struct EpilogueTests {
  struct Case {
    let shape: BlockedShape
    let blurs: Bool
    let x: [Float], noise: [Float], weight: [Float], bias: [Float], style: [Float]

    init(_ shape: BlockedShape, blurs: Bool) {
      (self.shape, self.blurs) = (shape, blurs)
      let (channels, batch) = (shape.channels, shape.batch)
      var random = Noise(channels * shape.width)
      x = random.array(shape.plainCount)
      noise = random.array(shape.pixels)
      weight = random.array(channels)
      bias = random.array(channels)
      style = random.array(batch * 2 * channels)
    }

    func activated(_ x: [Double]) -> [Double] {
      let source = blurs
        ? Naive.blur(x, planes: shape.batch * shape.channels, height: shape.height, width: shape.width) : x
      return source.enumerated().map { index, value in
        let channel = index / shape.pixels % shape.channels
        let v = value + Double(noise[index % shape.pixels]) * Double(weight[channel]) + Double(bias[channel])
        return v > 0 ? v : 0.2 * v
      }
    }

    func output(_ x: [Double], _ style: [Double]) -> [Double] {
      var y = activated(x)
      let pixels = shape.pixels, channels = shape.channels
      for plane in 0..<shape.batch * channels {
        let range = plane * pixels..<(plane + 1) * pixels, image = plane / channels, channel = plane % channels
        let mean = y[range].reduce(0, +) / Double(pixels)
        let variance = y[range].reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(pixels)
        for i in range {
          y[i] =
            (y[i] - mean) / (variance + 1e-8).squareRoot() * (style[image * 2 * channels + channel] + 1)
            + style[image * 2 * channels + channels + channel]
        }
      }
      return y
    }
  }

  private static let shapes = [
    (1, 1, 4, 4), (3, 5, 8, 8), (2, 17, 12, 12), (1, 48, 16, 16), (2, 3, 48, 48),
    // Odd sides; single rows and columns; rows longer than a band; more planes than twice the threads of most machines.
    (2, 17, 13, 7), (1, 3, 1, 9), (2, 3, 9, 1), (1, 2, 5, 1100), (1, 1, 1, 1500), (1, 18, 37, 131), (2, 80, 21, 36),
  ].map { BlockedShape(batch: $0, channels: $1, height: $2, width: $3) }

  @Test("The epilogue is blur, noise, bias, leaky ReLU, norm and style; its gradients are those of differences",
    arguments: shapes, [false, true])
  func matchesPlainLoops(_ shape: BlockedShape, _ blurs: Bool) {
    let data = Case(shape, blurs: blurs), (batch, channels) = (shape.batch, shape.channels)
    // The way in which layers use it: what may lie over x does.
    let input = blocked(data.x, shape), style = FloatBuffer(data.style)
    let out = blurs ? input : FloatBuffer(repeating: .nan, count: shape.count)
    let activated = blurs ? FloatBuffer(repeating: .nan, count: shape.count) : input
    let statistics = FloatBuffer(repeating: .nan, count: batch * 2 * shape.blocks * 16)
    let factors = FloatBuffer(repeating: .nan, count: batch * 2 * shape.blocks * 16)
    Epilogue.forward(
      input, blurs: blurs, noise: FloatBuffer(data.noise), noiseWeight: FloatBuffer(data.weight), bias: FloatBuffer(data.bias),
      style: style, activated: activated, statistics: statistics, factors: factors, shape)
    Epilogue.style(activated, factors: factors, into: out, shape)
    let x = data.x.map(Double.init), styleInput = data.style.map(Double.init)
    #expect(relativeError(plain(activated, shape), data.activated(x)) < 1e-6)
    #expect(relativeError(plain(out, shape), data.output(x, styleInput)) < 3e-6)
    #expect(paddingIsZero(out, shape) && paddingIsZero(activated, shape))

    var random = Noise(99)
    let g = random.array(shape.plainCount)
    let dx = FloatBuffer(repeating: .nan, count: shape.count)
    let styleGradient = FloatBuffer(repeating: .nan, count: batch * 2 * channels)
    Epilogue.backward(
      gradient: blocked(g, shape), activated: activated, blurs: blurs, statistics: statistics, style: style, into: dx,
      styleGradient: styleGradient, shape)
    #expect(paddingIsZero(dx, shape))
    // Directional derivatives of the plain loops, by central differences.
    for trial in 0..<4 {
      var direction = Noise(trial + 500)
      let along = direction.array(shape.plainCount).map(Double.init)
      let styleAlong = direction.array(data.style.count).map(Double.init)
      let h = 1e-6
      func loss(_ sign: Double) -> Double {
        let moved = data.output(
          zip(x, along).map { $0 + sign * h * $1 }, zip(styleInput, styleAlong).map { $0 + sign * h * $1 })
        return zip(moved, g).reduce(0) { $0 + $1.0 * Double($1.1) }
      }
      let expected = (loss(1) - loss(-1)) / (2 * h)
      let got =
        zip(plain(dx, shape), along).reduce(0) { $0 + Double($1.0) * $1.1 }
        + zip(styleGradient.values, styleAlong).reduce(0) { $0 + Double($1.0) * $1.1 }
      let scale = g.reduce(0) { $0 + abs(Double($1)) }
      #expect(abs(got - expected) / scale < 1e-5)
    }
  }
}
