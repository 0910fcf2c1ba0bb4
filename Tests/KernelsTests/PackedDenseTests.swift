import Kernels
import Testing

@Suite struct FrozenDenseTests {
  @Test("A dense layer and its gradient are those of plain loops",
    arguments: [
      (1, 1, 1), (3, 5, 2), (64, 48, 1), (70, 100, 3), (7, 1000, 1), (300, 17, 2), (129, 2048, 1), (70, 4500, 2),
      (200, 16_384, 1),
    ],
    [PackedDense.Precision.single, .packed])
  func matchesPlainLoops(_ shape: (Int, Int, Int), _ precision: PackedDense.Precision) {
    let (outputs, inputs, batch) = shape
    var noise = Noise(outputs + inputs)
    let w = noise.array(outputs * inputs), bias = noise.array(outputs)
    let x = noise.array(batch * inputs), gy = noise.array(batch * outputs)
    let layer = PackedDense(weights: w, bias: bias, outputs: outputs, inputs: inputs, precision: precision)
    let y = FloatBuffer(repeating: .nan, count: batch * outputs), gx = FloatBuffer(repeating: .nan, count: batch * inputs)
    layer.forward(FloatBuffer(x), into: y, batch: batch)
    layer.backward(FloatBuffer(gy), into: gx, batch: batch)
    var expected = [Double](repeating: 0, count: batch * outputs), gradient = [Double](repeating: 0, count: batch * inputs)
    for n in 0..<batch {
      for o in 0..<outputs {
        expected[n * outputs + o] = Double(bias[o])
        for i in 0..<inputs {
          expected[n * outputs + o] += Double(w[o * inputs + i]) * Double(x[n * inputs + i])
          gradient[n * inputs + i] += Double(w[o * inputs + i]) * Double(gy[n * outputs + o])
        }
      }
    }
    let tolerance = precision == .single ? 1e-6 : 3e-6
    #expect(relativeError(y.values, expected) < tolerance)
    #expect(relativeError(gx.values, gradient) < tolerance)
  }

  @Test("Both directions for one reading give what they give one after the other",
    arguments: [(1, 1, 1), (70, 100, 3), (300, 17, 2), (129, 4500, 2), (2000, 300, 1)],
    [PackedDense.Precision.single, .packed])
  func bothDirections(_ shape: (Int, Int, Int), _ precision: PackedDense.Precision) {
    let (outputs, inputs, batch) = shape
    var noise = Noise(outputs * inputs)
    let layer = PackedDense(
      weights: noise.array(outputs * inputs), bias: noise.array(outputs), outputs: outputs, inputs: inputs,
      precision: precision)
    let x = FloatBuffer(noise.array(batch * inputs)), target = FloatBuffer(noise.array(batch * outputs))
    let y = FloatBuffer(repeating: .nan, count: batch * outputs), gx = FloatBuffer(repeating: .nan, count: batch * inputs)
    layer.forward(x, into: y, target: target, gradient: gx, batch: batch)
    let expected = FloatBuffer(count: batch * outputs), gradient = FloatBuffer(count: batch * inputs)
    layer.forward(x, into: expected, batch: batch)
    layer.backward(FloatBuffer(zip(expected.values, target.values).map { $0 - $1 }), into: gradient, batch: batch)
    #expect(y.values == expected.values)
    #expect(gx.values == gradient.values)
  }

  @Test("Packed rows keep their own scale, and may be zero or tiny")
  func packedRows() {
    let w: [Float] = [1e30, -5e29, 0, 0, 1e-30, 2e-30, .leastNonzeroMagnitude, 0]
    let layer = PackedDense(weights: w, bias: [0, 7, 0, 1], outputs: 4, inputs: 2, precision: .packed)
    let y = FloatBuffer(count: 4)
    layer.forward(FloatBuffer([1, 1]), into: y, batch: 1)
    let expected: [Float] = [5e29, 7, 3e-30, 1]
    for i in 0..<4 { #expect(abs(y[i] - expected[i]) <= abs(expected[i]) * 4e-6) }
  }

  @Test("Rows may be written in place")
  func filledByRow() {
    let layer = PackedDense(bias: nil, outputs: 3, inputs: 2) { row, span in
      span[0] = Float(row)
      span[1] = 1
    }
    let y = FloatBuffer(count: 3)
    layer.forward(FloatBuffer([10, 1]), into: y, batch: 1)
    #expect(y.values == [1, 11, 21])
  }
}
