/// What must hold for every input of one parser: it is read or refused, and what was read can be written and read again.
package struct Property: Sendable {
  /// The target's name on the command line and of its folder in `Tests/Fixtures/fuzz`.
  package let name: String
  /// The longest input that is worth trying.
  package let maximumLength: Int
  /// Inputs to begin with, made here; files of the project come beside them.
  package let seeds: @Sendable () throws -> [[UInt8]]
  /// What a mutation may insert.
  package let words: [String]

  private let body: @Sendable ([UInt8]) throws -> Bool

  init(
    _ name: String, maximumLength: Int, words: [String] = [], seeds: @escaping @Sendable () throws -> [[UInt8]] = { [] },
    body: @escaping @Sendable ([UInt8]) throws -> Bool
  ) {
    self.name = name
    self.maximumLength = maximumLength
    self.words = words
    self.seeds = seeds
    self.body = body
  }

  /// Tries one input.
  ///
  /// - Returns: whether it was accepted; nil and an error's text never leave here but as a refusal.
  /// - Throws: `Violation` when something is wrong with the program.
  package func check(_ bytes: [UInt8]) throws -> Bool {
    guard bytes.count <= maximumLength else { return false }
    return try body(bytes)
  }

  /// All of them; a new parser is a line here.
  package static let all: [Property] = [
    sidecar, job, edit, packDescription, configuration, safetensors, numpy, checkpoint, pickle, boundary, png, jpeg, webp, heif, tiff,
    apart, answer, orientation, profile, code, state, names, records, attempts, slurm,
  ]
}

/// Something a parser must not do. A trap or a wrong access to memory speaks for itself.
package struct Violation: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}

/// - Throws: `Violation` with the message where the condition does not hold.
func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
  if !condition { throw Violation(message()) }
}

/// Passes a result on, or nil for a refusal of the expected type, which must be one printable line.
func acceptedOrRefused<Value, Refusal: Error>(
  _ expected: Refusal.Type, _ body: () throws -> Value
) throws -> Value? {
  do {
    return try body()
  } catch let refusal as Refusal {
    let text = "\(refusal)"
    try require(!text.isEmpty, "a refusal says nothing")
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
        throw Violation("a refusal has the character U+\(String(scalar.value, radix: 16)): \(text)")
      default: continue
      }
    }
    return nil
  } catch let violation as Violation {
    throw violation
  } catch {
    throw Violation("refused with another type of error, \(type(of: error)): \(error)")
  }
}
