import Editing
import Files
import Service
import StrictYAML
import Testing

@Suite struct VerdictTests {
  @Test func badInputFailsAtOnce() {
    #expect(Verdict(EditingError(.refuse, "no")) == .fail("no"))
    let error = YAMLError(file: "a.yaml", line: 4, column: 5, message: "unknown key 'frame'")
    #expect(Verdict(error) == .fail("a.yaml:4:5: unknown key 'frame'"))
  }

  @Test func aPictureCutShortWaitsForTheRest() {
    #expect(Verdict(EditingError(.truncated, "ends early")) == .incomplete("ends early"))
  }

  @Test(arguments: [(Int32(28), "ENOSPC"), (5, "EIO"), (122, "EDQUOT"), (24, "EMFILE")])
  func troubleThatMayPassIsTriedAgain(number: Int32, name: String) {
    guard case .retry = Verdict(FileError(.write, "x", errno: number)) else {
      Issue.record("\(name) is not tried again")
      return
    }
  }

  @Test func aFileThatMayNotBeReadFails() {
    guard case .fail = Verdict(FileError(.open, "x", errno: 13)) else {
      Issue.record("EACCES does not fail")
      return
    }
  }

  @Test func whatWasStoppedIsNoFailure() {
    #expect(Verdict(EditingError(.stopped, "")) == .stopped)
  }

  @Test func anUnknownErrorBecomesOneLine() {
    struct Odd: Error, CustomStringConvertible { let description = "first\nsecond" }
    #expect(Verdict(Odd()) == .fail("first"))
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
      try sidecar.check(limits)
      Issue.record("it was accepted")
    } catch {
      #expect(error.message == message)
    }
  }
}
