internal import PrintableText

/// One job in `squeue`'s answer.
package struct QueueEntry: Sendable, Equatable {
  package let id: Int
  package let state: SlurmState
  /// The state's word, safe to print.
  package let word: String
  /// Why it waits, or how it ended: `Resources`, `NonZeroExitCode`.
  package let reason: String
  /// Where it runs or ran, as `n[1-3]`; empty while it waits.
  package let nodes: String
  package let name: String

  package init(id: Int, word: String, reason: String = "None", nodes: String = "", name: String) {
    self.id = id
    state = SlurmState(word)
    self.word = printable(word)
    self.reason = printable(reason)
    self.nodes = printable(nodes)
    self.name = name
  }

  /// Whether Slurm has looked for room and found none: before that it gives no reason.
  package var lacksRoom: Bool { state == .waiting && !["", "None"].contains(reason) }

  /// Reads a line of `QueueListing.format`; nil where it is none.
  init?(line: some StringProtocol) {
    let fields = line.split(separator: "|", maxSplits: 6, omittingEmptySubsequences: false)
    guard fields.count == 7, (1...18).contains(fields[0].utf8.count), fields[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let id = Int(fields[0]), id > 0,
      // The same number again, or with an array's or a heterogeneous job's part.
      fields[1].hasPrefix(fields[0]),
      fields[2].first?.isLetter == true, fields[2].allSatisfy({ $0.isLetter || $0 == "_" || $0 == " " || $0.isNumber })
    else { return nil }
    self.init(id: id, word: String(fields[2]), reason: String(fields[3]), nodes: String(fields[4]), name: String(fields[6]))
  }
}

/// What Slurm says of all jobs of a user.
package struct QueueListing: Sendable, Equatable {
  package var entries: [QueueEntry]
  /// Whether every line was understood: only then does the lack of a job mean something.
  package var isWhole: Bool

  /// The format that is the same in all versions. The name is last: it may hold anything.
  package static let format = "%A|%i|%T|%r|%N|%V|%j"

  package init(entries: [QueueEntry], isWhole: Bool = true) {
    self.entries = entries
    self.isWhole = isWhole
  }

  /// Reads the output of `squeue -h -r -t all -o FORMAT`.
  package init(_ output: String) {
    entries = []
    isWhole = output.isEmpty || output.hasSuffix("\n")
    for line in output.split(separator: "\n") {
      if let entry = QueueEntry(line: line) { entries.append(entry) } else { isWhole = false }
    }
  }
}
