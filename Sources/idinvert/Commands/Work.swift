import ArgumentParser
import Files
import Foundation
import Kernels
import PrintableText
import Service

struct Work: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Work on jobs that a service has handed out.",
    discussion: """
      Each FOLDER is a job's attempts/NUMBER in the state folder of a service with another executor than 'local'. Its task.json says \
      what is to be done, answer.json, written last, what became of it. The service starts this command by itself; by hand it \
      does the same.

      SIGTERM, SIGINT and SIGUSR1 end it within seconds: what runs saves its state and is answered by 'retry'. A folder that \
      another worker has, or that is gone, is left alone. Exit code 0: each folder has an answer or needs none; 1: one has none.
      """)

  @Argument(help: ArgumentHelp("Folders of attempts.", valueName: "folder"), completion: .directory)
  var folders: [String] = []

  @Option(help: ArgumentHelp("A file that names folders, one a line.", valueName: "file"), completion: .file())
  var list: String?

  @Option(help: "Threads; the result is the same whatever the number. (default: what affinity and quota allow)")
  var threads: Int?

  @Option(help: "How many jobs may run side by side.")
  var jobs = 1

  @Option(help: ArgumentHelp("The process that asked: without it this one ends.", visibility: .hidden))
  var parent: Int?

  @Option(name: .customLong("memory-limit"), help: ArgumentHelp("MiB that it may take.", visibility: .hidden))
  var memoryLimit: Int?

  func validate() throws {
    if folders.isEmpty == (list == nil) { throw ValidationError("Give either folders or --list.") }
    if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads must be from 1 to 1024.") }
    if !(1...1024).contains(jobs) { throw ValidationError("--jobs must be from 1 to 1024.") }
  }

  func run() throws {
    Interruption.install(patient: [SIGTERM, SIGUSR1])
    if let parent, let reason = ServiceChild.enter(parent: parent, memoryBytes: memoryLimit.map { $0 << 20 }) {
      throw CommandFailure.job(reason)
    }
    Workers.use(threads: threads ?? Processors.defaultThreadCount())
    let session = WorkSession(
      sideBySide: jobs, isStopping: { Interruption.isRequested },
      note: { Terminal.complain($0) })
    var hasFailed = false
    for outcome in session.run(try allFolders()) {
      guard case .noAnswer(let reason) = outcome else { continue }
      Terminal.complain("idinvert: \(reason)")
      hasFailed = true
    }
    if hasFailed { throw ExitCode(1) }
  }

  private func allFolders() throws -> [String] {
    guard let list else { return folders }
    do {
      let text = String(decoding: try readFile(Name(list), limit: 1 << 24).bytes, as: UTF8.self)
      return text.split(separator: "\n").map(String.init)
    } catch {
      throw CommandFailure.job(error.message)
    }
  }
}
