package import Files

/// A number of the training is no longer finite: it goes back to the last checkpoint.
package struct NotFinite: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}

/// Why a training cannot start or go on: one line with place, finding and remedy.
package struct TrainingError: ClassifiedError, Equatable {
  package let description: String
  package let kind: FailureKind

  package init(_ description: String, kind: FailureKind = .refuse) {
    self.description = description
    self.kind = kind
  }

  init(_ error: FileError) {
    self.init(error.message, kind: error.kind)
  }
}
