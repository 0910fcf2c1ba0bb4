import ArgumentParser
import Files
import Foundation
import Glibc
import PrintableText
import Service
import Spool

struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what the service does: the running job, the queue, what failed last.")

  @Flag(help: "Show it anew every second until interrupted.")
  var watch = false

  @Flag(help: "Print the status file itself.")
  var json = false

  @OptionGroup var configuration: ConfigurationOption

  func run() throws {
    let state = try configuration.load().state
    try show(state)
    while watch {
      sleep(1)
      try show(state)
    }
  }

  private func show(_ state: String) throws {
    guard json else { return show(try lines(state)) }
    do {
      Terminal.say(String(decoding: try readFile(Name(state).appending("status.json"), limit: 4 << 20).bytes, as: UTF8.self))
    } catch {
      throw CommandFailure.job(error.message)
    }
  }

  private func lines(_ state: String) throws -> [String] {
    do {
      let status = try SpoolStatus.read(state: state)
      return StatusText.lines(
        status, isRunning: !status.isStopped && Self.isAlive(status.process), now: Date(), columns: Terminal.columns)
    } catch where error.errno == ENOENT {
      let finding = "not running, and never was: there is no \(escaped(state))/status.json"
      // With --watch it may be started yet.
      guard watch else { throw CommandFailure.job(finding) }
      return [finding]
    } catch {
      throw CommandFailure.job(error.message)
    }
  }

  private func show(_ lines: [String]) {
    if watch, Terminal.isInteractive { Terminal.draw("\u{1B}[H\u{1B}[2J") }
    for line in lines { Terminal.say(line) }
  }

  /// Whether a process of that number is there, and ours where that can be told.
  static func isAlive(_ process: Int32) -> Bool {
    guard kill(process, 0) == 0 || errno == EPERM else { return false }
    guard let name = try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8) else { return true }
    return name.hasPrefix("idinvert")
  }
}
