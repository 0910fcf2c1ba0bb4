import Inversion
import TestSupport
import Testing

@Suite struct StateTests {
  private func bytes() throws -> [UInt8] {
    try invert(
      target: ToyModel.targets(2), model: ToyModel(), settings: InversionSettings(steps: 3, snapshots: 2), identity: "x"
    ).state.bytes
  }

  @Test func aStateCutAnywhereIsRefused() throws {
    let bytes = try bytes()
    for count in 0..<bytes.count {
      #expect(throws: InversionError.self, "\(count) bytes") { try InversionState(bytes: Array(bytes[..<count])) }
    }
    #expect(throws: InversionError.self) { try InversionState(bytes: bytes + [0]) }
  }

  @Test func aStateWithOneByteChangedIsRefused() throws {
    let bytes = try bytes()
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= 0x41
      #expect(throws: InversionError.self, "byte \(index)") { try InversionState(bytes: damaged) }
    }
  }

  /// A checksum is no signature: whoever can write here can make it right.
  @Test(arguments: [
    ("layers", 25, 3), ("layers", 25, 0), ("layers", 25, -2), ("layers", 25, .max), ("width", 33, 2), ("width", 33, .min),
    ("step", 41, 0), ("step", 41, -1), ("step", 41, .max), ("items", 49, 0), ("items", 49, 1), ("items", 49, .max),
    ("the optimizer's step", 69, -1), ("the optimizer's step", 69, .max),
  ])
  func aStateWhosePartsDoNotFitIsRefused(field: String, offset: Int, value: Int) throws {
    var bytes = try bytes()
    for index in 0..<8 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
    let sum = bytes.dropLast(8).reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    for index in 0..<8 { bytes[bytes.count - 8 + index] = UInt8(truncatingIfNeeded: sum >> UInt64(8 * index)) }
    let error = #expect(throws: InversionError.self, "\(field) \(value)") { try InversionState(bytes: bytes) }
    #expect(error.map { !"\($0)".contains("checksum") } ?? false)
  }
}
