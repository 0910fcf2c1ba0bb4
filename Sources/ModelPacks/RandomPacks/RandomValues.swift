internal import Files

/// How large the random numbers of a tensor are, by its name and shape.
struct RandomScale: Equatable {
  var mean: Float = 0
  var deviation: Float

  init(mean: Float = 0, deviation: Float) {
    self.mean = mean
    self.deviation = deviation
  }

  /// - Parameter file: the tensor's file: names repeat between networks.
  init(tensor name: String, shape: [Int], file: String) {
    let last = name.split(separator: ".").last ?? ""
    if file == PackFileName.boundaries {
      // Rows of length one, as the released boundaries have.
      self.init(deviation: 1 / Float(shape.last ?? 1).squareRoot())
    } else if last.hasSuffix("running_mean") || last == "w_avg" {
      self.init(deviation: 0.2)
    } else if last == "running_var" {
      self.init(mean: 1, deviation: 0.1)
    } else if name.contains(".bn") {
      self.init(mean: last == "weight" ? 1 : 0, deviation: 0.1)
    } else if name.hasPrefix("mapping.") {
      // Weights and biases are multiplied by the learning-rate multiplier 0.01.
      self.init(deviation: last == "weight" ? 100 : 10)
    } else if last == "bias" || name.hasSuffix("apply_noise.weight") {
      self.init(deviation: 0.2)
    } else if file == PackFileName.generator || name.hasSuffix("fc.weight") {
      // Scaled by the fan-in when they are used.
      self.init(deviation: 1)
    } else {
      // He et al. 2015, for weights that are used as they are.
      self.init(deviation: (2 / Float(shape.dropFirst().reduce(1, *))).squareRoot())
    }
  }
}

/// A fast generator of many floats: xorshift64* (Vigna 2016), two floats a draw.
struct RandomFloats {
  private var state: UInt64

  /// - Parameter stream: tells apart the tensors of one seed.
  init(seed: UInt64, stream: String) {
    // A tensor's numbers depend on its name and not on its place.
    state = (seed &* 0x9E37_79B9_7F4A_7C15) ^ fnv1a(stream.utf8)
    if state == 0 { state = 1 }
    for _ in 0..<8 { _ = next() }
  }

  private mutating func next() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return state &* 0x2545_F491_4F6C_DD1D
  }

  /// Fills `values` with numbers of the given mean and deviation, evenly distributed.
  mutating func fill(_ values: inout [Float], scale: RandomScale) {
    // The deviation of an even distribution over [-1, 1) is 1/sqrt(3).
    let factor = scale.deviation * Float(3).squareRoot() / 8_388_608
    var index = 0
    while index < values.count {
      let bits = next()
      values[index] = scale.mean + Float(Int32(truncatingIfNeeded: bits >> 40) - 8_388_608) * factor
      if index + 1 < values.count {
        values[index + 1] = scale.mean + Float(Int32(truncatingIfNeeded: bits >> 16 & 0xFF_FFFF) - 8_388_608) * factor
      }
      index += 2
    }
  }
}
