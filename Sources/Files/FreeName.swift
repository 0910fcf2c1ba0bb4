internal import Glibc

/// `base`, `base-2`, `base-3`, …, cut so that the number fits in 255 bytes.
package func numberedName(_ base: Name, _ number: Int) -> Name {
  guard number > 1 else { return base }
  let suffix = "-\(number)"
  var kept = base.bytes.prefix(255 - suffix.utf8.count)
  // Not in the middle of a letter: a cut name stays UTF-8 where it was.
  if base.string != nil {
    while kept.count > 1, kept.count < base.bytes.count, base.bytes[kept.count] & 0xC0 == 0x80 { kept.removeLast() }
  }
  return Name(bytes: Array(kept)) + suffix
}

/// Moves an entry to the first free name of the row `base`, `base-2`, …; never over another.
///
/// - Parameter first: 2 where `base` itself is not to be used.
/// - Returns: the name it has now.
package func moveToFreeName(
  _ name: Name, from source: Folder, to target: Folder, base: Name, first: Int = 1
) throws(FileError) -> Name {
  func tryMove(_ number: Int) throws(FileError) -> Name? {
    let candidate = numberedName(base, number)
    do {
      try source.move(name, to: target, as: candidate)
      return candidate
    } catch where error.errno == EEXIST {
      return nil
    }
  }
  for number in first..<(first + 8) {
    if let candidate = try tryMove(number) { return candidate }
  }
  // With thousands of results of one name, the end of the row is found by doubling and halving.
  var taken = first + 7
  var free = taken * 2
  while try target.contains(numberedName(base, free)) { (taken, free) = (free, free * 2) }
  while free - taken > 1 {
    let middle = (taken + free) / 2
    if try target.contains(numberedName(base, middle)) { taken = middle } else { free = middle }
  }
  while true {
    if let candidate = try tryMove(free) { return candidate }
    free += 1
  }
}
