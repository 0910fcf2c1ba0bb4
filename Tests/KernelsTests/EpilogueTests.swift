import Kernels
import Testing

@Suite struct EpilogueTests {
  struct Case {
    let shape: BlockedShape
    let x: [Float], noise: [Float], weight: [Float], bias: [Float], style: [Float]

    init(channels: Int, side: Int, batch: Int) {
      shape = BlockedShape(batch: batch, channels: channels, height: side, width: side)
      var random = Noise(channels * side)
      x = random.array(shape.plainCount)
      noise = random.array(shape.pixels)
      weight = random.array(channels)
      bias = random.array(channels)
      style = random.array(batch * 2 * channels)
    }

    func activated(_ x: [Double]) -> [Double] {
      x.enumerated().map { index, value in
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

  @Test("The epilogue is noise, bias, leaky ReLU, norm and style; its gradients are those of differences",
    arguments: [(1, 4, 1), (5, 8, 3), (17, 12, 2), (48, 16, 1), (3, 48, 2)])
  func matchesPlainLoops(_ channels: Int, _ side: Int, _ batch: Int) {
    let data = Case(channels: channels, side: side, batch: batch), shape = data.shape
    let x = blocked(data.x, shape), style = FloatBuffer(data.style)
    let out = FloatBuffer(repeating: .nan, count: shape.count)
    let statistics = FloatBuffer(repeating: .nan, count: batch * 2 * shape.blocks * 16)
    Epilogue.forward(
      x, noise: FloatBuffer(data.noise), noiseWeight: FloatBuffer(data.weight), bias: FloatBuffer(data.bias),
      style: style, into: out, activated: x, statistics: statistics, shape)
    let input = data.x.map(Double.init), styleInput = data.style.map(Double.init)
    #expect(relativeError(plain(x, shape), data.activated(input)) < 1e-6)
    #expect(relativeError(plain(out, shape), data.output(input, styleInput)) < 3e-6)
    #expect(paddingIsZero(out, shape) && paddingIsZero(x, shape))

    var random = Noise(99)
    let g = random.array(shape.plainCount)
    let dx = FloatBuffer(repeating: .nan, count: shape.count)
    let styleGradient = FloatBuffer(repeating: .nan, count: batch * 2 * channels)
    Epilogue.backward(
      gradient: blocked(g, shape), activated: x, statistics: statistics, style: style, into: dx,
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
          zip(input, along).map { $0 + sign * h * $1 }, zip(styleInput, styleAlong).map { $0 + sign * h * $1 })
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
