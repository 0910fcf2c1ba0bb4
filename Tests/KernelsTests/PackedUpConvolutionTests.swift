import Kernels
import Testing

@Suite struct FrozenUpConvolutionTests {
  struct UpCase: Sendable, CustomTestStringConvertible {
    var batch = 1
    let inputs: Int
    let outputs: Int
    let height: Int
    let width: Int
    let isFused: Bool

    var testDescription: String { "\(batch)×\(inputs)→\(outputs) @\(height)×\(width) \(isFused ? "fused" : "unfused")" }
    var input: BlockedShape { BlockedShape(batch: batch, channels: inputs, height: height, width: width) }
    var output: BlockedShape { BlockedShape(batch: batch, channels: outputs, height: 2 * height, width: 2 * width) }

    static let all: [UpCase] = [true, false].flatMap { isFused in
      [
        UpCase(inputs: 16, outputs: 16, height: 4, width: 4, isFused: isFused),
        UpCase(batch: 3, inputs: 5, outputs: 17, height: 8, width: 8, isFused: isFused),
        UpCase(inputs: 48, outputs: 24, height: 6, width: 10, isFused: isFused),
        UpCase(batch: 2, inputs: 24, outputs: 100, height: 16, width: 16, isFused: isFused),
        UpCase(inputs: 17, outputs: 3, height: 32, width: 32, isFused: isFused),
        UpCase(inputs: 3, outputs: 5, height: 34, width: 22, isFused: isFused),
        // Large maps.
        UpCase(inputs: 8, outputs: 8, height: 70, width: 64, isFused: isFused),
        UpCase(batch: 2, inputs: 40, outputs: 20, height: 65, width: 67, isFused: isFused),
        UpCase(inputs: 80, outputs: 66, height: 34, width: 33, isFused: isFused),
      ]
    }

    /// The up layer in plain loops, by the formulas of the original.
    func up(_ x: [Float], _ w: [Float]) -> [Double] {
      let (h, v) = (height * 2, width * 2)
      guard isFused else {
        var doubled = [Float](repeating: 0, count: batch * inputs * h * v)
        for p in 0..<batch * inputs {
          for i in 0..<h { for j in 0..<v { doubled[(p * h + i) * v + j] = x[(p * height + i / 2) * width + j / 2] } }
        }
        return Naive.convolution(
          doubled, w, bias: nil, batch: batch, inputs: inputs, outputs: outputs, kernel: 3, height: h, width: v,
          activation: .none)
      }
      var y = [Double](repeating: 0, count: batch * outputs * h * v)
      for n in 0..<batch {
        for c in 0..<inputs {
          for o in 0..<outputs {
            var k = [Double](repeating: 0, count: 16)
            for a in 0..<3 {
              for b in 0..<3 {
                let value = Double(w[((a * 3 + b) * inputs + c) * outputs + o])
                for (da, db) in [(0, 0), (0, 1), (1, 0), (1, 1)] { k[(a + da) * 4 + b + db] += value }
              }
            }
            for i in 0..<height {
              for j in 0..<width {
                let value = Double(x[((n * inputs + c) * height + i) * width + j])
                for a in 0..<4 where 2 * i - 1 + a >= 0 && 2 * i - 1 + a < h {
                  for b in 0..<4 where 2 * j - 1 + b >= 0 && 2 * j - 1 + b < v {
                    y[((n * outputs + o) * h + 2 * i - 1 + a) * v + 2 * j - 1 + b] += value * k[a * 4 + b]
                  }
                }
              }
            }
          }
        }
      }
      return y
    }
  }

  @Test("The up layer is doubling and convolution, to the last border pixel; backward is its adjoint",
    arguments: UpCase.all)
  func matchesPlainLoops(_ layer: UpCase) {
    var noise = Noise(layer.inputs + layer.height)
    let w = noise.array(9 * layer.inputs * layer.outputs), x = noise.array(layer.input.plainCount)
    let up = PackedUpConvolution(
      layer.isFused ? .fused(weights: w) : .unfused(weights: w), outputChannels: layer.outputs,
      inputChannels: layer.inputs, inputHeight: layer.height, inputWidth: layer.width, preparesGradient: true)
    let y = FloatBuffer(repeating: .nan, count: layer.output.count)
    up.forward(blocked(x, layer.input), into: y, batch: layer.batch)
    #expect(relativeError(plain(y, layer.output), layer.up(x, w)) < 4e-6)
    #expect(paddingIsZero(y, layer.output))

    let gy = noise.array(layer.output.plainCount)
    let gx = FloatBuffer(repeating: .nan, count: layer.input.count)
    up.backward(blocked(gy, layer.output), into: gx, batch: layer.batch)
    #expect(paddingIsZero(gx, layer.input))
    let left = dot(plain(y, layer.output), gy), right = dot(x, plain(gx, layer.input))
    let scale = (dot(y.values, y.values) * dot(gy, gy)).squareRoot()
    #expect(abs(left - right) / scale < 1e-6)
  }

  @Test("Each entry of the up layer's gradient is right", arguments: [true, false])
  func gradientByEntry(_ isFused: Bool) {
    let layer = UpCase(inputs: 2, outputs: 3, height: 6, width: 4, isFused: isFused)
    var noise = Noise(7)
    let w = noise.array(9 * 6), gy = noise.array(layer.output.plainCount)
    let up = PackedUpConvolution(
      isFused ? .fused(weights: w) : .unfused(weights: w), outputChannels: 3, inputChannels: 2, inputHeight: 6,
      inputWidth: 4, preparesGradient: true)
    let gx = FloatBuffer(count: layer.input.count)
    up.backward(blocked(gy, layer.output), into: gx, batch: 1)
    let expected = (0..<layer.input.plainCount).map { index in
      var unit = [Float](repeating: 0, count: layer.input.plainCount)
      unit[index] = 1
      return zip(layer.up(unit, w), gy).reduce(0) { $0 + $1.0 * Double($1.1) }
    }
    #expect(relativeError(plain(gx, layer.input), expected) < 1e-6)
  }
}
