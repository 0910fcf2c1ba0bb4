import Training

/// Shows a training on the terminal: lines, and one that is drawn over.
final class TrainingConsole: TrainingObserver {
  private var isDrawn = false

  var shouldStop: Bool { Interruption.isRequested }

  func say(_ line: String) {
    clear()
    Terminal.complain(line)
  }

  func progress(_ line: String) {
    guard Terminal.isInteractive else { return }
    clear()
    Terminal.draw(String(line.prefix(max(20, Terminal.columns - 1))))
    isDrawn = true
  }

  private func clear() {
    if isDrawn { Terminal.draw("\r\u{1B}[K") }
    isDrawn = false
  }
}
