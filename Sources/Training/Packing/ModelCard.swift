internal import Directions
internal import ModelPacks

/// The pack's `README.md`: what it was made of, how it was judged, what to mind.
struct ModelCard {
  let description: PackDescription
  let settings: TrainingSettings
  let photographs: PreparedPhotographs
  let facts: MeasuredFacts?
  let best: AdversarialState.Best?
  let seen: Int?
  let attributes: [BoundaryStage.Found]

  var text: String {
    typealias Text = ProgressText
    var lines = [
      "# \(description.title)", "",
      "Made by `idinvert train` from \(photographs.count) photographs, \(photographs.heldOut.count) of them kept apart to judge by (`held-out.txt`).",
      "`\(PackStage.settingsName(nil))` holds all settings of this version; with the same photographs they give the same bytes.", "",
      "## Data", "",
      "- \(photographs.count) photographs of \(photographs.side) px (\(photographs.preparation)); \(photographs.refused.count) files were refused.",
    ]
    if photographs.grayCount > 0 { lines.append("- \(photographs.grayCount) of them are gray.") }
    if photographs.enlargedCount > 0 { lines.append("- \(photographs.enlargedCount) of them were enlarged.") }
    lines += columnLines
    lines += [
      "- License: \(description.license).\(description.attribution.map { " " + $0 } ?? "")",
      "", "A model repeats what its photographs have in common. What is rare in the table above comes out badly or as something else,",
      "and what always occurs together (a kind of picture and its background, say) is not told apart.", "",
      "## Figures", "",
    ]
    lines += figures
    if let facts { lines += ["", "## Memory", ""] + memoryLines(facts) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A section for the card of a pack that got a new part.
  var addition: String {
    let part = settings.part == TrainingPart.boundaries.rawValue ? "boundaries" : "the part '\(settings.part)'"
    var lines = ["## Version \(description.version): \(part) made anew", ""]
    lines.append("- With the settings in `\(PackStage.settingsName(TrainingPart(rawValue: settings.part)))`.")
    if photographs.count > 0 { lines.append("- From \(photographs.count) photographs.") }
    if !settings.perceptual.from.isEmpty { lines.append("- With a perceptual network from elsewhere, which is the pack's now.") }
    if !settings.card.license.isEmpty { lines.append("- License from now on: \(description.license).\(description.attribution.map { " " + $0 } ?? "")") }
    return (lines + figures)
      .joined(separator: "\n") + "\n"
  }

  private var figures: [String] {
    typealias Text = ProgressText
    var lines: [String] = []
    if let seen { lines.append("- Images shown to the discriminator: \(seen).") }
    if let best {
      lines.append("- Feature distance to the photographs: \(Text.number(best.distance, digits: 4)) of their scatter (best, after \(best.seen) images). It can be compared within this pack only.")
    }
    if let error = facts?.heldOutError {
      lines.append("- Encoder alone on photographs kept apart: mean squared error \(Text.number(error, digits: 4)) in [-1, 1].")
    }
    if let distance = facts?.domainDistance {
      lines.append(
        "- Domain distance over photographs: median \(Text.number(distance.median, digits: 5)), 99 % below \(Text.number(distance.percentile99, digits: 5)).")
    }
    guard !attributes.isEmpty else { return lines }
    lines += ["", "| attribute | from … to | range | right on codes it was not found from |", "|---|---|---|---|"]
    for found in attributes {
      lines.append("| \(found.attribute.name) | \(found.attribute.title) | ±\(Text.number(found.attribute.range.upperBound, digits: 0)) | \(found.accuracy.correct) of \(found.accuracy.count) |")
    }
    return lines
  }

  /// How often each answer of a column occurs.
  private var columnLines: [String] {
    LabelQuestions(photographs).questions.map { question in
      let counts = question.answers.indices.map { answer in
        "\(question.answers[answer]) \(question.labels.count { $0 == answer })"
      }
      return "- \(question.column): \(counts.joined(separator: ", "))."
    }
  }

  private func memoryLines(_ facts: MeasuredFacts) -> [String] {
    typealias Text = ProgressText
    func row(_ name: String, _ sorted: [Double]) -> String {
      let values = [0.0, 0.25, 0.5, 0.75, 1].map { Text.number(MeasuredFacts.quantile(sorted, $0), digits: 3) }
      return "| \(name) | \(values.joined(separator: " | ")) |"
    }
    var lines = [
      "Feature distance to the nearest photograph of the training; `nearest.png` shows 16 samples above theirs. Samples that are much",
      "nearer than photographs kept apart would be photographs learned by heart.", "",
      "| | least | quarter | half | three quarters | most |", "|---|---|---|---|---|---|", row("samples", facts.nearestOfSamples),
    ]
    if !facts.nearestOfHeldOut.isEmpty { lines.append(row("kept apart", facts.nearestOfHeldOut)) }
    return lines
  }
}
