import Editing
import Files
import Foundation
import Inversion
import Service

/// Shows how a job goes on: a bar on a terminal, else a line now and then.
final class ConsoleProgress: JobObserver {
  private let name: String
  private let isInteractive = Terminal.isInteractive
  private var phaseStart = ContinuousClock.now
  private var firstStep = 0
  private var lastPhase: JobProgress.Phase?
  private var lastDrawing: ContinuousClock.Instant?
  private var lastTenth = 0
  private var isDrawn = false

  init(name: String) {
    self.name = name
  }

  var checkpoint: [UInt8]? { nil }

  func progress(_ progress: JobProgress, state: (() -> [UInt8])?) -> StepAction {
    let now = ContinuousClock.now
    if progress.phase != lastPhase || progress.step <= 1 {
      if progress.phase != lastPhase, !isInteractive { Terminal.complain("\(name): \(title(progress.phase))") }
      lastPhase = progress.phase
      phaseStart = now
      firstStep = progress.step
      lastTenth = 0
      lastDrawing = nil
    }
    if isInteractive { draw(progress, now) } else { tell(progress, now) }
    return Interruption.isRequested ? .stop : .go
  }

  /// Leaves the terminal as it was.
  func end() {
    guard isDrawn else { return }
    Terminal.draw("\r\u{1B}[K")
    isDrawn = false
  }

  private func draw(_ progress: JobProgress, _ now: ContinuousClock.Instant) {
    if let lastDrawing, now - lastDrawing < .milliseconds(50), progress.step < progress.steps { return }
    lastDrawing = now
    let text = ProgressLine(
      name: name, phase: title(progress.phase), step: progress.step, steps: progress.steps,
      loss: progress.losses.map { Double($0.total) }, secondsLeft: secondsLeft(progress, now)
    ).text(columns: Terminal.columns - 1)
    Terminal.draw("\r\u{1B}[K" + text)
    isDrawn = true
  }

  private func tell(_ progress: JobProgress, _ now: ContinuousClock.Instant) {
    guard progress.steps > 0 else { return }
    let tenth = progress.step * 10 / progress.steps
    guard tenth > lastTenth else { return }
    lastTenth = tenth
    var line = "\(name): step \(progress.step) of \(progress.steps)"
    if let losses = progress.losses { line += ", loss \(ProgressLine.number(Double(losses.total)))" }
    if let seconds = secondsLeft(progress, now), progress.step < progress.steps {
      line += ", \(ProgressLine.duration(seconds)) left"
    }
    Terminal.complain(line)
  }

  private func secondsLeft(_ progress: JobProgress, _ now: ContinuousClock.Instant) -> Double? {
    let made = progress.step - firstStep
    guard made > 0, progress.steps > 0 else { return nil }
    return (now - phaseStart).inSeconds / Double(made) * Double(progress.steps - progress.step)
  }

  private func title(_ phase: JobProgress.Phase) -> String {
    switch phase {
    case .decoding: "reading"
    case .inverting: "inverting"
    case .editing(let title): title
    case .writing: "writing"
    }
  }
}
