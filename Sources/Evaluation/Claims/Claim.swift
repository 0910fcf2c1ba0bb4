package import Statistics

package enum Verdict: String, Sendable {
  case holds
  case doesNotHold = "does not hold"
  case undecided
}

/// A number with its interval, and where the claim wants it.
package struct Comparison: Sendable {
  package enum Expectation: Sendable, Equatable {
    case below(Double)
    case above(Double)
  }

  package let name: String
  package let interval: Interval
  package let expectation: Expectation
  /// Photographs, pairs or pictures behind it.
  package let n: Int
  /// Share of them on the expected side; nil for numbers about sets.
  package let share: Double?
  /// Whether the claim depends on it, or it only stands beside.
  package let isRequired: Bool

  package init(
    name: String, interval: Interval, expectation: Expectation, n: Int, share: Double?, isRequired: Bool
  ) {
    self.name = name
    self.interval = interval
    self.expectation = expectation
    self.n = n
    self.share = share
    self.isRequired = isRequired
  }

  /// By the interval: all of it on one side.
  package var verdict: Verdict {
    switch expectation {
    case .below(let limit):
      interval.high < limit ? .holds : interval.low > limit ? .doesNotHold : .undecided
    case .above(let limit):
      interval.low > limit ? .holds : interval.high < limit ? .doesNotHold : .undecided
    }
  }
}

/// One of the paper's claims, judged. Never rounded up: what is not decided is called undecided, with the reason.
package struct Claim: Sendable {
  package let id: String
  package let statement: String
  package let verdict: Verdict
  /// Why it is undecided, where that is not the interval's doing.
  package let reason: String?
  package let comparisons: [Comparison]

  /// The number that stands for the claim.
  package var main: Comparison? { comparisons.first(where: \.isRequired) ?? comparisons.first }

  /// A claim holds when all required comparisons do, and does not when one of them says the contrary.
  ///
  /// - Parameter least: fewer photographs decide nothing.
  package init(_ id: String, _ statement: String, _ comparisons: [Comparison], least: Int, reason: String? = nil) {
    self.id = id
    self.statement = statement
    self.comparisons = comparisons
    let required = comparisons.filter(\.isRequired)
    let fewest = required.map(\.n).min() ?? 0
    if let reason {
      (verdict, self.reason) = (.undecided, reason)
    } else if required.isEmpty {
      (verdict, self.reason) = (.undecided, "there is nothing to compare")
    } else if fewest < least {
      (verdict, self.reason) = (.undecided, "n is \(fewest); at least \(least) are needed")
    } else {
      let verdicts = required.map(\.verdict)
      self.reason = nil
      verdict = verdicts.contains(.doesNotHold) ? .doesNotHold : verdicts.allSatisfy { $0 == .holds } ? .holds : .undecided
    }
  }

  /// A claim that this pack or these photographs cannot be asked.
  package init(_ id: String, _ statement: String, undecided reason: String) {
    self.init(id, statement, [], least: 0, reason: reason)
  }
}
