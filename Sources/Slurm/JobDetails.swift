/// How a job's script ended, as `scontrol` words it: `status:signal`.
package struct SlurmExitCode: Sendable, Equatable, CustomStringConvertible {
  package let status: Int
  package let signal: Int

  package init(status: Int, signal: Int) {
    self.status = status
    self.signal = signal
  }

  package init?(_ text: some StringProtocol) {
    guard let match = String(text).wholeMatch(of: /([0-9]{1,6}):([0-9]{1,6})/), let status = Int(match.1), let signal = Int(match.2)
    else { return nil }
    self.init(status: status, signal: signal)
  }

  package var description: String { "\(status):\(signal)" }

  /// The script never began, for its log could not be opened.
  package var isLaunchFailure: Bool { signal == 53 }
  /// The shell did not find the program, or may not run it.
  package var isProgramMissing: Bool { signal == 0 && (status == 127 || status == 126) }
}

/// What `scontrol show job -o ID` says beyond `squeue`.
package struct JobDetails: Sendable, Equatable {
  package let id: Int
  package let name: String
  package let exitCode: SlurmExitCode

  package init(id: Int, name: String, exitCode: SlurmExitCode) {
    self.id = id
    self.name = name
    self.exitCode = exitCode
  }

  /// nil where the text is not that of one job. The first value of each key counts: what follows may be a person's comment.
  package init?(_ output: String) {
    var values: [Substring: Substring] = [:]
    for word in output.split(whereSeparator: \.isWhitespace) {
      guard let sign = word.firstIndex(of: "=") else { continue }
      let key = word[..<sign]
      if values[key] == nil { values[key] = word[word.index(after: sign)...] }
    }
    guard let id = values["JobId"].flatMap({ Int($0) }), let name = values["JobName"],
      let code = values["ExitCode"].flatMap({ SlurmExitCode($0) })
    else { return nil }
    self.init(id: id, name: String(name), exitCode: code)
  }
}
