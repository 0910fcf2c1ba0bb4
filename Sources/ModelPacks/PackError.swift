package import Files
package import StrictYAML
package import WeightFiles

/// A pack, or a file that belongs to one, that cannot be used. The description is one line with place and remedy.
package struct PackError: ClassifiedError, Hashable, Sendable {
  package let description: String
  package let kind: FailureKind

  package init(_ description: String) {
    self.description = description
    kind = .refuse
  }

  /// Passes on what is wrong with a file.
  package init(_ error: FileError) {
    description = error.description
    kind = error.kind
  }

  /// Passes on what is wrong with a text, place included.
  package init(_ error: YAMLError) {
    description = error.description
    kind = .refuse
  }

  /// Passes on what is wrong with a file of numbers.
  package init(_ error: WeightFileError) {
    description = error.description
    kind = error.kind
  }
}
