import Kernels

/// Plain loops in double precision: what the kernels must reproduce. Maps are `[batch][channels][height][width]`.
enum Naive {
  static func convolution(
    _ x: [Float], _ w: [Float], bias: [Float]?, batch: Int, inputs: Int, outputs: Int, kernel: Int, height: Int,
    width: Int, activation: Activation
  ) -> [Double] {
    let pad = kernel / 2
    var y = [Double](repeating: 0, count: batch * outputs * height * width)
    for n in 0..<batch {
      for o in 0..<outputs {
        for i in 0..<height {
          for j in 0..<width {
            var sum = bias.map { Double($0[o]) } ?? 0
            for c in 0..<inputs {
              for dy in 0..<kernel {
                for dx in 0..<kernel {
                  let (r, s) = (i + dy - pad, j + dx - pad)
                  guard r >= 0 && r < height && s >= 0 && s < width else { continue }
                  sum +=
                    Double(x[((n * inputs + c) * height + r) * width + s])
                    * Double(w[((o * inputs + c) * kernel + dy) * kernel + dx])
                }
              }
            }
            y[((n * outputs + o) * height + i) * width + j] = activated(sum, activation)
          }
        }
      }
    }
    return y
  }

  /// The gradient of the input, given that of the output and the output itself.
  static func convolutionGradient(
    _ gy: [Float], _ w: [Float], output: [Float], batch: Int, inputs: Int, outputs: Int, kernel: Int, height: Int,
    width: Int, activation: Activation
  ) -> [Double] {
    let pad = kernel / 2
    var gx = [Double](repeating: 0, count: batch * inputs * height * width)
    for n in 0..<batch {
      for o in 0..<outputs {
        for i in 0..<height {
          for j in 0..<width {
            let at = ((n * outputs + o) * height + i) * width + j
            let g = Double(gy[at]) * slope(output[at], activation)
            for c in 0..<inputs {
              for dy in 0..<kernel {
                for dx in 0..<kernel {
                  let (r, s) = (i + dy - pad, j + dx - pad)
                  guard r >= 0 && r < height && s >= 0 && s < width else { continue }
                  gx[((n * inputs + c) * height + r) * width + s] +=
                    g * Double(w[((o * inputs + c) * kernel + dy) * kernel + dx])
                }
              }
            }
          }
        }
      }
    }
    return gx
  }

  static func activated(_ v: Double, _ activation: Activation) -> Double {
    switch activation {
    case .none: v
    case .relu: max(v, 0)
    case .leakyReLU: v > 0 ? v : 0.2 * v
    }
  }

  static func slope(_ y: Float, _ activation: Activation) -> Double {
    switch activation {
    case .none: 1
    case .relu: y > 0 ? 1 : 0
    case .leakyReLU: y > 0 ? 1 : 0.2
    }
  }

  /// [1 2 1] ⊗ [1 2 1] / 16 with zeros around.
  static func blur(_ x: [Double], planes: Int, height: Int, width: Int) -> [Double] {
    let taps = [0.25, 0.5, 0.25]
    var y = [Double](repeating: 0, count: x.count)
    for p in 0..<planes {
      for i in 0..<height {
        for j in 0..<width {
          for dy in -1...1 {
            for dx in -1...1 where i + dy >= 0 && i + dy < height && j + dx >= 0 && j + dx < width {
              y[(p * height + i) * width + j] += taps[dy + 1] * taps[dx + 1] * x[(p * height + i + dy) * width + j + dx]
            }
          }
        }
      }
    }
    return y
  }
}

/// Reproducible numbers in -1...1.
struct Noise {
  private var state: UInt64
  init(_ seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1 }

  mutating func next() -> Float {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Float(Int64(bitPattern: state) >> 40) / Float(1 << 23)
  }

  mutating func array(_ count: Int) -> [Float] { (0..<count).map { _ in next() } }
}

/// The largest difference, as a fraction of the largest number.
func relativeError(_ values: [Float], _ reference: [Double]) -> Double {
  precondition(values.count == reference.count)
  var largest = 1e-30, difference = 0.0
  for (v, r) in zip(values, reference) {
    largest = max(largest, abs(r))
    difference = max(difference, v.isFinite ? abs(Double(v) - r) : .infinity)
  }
  return difference / largest
}

func blocked(_ plain: [Float], _ shape: BlockedShape) -> FloatBuffer {
  let out = FloatBuffer(repeating: .nan, count: shape.count)
  Layout.block(FloatBuffer(plain), into: out, shape)
  return out
}

func plain(_ blocked: FloatBuffer, _ shape: BlockedShape) -> [Float] {
  let out = FloatBuffer(repeating: .nan, count: shape.plainCount)
  Layout.unblock(blocked, into: out, shape)
  return out.values
}

/// Whether all lanes past the last channel are zero.
func paddingIsZero(_ map: FloatBuffer, _ shape: BlockedShape) -> Bool {
  let values = map.values, planeSize = shape.pixels * 16
  for image in 0..<shape.batch {
    for channel in shape.channels..<shape.blocks * 16 {
      let plane = (image * shape.blocks + channel / 16) * planeSize
      for pixel in 0..<shape.pixels where values[plane + pixel * 16 + channel % 16] != 0 { return false }
    }
  }
  return true
}

func dot(_ a: [Float], _ b: [Float]) -> Double { zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) } }
