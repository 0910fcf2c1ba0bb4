/// A file of numbers that cannot be used, on one line: `generator.safetensors: the header's length is 0; the file is
/// damaged`.
package struct WeightFileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file as messages call it.
  package let file: String
  /// What was found, what was expected and what to do.
  package let message: String

  package init(file: String, message: String) {
    self.file = file
    self.message = message
  }

  package var description: String { "\(file): \(message)" }
}
