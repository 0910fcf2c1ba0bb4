internal import PrintableText

/// A refusal of a YAML text, with the place that caused it.
///
/// The description is one line: `apple.jpg.yaml:4:5: unknown key 'frame' in manipulate; did you mean 'frames'?`
package struct YAMLError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file's name as it was given to the parser.
  package let file: String
  /// From 1.
  package let line: Int
  /// From 1, counted in Unicode scalars.
  package let column: Int
  /// What was found, what was expected and what to do.
  package let message: String

  package init(file: String, line: Int, column: Int, message: String) {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
  }

  package var description: String { "\(printable(file)):\(line):\(column): \(message)" }
}

/// Where a value stands.
package struct YAMLPlace: Hashable, Sendable {
  package let file: String
  /// From 1.
  package let line: Int
  /// From 1, counted in Unicode scalars.
  package let column: Int

  package init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// An error that names this place.
  package func error(_ message: String) -> YAMLError {
    YAMLError(file: file, line: line, column: column, message: message)
  }
}
