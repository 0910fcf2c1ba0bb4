import Kernels
package import Tensors

/// What a random number is for. One that is new does not shift the others, so that a value must never change.
package enum RandomStream: UInt64, Sendable, CaseIterable {
  case initialization = 1, order = 3, mirror = 4, heldOutOrder = 5
  case discriminatorZ = 10, discriminatorZ2 = 11, discriminatorCuts = 12, discriminatorNoise = 13
  case generatorZ = 20, generatorZ2 = 21, generatorCuts = 22, generatorNoise = 23
  case augmentRealsOfD = 30, augmentFakesOfD = 31, augmentFakesOfG = 32
  case fixedCodes = 40, averageCodes = 41, distanceCodes = 42
  case perceptualCrop = 50, perceptualJitter = 51, perceptualDropout = 52, perceptualOrder = 53
  case encoderOrder = 60, encoderMirror = 61
  case conventionalCodes = 70
  case boundaryCodes = 80, boundaryShuffle = 81
  case dataSplit = 90
}

/// Random numbers as functions of (seed, stream, iteration, index): there is no state to store, and threads do not matter.
package struct RandomNumbers: Sendable, Equatable {
  package let seed: UInt64

  package init(seed: UInt64) {
    self.seed = seed
  }

  private func key(_ stream: RandomStream) -> SIMD2<UInt32> {
    // SplitMix64 (Steele et al. 2014) spreads neighboring seeds and streams.
    var x = seed &+ stream.rawValue &* 0x9E37_79B9_7F4A_7C15
    x = (x ^ x >> 30) &* 0xBF58_476D_1CE4_E5B9
    x = (x ^ x >> 27) &* 0x94D0_49BB_1331_11EB
    x ^= x >> 31
    return SIMD2(UInt32(truncatingIfNeeded: x), UInt32(truncatingIfNeeded: x >> 32))
  }

  private static func counter(_ iteration: Int, _ block: Int, part: Int) -> SIMD4<UInt32> {
    SIMD4(
      UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: part), UInt32(truncatingIfNeeded: iteration),
      UInt32(truncatingIfNeeded: iteration >> 32))
  }

  /// A whole number from 0 to 2³² - 1.
  package func word(_ stream: RandomStream, _ iteration: Int, _ index: Int, part: Int = 0) -> UInt32 {
    Philox.words(Self.counter(iteration, index / 4, part: part), key: key(stream))[index % 4]
  }

  /// A number between 0 and 1, both excluded.
  package func uniform(_ stream: RandomStream, _ iteration: Int, _ index: Int, part: Int = 0) -> Double {
    Self.even(word(stream, iteration, index, part: part))
  }

  private static func even(_ word: UInt32) -> Double { (Double(word) + 0.5) / 4_294_967_296 }

  /// A whole number in `0..<count`, for counts far below 2³².
  package func integer(below count: Int, _ stream: RandomStream, _ iteration: Int, _ index: Int, part: Int = 0) -> Int {
    Int((UInt64(word(stream, iteration, index, part: part)) * UInt64(count)) >> 32)
  }

  /// Normal numbers, deviation 1.
  ///
  /// - Parameter part: tells apart several tensors of one stream and iteration.
  package func normals(_ stream: RandomStream, _ iteration: Int, part: Int = 0, _ shape: Shape) -> Tensor {
    let count = shape.count, key = key(stream), piece = 4096
    let result = FloatBuffer(count: count)
    Workers.current.run((count + piece - 1) / piece) { index, _ in
      result.withMutableSpan { target in
        for start in stride(from: index * piece, to: min(count, (index + 1) * piece), by: 4) {
          let words = Philox.words(Self.counter(iteration, start / 4, part: part), key: key)
          for lane in 0..<min(4, count - start) {
            target[start + lane] = Float(InverseNormal.value(Self.even(words[lane])))
          }
        }
      }
    }
    return Tensor(result, shape)
  }

  /// An order of `count` items.
  ///
  /// - Parameter iteration: which one, as the number of an epoch.
  package func permutation(of count: Int, _ stream: RandomStream, _ iteration: Int) -> [Int] {
    var order = Array(0..<count)
    for index in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(index, integer(below: index + 1, stream, iteration, index))
    }
    return order
  }
}

/// A counter-based generator: four 32-bit words for each counter and key, with no state in between.
///
/// Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", Philox4x32 with ten rounds.
package enum Philox {
  package typealias Words = SIMD4<UInt32>

  package static func words(_ counter: Words, key: SIMD2<UInt32>) -> Words {
    var x = counter, key = key
    for _ in 0..<10 {
      let a = UInt64(x[0]) * 0xD251_1F53, b = UInt64(x[2]) * 0xCD9E_8D57
      x = Words(
        UInt32(b >> 32) ^ x[1] ^ key[0], UInt32(truncatingIfNeeded: b),
        UInt32(a >> 32) ^ x[3] ^ key[1], UInt32(truncatingIfNeeded: a))
      key[0] &+= 0x9E37_79B9
      key[1] &+= 0xBB67_AE85
    }
    return x
  }
}
