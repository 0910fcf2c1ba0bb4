import Files
import Foundation
import Spool
import Testing

/// What a power cut may take must not matter.
@Suite struct PowerLossTests {
  /// After each call that changes something, the power fails: what survives is built anew, and a new process goes on.
  @Test(arguments: Ledger.Survival.allCases, [Orchard.small, .folders])
  func thePowerMayFailAtEachCall(_ survival: Ledger.Survival, _ orchard: Orchard) throws {
    try cutPowerAtEachCall(survival, orchard, lacking: [])
  }

  /// Without fsync of folders there is nothing to promise; without anything else the promise is the same.
  @Test(arguments: Ledger.Survival.allCases, [Orchard.small, .folders, .cut])
  func thePowerMayFailOnAShare(_ survival: Ledger.Survival, _ orchard: Orchard) throws {
    try cutPowerAtEachCall(survival, orchard, lacking: [.exclusiveRename])
    try cutPowerAtEachCall(survival, orchard, lacking: [.exclusiveRename, .hardLinks, .modes])
  }

  /// The calls of one job from the inbox to the outbox.
  private func log(_ orchard: Orchard) throws -> (calls: [FaultInjector.Call], yard: Yard) {
    let yard = try Yard()
    try orchard.fill(yard)
    let injector = FaultInjector { _, _, _ in .proceed }
    run(yard, orchard, injector, seconds: 60)
    try orchard.expectEachAnsweredOnce(yard, "recorded")
    return (injector.calls, yard)
  }

  @Test func aRecordIsOnDiskBeforeAnythingLeavesTheInbox() throws {
    let (calls, yard) = try log(.small)
    for (index, call) in calls.enumerated() where call.call == .rename && call.path.hasPrefix(yard.inbox) {
      let job = try #require(call.path.components(separatedBy: "/.jobs/").last?.split(separator: "/").first)
      let synced = Set(calls[..<index].filter { $0.call == .sync }.map(\.path))
      #expect(synced.contains(yard.state + "/\(job)/job.json"))
      #expect(synced.contains(yard.state + "/\(job)"))
      #expect(synced.contains(yard.state))
    }
  }

  @Test func everythingPublishedIsOnDiskBeforeItIsSeen() throws {
    let (calls, yard) = try log(.all)
    let publishing = calls.indices.filter { calls[$0].call == .rename && calls[$0].path.contains("/output → \(yard.outbox)") }
    #expect(publishing.count == 5)
    for index in publishing {
      let output = try #require(calls[index].path.components(separatedBy: " → ").first)
      var dirty: Set<String> = []
      for call in calls[..<index] {
        let target = call.path.components(separatedBy: " → ").last ?? ""
        // Originals are put on disk where they were before.
        if call.call == .rename, target.hasPrefix(output + "/"), !call.path.contains("/input/") { dirty.insert(target) }
        if call.call == .makeFolder, target.hasPrefix(output + "/") { dirty.insert(target) }
        if call.call == .write, target.hasPrefix(output) { dirty.insert(output) }
        if call.call == .sync { dirty.remove(call.path) }
      }
      // A folder moved as a whole is not written, its entries are fsynced one by one.
      dirty.remove(output + "/originals")
      #expect(dirty.isEmpty, "not on disk before \(calls[index].path): \(dirty.sorted())")
      // The last of all: the record that says so, and the names of the originals.
      let last = calls[..<index].filter { $0.call == .sync }.suffix(2).map(\.path)
      #expect(last == [output, String(output.dropLast("/output".count))])
    }
  }

  @Test func theOutboxIsOnDiskBeforeTheJobIsForgotten() throws {
    let (calls, yard) = try log(.small)
    for (index, call) in calls.enumerated() where call.call == .rename && call.path.contains("/output → \(yard.outbox)") {
      let output = try #require(call.path.components(separatedBy: " → ").first)
      let job = String(output.dropLast("/output".count))
      let forgetting = try #require(calls[index...].firstIndex { $0.call == .remove && $0.path.hasPrefix(job) })
      let target = call.path.components(separatedBy: " → ")[1].components(separatedBy: "/").dropLast().joined(separator: "/")
      #expect(calls[index..<forgetting].contains { $0.call == .sync && $0.path == target })
    }
  }
}
