package import Files

/// A file of numbers that cannot be used, on one line: `generator.safetensors: the header's length is 0; the file is
/// damaged`.
package struct WeightFileError: ClassifiedError, Hashable, Sendable {
  /// The file as messages call it.
  package let file: String
  /// What was found, what was expected and what to do.
  package let message: String
  package let kind: FailureKind

  package init(file: String, message: String) {
    self.file = file
    self.message = message
    kind = .refuse
  }

  /// Passes on what went wrong with a file under the name that messages use.
  init(file: String, _ error: FileError) {
    self.file = file
    message = error.finding
    kind = error.kind
  }

  package var description: String { "\(file): \(message)" }
}
