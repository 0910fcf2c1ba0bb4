/// The lengths of a tensor's axes, outermost first. A scalar has none.
package struct Shape: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  package let dimensions: [Int]

  package init(_ dimensions: [Int]) { self.dimensions = dimensions }
  package init(arrayLiteral elements: Int...) { dimensions = elements }

  /// Number of elements.
  package var count: Int { dimensions.reduce(1, *) }
  package var rank: Int { dimensions.count }
  package subscript(axis: Int) -> Int { dimensions[axis] }
  package var description: String { "[" + dimensions.map(String.init).joined(separator: ", ") + "]" }
}

/// An operation was given tensors that do not fit it.
package struct ShapeError: Error, CustomStringConvertible, Equatable {
  /// The operation's name.
  package let operation: String
  /// What does not fit, with the shapes.
  package let reason: String

  package init(_ operation: String, _ reason: String) {
    self.operation = operation
    self.reason = reason
  }

  package var description: String { "\(operation): \(reason)" }
}
