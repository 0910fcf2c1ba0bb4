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
}
