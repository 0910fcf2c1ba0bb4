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
  /// The setting that is wrong, such as `card.name`; nil for what is no matter of settings.
  package let setting: String?

  package init(_ description: String, kind: FailureKind = .refuse, setting: String? = nil) {
    self.description = description
    self.kind = kind
    self.setting = setting
  }

  /// - Parameter finding: goes on after the setting's name.
  init(setting: String, _ finding: String) {
    self.init("\(setting) \(finding)", setting: setting)
  }

  init(_ error: FileError) {
    self.init(error.message, kind: error.kind)
  }
}
