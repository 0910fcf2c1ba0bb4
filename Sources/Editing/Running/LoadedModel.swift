package import Inversion

/// A model ready to work: networks in memory, what its pack says, and the directions of its attributes.
package struct LoadedModel: Sendable {
  package let model: any InversionModel
  package let facts: ModelInfo
  /// By attribute; `layers * width` numbers each.
  package let boundaries: [String: [Float]]
  /// What one optimization needs beside the input files; see `MemoryEstimate`.
  package let workingBytes: Int

  package init(
    model: any InversionModel, facts: ModelInfo, boundaries: [String: [Float]] = [:], workingBytes: Int = 0
  ) {
    self.model = model
    self.facts = facts
    self.boundaries = boundaries
    self.workingBytes = workingBytes
  }
}
