internal import FoundationEssentials

/// What belongs to the program lies beside it.
package enum ProgramFiles {
  /// The path of the running program.
  package static var runningExecutable: String? {
    // Fails only without /proc; then nothing is beside the program.
    try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  }

  /// Where something may lie, in the order of search: `../share/idinvert/…` beside the executable's folder, where an
  /// installation has it, and the source tree when the executable runs from its `.build`.
  ///
  /// - Parameters:
  ///   - installed: the path below `share/idinvert`.
  ///   - source: the path below the source tree.
  package static func places(installed: String, source: String, besideExecutable executable: String) -> [String] {
    let parts = executable.split(separator: "/").dropLast()
    func path(_ parts: some Sequence<Substring>, _ rest: String) -> String {
      parts.map { "/" + $0 }.joined() + "/" + rest
    }
    var places = [path(parts.dropLast(), "share/idinvert/" + installed)]
    if let build = parts.lastIndex(of: ".build"), build > 0 { places.append(path(parts[..<build], source)) }
    return places
  }
}
