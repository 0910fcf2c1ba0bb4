import Files
import Foundation
import Glibc
import Service
import Spool
import TestSupport
import Testing

/// Whatever a job's process does costs that job a try, and nothing else.
@Suite(.serialized) struct ProcessExecutorTests {
  /// A service whose jobs are done by a script, in which `work` is the program's own command.
  private func bench(_ script: String) throws -> Workbench {
    let bench = try Workbench(.process)
    let text = """
      #!/bin/sh
      export PATH=/usr/bin:/bin
      program='\(Workbench.idinvert)' place='\(bench.path(""))'
      [ "$1" = work ] || exec "$program" "$@"
      for folder; do :; done
      first() { mkdir "${place}first" 2> /dev/null; }
      work() { "$program" work "$folder" 2> /dev/null; }
      \(script)
      """
    try Data(text.utf8).write(to: URL(fileURLWithPath: bench.path("program")))
    chmod(bench.path("program"), 0o755)
    bench.program = bench.path("program")
    return bench
  }

  private func expectDone(_ bench: Workbench) throws {
    try bench.waitForAnswer()
    #expect(bench.exists("outbox/apple/inverted.png"), "\(bench.messages)")
    try bench.expectNothingLeft()
  }

  @Test(arguments: [
    ("SEGV", "was ended by signal 11"), ("KILL", "was ended by signal 9, as the system does when memory runs out"),
    ("ABRT", "was ended by signal 6"), ("XCPU", "was ended by signal 24"),
  ])
  func aProcessThatIsKilledCostsATry(_ signal: String, _ words: String) throws {
    let bench = try bench("if first; then kill -\(signal) $$; fi; work")
    try bench.start()
    try bench.dropApple()
    try expectDone(bench)
    #expect(bench.messages.contains { $0.hasPrefix("job delayed") && $0.contains("seconds=0 ") && $0.contains(words) }, "\(bench.messages)")
  }

  @Test func whatTheProcessSaidLastIsInTheReason() throws {
    let bench = try bench("if first; then echo \"main.swift:1: Fatal error: Index out of range\" >&2; kill -ILL $$; fi; work")
    try bench.start()
    try bench.dropApple()
    try expectDone(bench)
    #expect(bench.messages.contains { $0.contains("signal 4") && $0.contains("Index out of range") }, "\(bench.messages)")
  }

  @Test func aJobThatEndsItsProcessAgainAndAgainIsGivenUp() throws {
    let bench = try bench("kill -SEGV $$")
    // As the tenth time would come after half an hour.
    bench.crashLimit = 2
    try bench.start()
    try bench.dropApple()
    try bench.waitForAnswer()
    #expect(try bench.reason().contains("was ended by signal 11"))
    #expect(try bench.reason().contains("2 times in a row without getting further"))
    try bench.expectNothingLeft()
  }

  @Test func anotherJobIsNotTouched() throws {
    let bench = try bench("case $folder in *bad*) kill -SEGV $$;; esac; work")
    bench.configuration.execution.jobs = 2
    bench.crashLimit = 1
    try bench.start()
    try bench.dropApple("bad")
    try bench.dropApple("apple", sidecar: "invert: {method: in-domain, steps: 60}")
    try bench.waitForAnswer("bad")
    try expectDone(bench)
    #expect(try bench.reason("bad").contains("signal 11"))
  }

  @Test(arguments: [("exit 3", "ended with status 3"), ("echo 'no node' >&2; exit 1", "ended with status 1: no node"), ("exit 0", "no answer")])
  func aProcessWithoutAnswerIsTroubleThatMayPass(_ end: String, _ words: String) throws {
    let bench = try bench("if first; then \(end); fi; work")
    try bench.start()
    try bench.dropApple()
    try expectDone(bench)
    #expect(bench.messages.contains { $0.hasPrefix("job delayed") && $0.contains("seconds=2 ") && $0.contains(words) }, "\(bench.messages)")
  }

  @Test func aProgramThatIsMissingIsTroubleThatMayPass() throws {
    let bench = try bench("work")
    try FileManager.default.moveItem(atPath: bench.path("program"), toPath: bench.path("aside"))
    try bench.start()
    try bench.dropApple()
    try bench.wait("trouble") { bench.messages.contains { $0.contains("cannot be started") } }
    try FileManager.default.moveItem(atPath: bench.path("aside"), toPath: bench.path("program"))
    try expectDone(bench)
  }

  @Test(arguments: ["s/\"token\" : \"[0-9a-f]*\"/\"token\" : \"0123456789abcdef0123456789abcdef\"/", "s/\"number\" : 1/\"number\" : 7/", "s/.*/{/"])
  func anAnswerThatIsNotThisAttemptsIsIgnored(_ change: String) throws {
    let bench = try bench("first && isFirst=1; work; if [ \"$isFirst\" ]; then sed -i '\(change)' \"$folder/answer.json\"; fi")
    try bench.start()
    try bench.dropApple()
    try expectDone(bench)
    #expect(bench.messages.contains { $0.hasPrefix("job delayed") && $0.contains("seconds=2 ") && $0.contains("no answer") }, "\(bench.messages)")
  }

  @Test func aDamagedResultIsDoneAgain() throws {
    let bench = try bench("first && isFirst=1; work; if [ \"$isFirst\" ]; then printf x >> \"$folder/work/inverted.png\"; fi")
    try bench.start()
    try bench.dropApple()
    try expectDone(bench)
    #expect(bench.messages.contains { $0.contains("inverted.png: it is not as the attempt's answer says") }, "\(bench.messages)")
  }

  @Test func aProcessThatDoesNotListenIsEndedWithTheService() throws {
    let bench = try bench("trap '' TERM; echo $$ > \"${place}.pid\"; mv \"${place}.pid\" \"${place}pid\"; while :; do sleep 0.1; done")
    try bench.start()
    try bench.dropApple()
    try bench.wait("its process") { bench.exists("pid") }
    let number = try #require(Int32(String(contentsOfFile: bench.path("pid"), encoding: .utf8).dropLast()))
    #expect(bench.stop())
    #expect(kill(number, 0) != 0 && errno == ESRCH, "it lives")
  }

  @Test func aProcessHasNothingOfTheService() throws {
    let bench = try bench("env > \"${place}env\"; ls /proc/$$/fd > \"${place}fd\"; work")
    try bench.start()
    try bench.dropApple()
    try expectDone(bench)
    let variables = try String(contentsOfFile: bench.path("env"), encoding: .utf8).split(separator: "\n").map { $0.prefix { $0 != "=" } }
    #expect(Set(variables).subtracting(["PATH", "PWD", "OLDPWD", "SHLVL", "_"]).isEmpty, "\(variables)")
    // From 10 on they are the shell's own: its script, and what it has put aside.
    let open = try String(contentsOfFile: bench.path("fd"), encoding: .utf8).split(separator: "\n").compactMap { Int($0) }
    #expect(open.filter { $0 < 10 }.sorted() == [0, 1, 2])
  }

  @Test func anAnswerThatIsThereAtTheStartIsNotDoneAgain() throws {
    let bench = try bench("date >> \"${place}times\"; work; echo done > \"${place}ended\"; exec sleep 60")
    try bench.start()
    try bench.dropApple()
    try bench.wait("the work") { bench.exists("ended") }
    // The service ends before it has looked at the answer, which it does when the process has ended.
    #expect(bench.stop())
    if !bench.exists("outbox/apple") { try bench.start() }
    try expectDone(bench)
    #expect(try String(contentsOfFile: bench.path("times"), encoding: .utf8).split(separator: "\n").count == 1)
  }
}
