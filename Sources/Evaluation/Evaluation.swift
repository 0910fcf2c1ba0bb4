internal import Editing
package import Files
package import Images
package import ModelPacks

/// Judges a pack by the paper's claims, on photographs it was not trained on.
package struct Evaluation {
  private let bench: Bench
  private let programVersion: String

  /// - Parameters:
  ///   - photographs: a folder.
  ///   - examples: a folder of photographs with labels that measure attributes; nil: those that are not judged.
  ///   - output: where finished optimizations are kept, so that an interrupted evaluation goes on.
  /// - Throws: `EvaluationError`, what a pack's networks throw, `FileError`.
  package init(
    _ pack: ModelPack, photographs: String, examples: String? = nil, output: String, folder: Folder, settings: EvaluationSettings,
    decoder: any PictureDecoding,
    programVersion: String, observer: EvaluationObserver = EvaluationObserver()
  ) throws {
    bench = try Bench(
      pack, photographs: photographs, examples: examples, output: output, folder: folder, settings: settings, decoder: decoder,
      observer: observer)
    self.programVersion = programVersion
  }

  /// Answers every claim.
  package func report() throws -> EvaluationReport {
    if let first = bench.photographs.chosen.first { try bench.workshop.warmUp(first) }
    let sections = [
      try Reconstruction(bench: bench).section(), try Interpolation(bench: bench).section(),
      try Manipulation(bench: bench).section(), try Mixing(bench: bench).section(), try Diffusion(bench: bench).section(),
      try TradeOff(bench: bench).section(), try OtherDomains(bench: bench).section(),
    ]
    return EvaluationReport(
      sections: sections, settings: bench.settings, facts: bench.workshop.facts, programVersion: programVersion,
      photographs: bench.photographs, steps: bench.settings.steps ?? bench.workshop.facts.steps)
  }
}

extension EvaluationReport {
  /// Writes `evaluation.json`, `evaluation.txt`, `evaluation.html` and the pictures of the page.
  package func write(into folder: Folder) throws {
    let pictures = try folder.makeFolder(Name("pictures"))
    for section in sections {
      if let sheet = section.sheet { try pictures.write(Name(section.name + ".png"), sheet.drawn().pngBytes(), mode: 0o644) }
    }
    try folder.write(Name("evaluation.txt"), Array(text.utf8), mode: 0o644)
    try folder.write(Name("evaluation.html"), Array(html.utf8), mode: 0o644)
    try folder.write(Name("evaluation.json"), json, mode: 0o644)
  }
}
