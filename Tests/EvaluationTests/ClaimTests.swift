import Evaluation
import Statistics
import Testing

@Suite struct ClaimTests {
  private func comparison(
    _ low: Double, _ high: Double, _ expectation: Comparison.Expectation = .below(0), n: Int = 100, isRequired: Bool = true
  ) -> Comparison {
    Comparison(
      name: "a number", interval: Interval(value: (low + high) / 2, low: low, high: high), expectation: expectation, n: n,
      share: nil, isRequired: isRequired)
  }

  private func claim(_ comparisons: [Comparison], least: Int = 50) -> Claim {
    Claim("X1", "something is so", comparisons, least: least)
  }

  @Test("A number holds when its whole interval lies on the expected side, and never otherwise") func oneNumber() {
    #expect(comparison(-2, -1).verdict == .holds)
    #expect(comparison(1, 2).verdict == .doesNotHold)
    #expect(comparison(-1, 1).verdict == .undecided)
    #expect(comparison(-1, 0).verdict == .undecided)
    #expect(comparison(1, 2, .above(0)).verdict == .holds)
    #expect(comparison(1, 2, .above(1.5)).verdict == .undecided)
  }

  @Test("A claim holds when all required numbers do, and fails when one says the contrary") func severalNumbers() {
    #expect(claim([comparison(-2, -1), comparison(-3, -1)]).verdict == .holds)
    #expect(claim([comparison(-2, -1), comparison(-1, 1)]).verdict == .undecided)
    #expect(claim([comparison(-2, -1), comparison(1, 2)]).verdict == .doesNotHold)
    #expect(claim([comparison(-2, -1), comparison(1, 2, isRequired: false)]).verdict == .holds)
  }

  @Test("Too few photographs decide nothing, and the claim says so") func tooFew() {
    let few = claim([comparison(-2, -1, n: 49)])
    #expect(few.verdict == .undecided && few.reason == "n is 49; at least 50 are needed")
    #expect(claim([comparison(-2, -1, n: 50)]).reason == nil)
    #expect(claim([]).verdict == .undecided)
    let missing = Claim("R1", "something", undecided: "the pack has no conventional encoder")
    #expect(missing.verdict == .undecided && missing.reason == "the pack has no conventional encoder" && missing.main == nil)
  }
}
