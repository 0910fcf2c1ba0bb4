package import Files
internal import PrintableText
internal import Spool
internal import Synchronization

/// A long task's attempt, as the command on the node sees it: it counts as long as nobody has begun another or ended it.
package final class LongAttempt: Sendable {
  private struct Looks: Sendable {
    var next: ContinuousClock.Instant
    var counts = true
    var nextTelling: ContinuousClock.Instant
    var line = ""
  }

  private let folder: LongFolder
  private let token: String
  private let looks: Mutex<Looks>

  /// How often it is looked whether the attempt counts, beside each time something is written.
  private static let pause = Duration.seconds(3)
  private static let tellingPause = Duration.seconds(1)

  /// - Parameter path: of the task's folder.
  /// - Throws: also where the attempt counts no more.
  package init(folder path: String, token: String) throws(FileError) {
    do throws(FileError) {
      folder = try LongFolder(path: path)
    } catch {
      throw FileError(error.call, error.path, "the task was ended, or its folder is not visible here: \(error.finding)")
    }
    self.token = token
    looks = Mutex(Looks(next: .now, nextTelling: .now))
    try check()
    tell("begun")
  }

  /// What became of it already: a job that was submitted twice finds its work done.
  package var answer: LongAnswer? { try? folder.answer(of: token) }

  /// - Throws: where the attempt counts no more, or where that cannot be told now (kind *retry*).
  package func check() throws(FileError) {
    let newest: LongRecord?
    do throws(FileError) {
      newest = try folder.newest()
    } catch {
      throw FileError(error.call, error.path, error.finding, kind: .retry)
    }
    guard newest?.mark.token == token else {
      looks.withLock { $0.counts = false }
      throw FileError(.read, folder.folder.printablePath, "another attempt has this task by now, or somebody ended it; this one ends")
    }
  }

  /// Whether it counts, looked at now and then: for loops.
  package var counts: Bool {
    let now = ContinuousClock.now
    let isDue = looks.withLock { looks in
      guard looks.counts, looks.next <= now else { return false }
      looks.next = now + Self.pause
      return true
    }
    // Where it cannot be told, it goes on until something is to be written.
    if isDue { try? check() }
    return looks.withLock { $0.counts }
  }

  /// Tells the command in front how far it is.
  package func tell(_ line: String) {
    let now = ContinuousClock.now
    let isDue = looks.withLock { looks in
      guard looks.nextTelling <= now, looks.line != line else { return false }
      (looks.nextTelling, looks.line) = (now + Self.tellingPause, line)
      return true
    }
    if isDue { folder.tell(printable(line), of: token) }
  }

  /// Tells what became of it, as the last thing it does.
  package func answer(_ answer: LongAnswer) throws(FileError) { try folder.write(answer, of: token) }
}
