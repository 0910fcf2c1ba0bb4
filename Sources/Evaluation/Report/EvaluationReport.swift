internal import Editing

/// A finished evaluation.
package struct EvaluationReport: Sendable {
  package let sections: [Section]
  package let settings: EvaluationSettings
  /// What was evaluated: `pack`, `photographs` and the like, for the head of each form.
  let facts: ModelInfo
  let programVersion: String
  let photographs: PhotographSet
  let steps: Int

  /// In the order of the protocol.
  package var claims: [Claim] {
    let order = ["R", "I", "M", "S", "D", "T", "O"]
    return sections.flatMap(\.claims).sorted { a, b in
      let place = { (claim: Claim) in order.firstIndex(of: String(claim.id.prefix(1))) ?? order.count }
      return (place(a), a.id) < (place(b), b.id)
    }
  }

  /// What a reader should know before the numbers.
  var notes: [String] {
    var notes = sections.flatMap(\.notes)
    if settings.isQuick { notes.append("a quick run: few photographs and \(steps) steps; not a judgment of the method") }
    if photographs.chosen.count < settings.leastPhotographs {
      notes.append("\(photographs.chosen.count) photographs; below \(settings.leastPhotographs) nothing is decided")
    }
    if photographs.referenceIsChosen {
      notes.append("too few photographs for a set of others: sets are compared with the photographs themselves, and there is no floor")
    }
    for (name, reason) in photographs.refused {
      notes.append("left out: " + (reason.hasPrefix(name) ? reason : "\(name): \(reason)"))
    }
    return notes
  }
}
