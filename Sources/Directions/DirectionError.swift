/// Why a direction cannot be found. The description is one line with the remedy.
package struct DirectionError: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}
