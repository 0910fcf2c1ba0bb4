import Files
import Inversion
import TestSupport
import Testing
import WeightFiles

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
    #expect(refusal { try InversionState(bytes: bytes + [0]) } == "the stored state cannot be read: the state: 1 bytes after the last tensor belong to no tensor")
  }

  @Test func aStateWithOneByteChangedIsRefused() throws {
    let bytes = try bytes()
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= 0x41
      #expect(throws: InversionError.self, "byte \(index)") { try InversionState(bytes: damaged) }
    }
  }

  /// A hash is no signature: whoever can write here can make it right.
  @Test(arguments: [
    ("layers", "3"), ("layers", "0"), ("layers", "-2"), ("layers", "9223372036854775807"), ("width", "2"),
    ("width", "-9223372036854775808"), ("step", "0"), ("step", "-1"), ("step", "9223372036854775807"), ("step", "two"),
    ("items", "0"), ("items", "1"), ("items", "9223372036854775807"), ("optimizer.step", "-1"),
    ("optimizer.step", "9223372036854775807"), ("0.snapshots", "1"), ("0.snapshots", "-1 3"), ("0.snapshots", "a b"),
    ("0.best", "4"), ("0.best", "-1"), ("1.best", "9223372036854775807"), ("format", "idinvert-inversion-2"),
  ])
  func aStateWhosePartsDoNotFitIsRefused(field: String, value: String) throws {
    let file = try SafetensorsFile(ReadOnlyFile(bytes: bytes(), name: "state"))
    var writer = SafetensorsWriter(metadata: file.metadata)
    for entry in file.entries { writer.add(entry.name, shape: entry.shape, values: try file.floats(named: entry.name)) }
    #expect(writer.bytes() == (try bytes()))
    #expect(writer.metadata[field] != nil)
    writer.metadata[field] = value
    writer.metadata["sha256"] = nil
    writer.metadata["sha256"] = sha256(writer.bytes())
    let error = #expect(throws: InversionError.self, "\(field) \(value)") { try InversionState(bytes: writer.bytes()) }
    #expect(error.map { !"\($0)".contains("were written") || field == "items" } ?? false)
  }
}
