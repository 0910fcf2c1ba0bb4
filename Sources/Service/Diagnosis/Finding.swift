/// One line of `idinvert doctor`.
package struct Finding: Sendable, Equatable {
  package enum State: Sendable {
    case good
    /// Worth knowing; nothing has to be done.
    case note
    /// Has to be done something about.
    case bad
  }

  package let state: State
  package let subject: String
  package let text: String

  package init(_ state: State, _ subject: String, _ text: String) {
    self.state = state
    self.subject = subject
    self.text = text
  }

  package var mark: String {
    switch state {
    case .good: "ok  "
    case .note: "note"
    case .bad: "BAD "
    }
  }
}
