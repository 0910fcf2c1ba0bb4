/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014): the same numbers from
/// the same seed on every machine.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) {
    state = seed
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number in [-1, 1), on a grid of 2⁻²³.
  package mutating func signedUnit() -> Float {
    Float(Int32(truncatingIfNeeded: next() >> 40) - (1 << 23)) / Float(1 << 23)
  }

  /// Approximately normal numbers of mean 0 and variance 1: the sum of twelve uniform ones, less six.
  package mutating func normal() -> Float {
    var sum: Float = 0
    for _ in 0..<12 { sum += signedUnit() }
    return sum / 2
  }

  /// `count` normal numbers times `scale`.
  package mutating func normals(_ count: Int, scale: Float = 1) -> [Float] {
    (0..<count).map { _ in normal() * scale }
  }

  /// A number in 0 ..< bound; the bias of the remainder is below what a test could see.
  package mutating func pick(below bound: Int) -> Int {
    Int(next() % UInt64(bound))
  }
}
