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
