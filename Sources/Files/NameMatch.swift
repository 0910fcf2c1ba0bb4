/// A name as most people read it: one spelling of each accented letter (Unicode's canonical equivalence), upper and lower
/// case the same. Bytes that are not UTF-8 stand for themselves, ASCII letters among them in lower case.
package struct FoldedName: Hashable, Sendable {
  private let text: String
  private let bytes: [UInt8]

  package init(_ name: Name) {
    if let string = name.string {
      // Swift compares and hashes strings by canonical equivalence. Upper case first: ß and ss, ſ and s are one then.
      text = string.uppercased().lowercased()
      bytes = []
    } else {
      text = ""
      bytes = name.bytes.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
    }
  }
}

extension Name {
  package var folded: FoldedName { FoldedName(self) }
}

/// Which file a name means. The one rule, for sidecars, for pictures that instructions name, and for names on a command
/// line: exact bytes first; else the only candidate that differs in nothing but Unicode spelling and case; never one of
/// several.
package enum NameMatch: Sendable, Equatable {
  case exact(Name)
  /// Another spelling of the name, and the only one.
  case alike(Name)
  /// Several other spellings, sorted.
  case ambiguous([Name])
  case none

  package init(_ wanted: Name, among candidates: some Sequence<Name>) {
    let folded = wanted.folded
    var alike: Set<Name> = []
    for candidate in candidates {
      if candidate == wanted {
        self = .exact(candidate)
        return
      }
      if candidate.folded == folded { alike.insert(candidate) }
    }
    switch alike.count {
    case 0: self = .none
    case 1: self = .alike(alike.removeFirst())
    default: self = .ambiguous(alike.sorted())
    }
  }

  /// The file that is meant; nil for none, or several.
  package var name: Name? {
    switch self {
    case .exact(let name), .alike(let name): name
    case .ambiguous, .none: nil
    }
  }

  /// What to tell where the file is spelled otherwise than it was named; nil where it is not.
  package func note(for wanted: Name) -> String? {
    guard case .alike(let found) = self else { return nil }
    // Composed and decomposed accents look the same.
    let spelling = wanted.string == found.string ? ", in another Unicode spelling" : ""
    return "'\(wanted)' means '\(found)' here\(spelling)"
  }

  /// What to tell where several files could be meant; nil elsewhere.
  package var doubt: String? {
    guard case .ambiguous(let names) = self else { return nil }
    return "could mean " + names.map { "'\($0)'" }.joined(separator: " or ") + "; write the name exactly as the file's"
  }
}
