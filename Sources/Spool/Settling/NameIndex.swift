internal import Files

/// Names by what they have in common, in whatever spelling.
struct NameIndex {
  private var names: [FoldedName: Set<Name>] = [:]

  subscript(key: Name) -> Set<Name> { names[key.folded] ?? [] }

  mutating func add(_ name: Name, under key: Name) {
    names[key.folded, default: []].insert(name)
  }

  mutating func remove(_ name: Name, under key: Name) {
    let key = key.folded
    names[key]?.remove(name)
    if names[key]?.isEmpty == true { names[key] = nil }
  }
}
