/// The tensors a file must and may have, as a description implies them.
package struct TensorPlan: Sendable, Equatable {
  /// Name to shape.
  package var required: [String: [Int]] = [:]
  /// Tensors that the released files have and that nothing reads.
  package var optional: [String: [Int]] = [:]

  package init() {}

  /// The counters of batch normalization: whole numbers in released files, used by nothing.
  static let ignoredSuffix = ".num_batches_tracked"
}
