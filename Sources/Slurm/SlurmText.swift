internal import PrintableText

/// The words of Slurm's commands as one line of ours.
package enum SlurmText {
  /// What a command complained about: its lines without `sbatch: error:` and the like, safe to print, the first of them first.
  /// Empty where it wrote nothing.
  package static func complaint(_ errors: String) -> String {
    var lines: [String] = []
    for line in errors.split(whereSeparator: \.isNewline) {
      var text = line.drop { $0 == " " }
      for prefix in ["sbatch: ", "squeue: ", "scancel: ", "sinfo: ", "scontrol: ", "slurm_load_jobs ", "error: ", "fatal: "]
      where text.hasPrefix(prefix) { text = text.dropFirst(prefix.count) }
      // Tells how to get help with options that we give.
      if text.isEmpty || text.hasPrefix("Try \"") || text.hasPrefix("Usage:") { continue }
      lines.append(String(text))
    }
    let text = printable(lines.joined(separator: "; "))
    return text.count <= longest ? text : text.prefix(longest) + "…"
  }

  private static let longest = 300

  /// A word for /bin/sh that means exactly this text.
  package static func quotedForShell(_ text: String) -> String {
    "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
