import Editing
import Files
import Foundation
import ModelPacks
import Service
import StrictYAML
import TestSupport
import Testing

@Suite struct VerdictTests {
  @Test func badInputFailsAtOnce() {
    #expect(FailureDisposition(EditingError(.refuse, "no")) == .fail("no"))
    let error = YAMLError(file: "a.yaml", line: 4, column: 5, message: "unknown key 'frame'")
    #expect(FailureDisposition(error) == .fail("a.yaml:4:5: unknown key 'frame'"))
  }

  @Test func aPictureCutShortWaitsForTheRest() {
    #expect(FailureDisposition(EditingError(.truncated, "ends early")) == .incomplete("ends early"))
  }

  @Test(arguments: [(Int32(28), "ENOSPC"), (5, "EIO"), (122, "EDQUOT"), (24, "EMFILE")])
  func troubleThatMayPassIsTriedAgain(number: Int32, name: String) {
    guard case .retry = FailureDisposition(FileError(.write, "x", errno: number)) else {
      Issue.record("\(name) is not tried again")
      return
    }
  }

  @Test func aWeightFileThatCouldNotBeReadNowIsTriedAgain() throws {
    let pack = Fixtures.fruits64.path
    let injector = FaultInjector { _, call, path in
      call == .read && path.hasSuffix("encoder.safetensors") ? .fail(5) : .proceed
    }
    FaultInjector.$current.withValue(injector) {
      let error = #expect(throws: PackError.self) { _ = try ModelPack.load(pack) }
      guard let error, case .retry(let reason) = FailureDisposition(error) else {
        Issue.record("an I/O error does not come again")
        return
      }
      #expect(reason.hasPrefix("encoder.safetensors: cannot be read: input/output error"))
    }
  }

  @Test func aFileThatMayNotBeReadFails() {
    guard case .fail = FailureDisposition(FileError(.open, "x", errno: 13)) else {
      Issue.record("EACCES does not fail")
      return
    }
  }

  @Test func whatWasStoppedIsNoFailure() {
    #expect(FailureDisposition(EditingError(.stopped, "")) == .stopped)
  }

  @Test func anUnknownErrorBecomesOneLine() {
    struct Odd: Error, CustomStringConvertible { let description = "first\nsecond" }
    #expect(FailureDisposition(Odd()) == .fail("first"))
  }

  @Test(arguments: [
    ("edits: [reconstruct, reconstruct, reconstruct]", "the job has 3 edits; limits.edits allows 2"),
    ("edits: [{manipulate: {attribute: a, frames: 9}}]", "frames is 9; limits.frames allows 8"),
    ("invert: {steps: 51}", "steps is 51; limits.steps allows 50"),
  ])
  func theConfigurationsLimitsHold(text: String, message: String) throws {
    var limits = ServiceConfiguration.Limits()
    (limits.edits, limits.frames, limits.steps) = (2, 8, 50)
    let sidecar = try Sidecar(Array(text.utf8), file: "a.yaml")
    do {
      try sidecar.check(limits.forJobs)
      Issue.record("it was accepted")
    } catch {
      #expect(error.message == message)
    }
  }
}
