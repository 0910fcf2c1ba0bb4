internal import Editing
internal import Inversion
internal import Statistics

extension EvaluationReport {
  /// `evaluation.json`.
  package var json: [UInt8] {
    let list: JSON = .object([
      ("chosen", .list(photographs.chosen.map { ["name": .text($0.name), "sha256": .text($0.sha256)] })),
      ("others", .list(photographs.others.map { ["name": .text($0.name), "sha256": .text($0.sha256)] })),
      ("chosen_hash", .text(PhotographSet.hash(of: photographs.chosen))),
      ("others_hash", .text(PhotographSet.hash(of: photographs.others))),
      ("refused", .list(photographs.refused.map { ["name": .text($0.name), "reason": .text($0.reason)] })),
    ])
    let report: JSON = .object([
      ("format", .integer(1)),
      ("program", ["name": "idinvert", "version": .text(programVersion)]),
      ("pack", ["name": .text(facts.name), "version": .text(facts.version), "hash": .text(facts.hash)]),
      ("settings", settingsJSON),
      ("photographs", list),
      ("notes", .list(notes.map(JSON.text))),
      ("claims", .list(claims.map(Self.claimJSON))),
      ("tables", .list(sections.flatMap(\.tables).map(Self.tableJSON))),
      ("numbers", .object(sections.map { ($0.name, .object($0.numbers)) })),
    ])
    return report.bytes
  }

  private var settingsJSON: JSON {
    .object([
      ("seed", .integer(Int(settings.seed))), ("quick", .boolean(settings.isQuick)), ("steps", .integer(steps)),
      ("long_steps", .integer(settings.longSteps)), ("least_photographs", .integer(settings.leastPhotographs)),
      ("box_shares", .list(settings.boxShares.map(JSON.number))), ("domain_weights", .list(settings.domainWeights.map(JSON.float))),
      ("resamples", .integer(settings.resamples)), ("set_resamples", .integer(settings.setResamples)),
      ("learning_rate", .number(facts.learningRate)),
      ("weights", [
        "pixel": .float(facts.weights.pixel), "perceptual": .float(facts.weights.perceptual), "domain": .float(facts.weights.domain),
      ]),
    ])
  }

  private static func claimJSON(_ claim: Claim) -> JSON {
    var entries: [(key: String, value: JSON)] = [
      ("claim", .text(claim.id)), ("statement", .text(claim.statement)), ("verdict", .text(claim.verdict.rawValue)),
    ]
    if let reason = claim.reason { entries.append(("reason", .text(reason))) }
    let main = claim.main
    entries += [
      ("number", main.map { .text($0.name) } ?? .null), ("value", main.map { .number($0.interval.value) } ?? .null),
      ("low", main.map { .number($0.interval.low) } ?? .null), ("high", main.map { .number($0.interval.high) } ?? .null),
      ("n", .integer(main?.n ?? 0)), ("comparisons", .list(claim.comparisons.map(comparisonJSON))),
    ]
    return .object(entries)
  }

  private static func comparisonJSON(_ comparison: Comparison) -> JSON {
    let (side, limit) = switch comparison.expectation {
    case .below(let limit): ("below", limit)
    case .above(let limit): ("above", limit)
    }
    return .object([
      ("number", .text(comparison.name)), ("value", .number(comparison.interval.value)), ("low", .number(comparison.interval.low)),
      ("high", .number(comparison.interval.high)), ("expected", .text(side)), ("limit", .number(limit)),
      ("n", .integer(comparison.n)), ("share", comparison.share.map(JSON.number) ?? .null),
      ("required", .boolean(comparison.isRequired)), ("verdict", .text(comparison.verdict.rawValue)),
    ])
  }

  private static func tableJSON(_ table: ResultTable) -> JSON {
    .object([
      ("title", .text(table.title)), ("columns", .list(table.columns.map(JSON.text))),
      ("rows", .list(table.rows.map { .list($0.map(JSON.text)) })),
    ])
  }
}
