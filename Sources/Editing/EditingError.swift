/// Why a job could not be done, in one line with place and remedy.
package struct EditingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What the service should do about it.
  package enum Kind: Hashable, Sendable {
    /// The input cannot be worked on; fail the job.
    case refuse
    /// A picture ends too early; more of it may still be on the way.
    case truncated
    /// The output could not be written; it may work later.
    case retry
    /// The observer asked for the end; the last state it was shown can be continued from.
    case stopped
  }

  package let kind: Kind
  package let description: String

  package init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
