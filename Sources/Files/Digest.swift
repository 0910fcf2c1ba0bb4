internal import Crypto

/// A SHA-256 in the making: add bytes, then ask for the digits.
package struct Digest {
  private var hash = SHA256()

  package init() {}

  package mutating func add(_ bytes: some Collection<UInt8>) {
    if bytes.withContiguousStorageIfAvailable({ unsafe hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }) == nil {
      hash.update(data: Array(bytes))
    }
  }

  /// The SHA-256 of all bytes added, as 64 lowercase hexadecimal digits.
  package consuming func finish() -> String {
    hexadecimal(hash.finalize())
  }
}

/// The SHA-256 of the bytes, as 64 lowercase hexadecimal digits.
package func sha256(_ bytes: some Collection<UInt8>) -> String {
  var digest = Digest()
  digest.add(bytes)
  return digest.finish()
}
