private import CNettle

/// A SHA-256 in the making: add bytes, then ask for the digits.
package struct Digest {
  private static let byteCount = 32
  private var state = sha256_ctx()

  package init() { unsafe nettle_sha256_init(&state) }

  package mutating func add(_ bytes: some Collection<UInt8>) {
    if bytes.withContiguousStorageIfAvailable({ unsafe nettle_sha256_update(&state, $0.count, $0.baseAddress) }) == nil {
      let copy = Array(bytes)
      unsafe nettle_sha256_update(&state, copy.count, copy)
    }
  }

  /// The SHA-256 of all bytes added, as 64 lowercase hexadecimal digits.
  package consuming func finish() -> String {
    var digits = [UInt8](repeating: 0, count: Self.byteCount)
    unsafe nettle_sha256_digest(&state, Self.byteCount, &digits)
    return hexadecimal(digits)
  }
}

/// The SHA-256 of the bytes, as 64 lowercase hexadecimal digits.
package func sha256(_ bytes: some Collection<UInt8>) -> String {
  var digest = Digest()
  digest.add(bytes)
  return digest.finish()
}

/// FNV-1a of the bytes, 64 bits: tells apart what nobody forges.
///
/// - Parameter hash: of the bytes before them.
package func fnv1a(_ bytes: some Sequence<UInt8>, after hash: UInt64 = 0xCBF2_9CE4_8422_2325) -> UInt64 {
  bytes.reduce(hash) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}
