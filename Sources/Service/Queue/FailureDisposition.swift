internal import Editing
internal import Files
internal import Images

/// What to do with a job that could not be done.
package enum FailureDisposition: Sendable, Equatable {
  /// Bad input: the job fails now, for this reason.
  case fail(String)
  /// Trouble that may pass: the job comes again after a pause.
  case retry(String)
  /// The picture ends too early; the rest may be on its way.
  case incomplete(String)
  /// The observer wanted the end and knows why.
  case stopped

  /// Judges an error by the kind that it was given where it was thrown.
  package init(_ error: any Error) {
    switch error {
    case let error as EditingError:
      switch error.kind {
      case .refuse: self = .fail(error.description)
      case .truncated: self = .incomplete(error.description)
      case .retry: self = .retry(error.description)
      case .stopped: self = .stopped
      }
    case let error as any ClassifiedError:
      self = error.kind == .refuse ? .fail(error.description) : .retry(error.description)
    case let error as ImageError:
      self = error.isTruncated ? .incomplete(error.description) : .fail(error.description)
    default: self = .fail(oneLine("\(error)"))
    }
  }
}

/// The first line of a text, in case a description has several.
private func oneLine(_ text: String) -> String {
  text.split(separator: "\n").first.map(String.init) ?? text
}
