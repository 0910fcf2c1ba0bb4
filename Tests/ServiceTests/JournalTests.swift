import Files
import Foundation
import Logging
import Service
import Spool
import Synchronization
import TestSupport
import Testing

private func record(
  _ event: EventName, level: Logger.Level = .notice, _ fields: [EventField: String]
) -> LogRecord {
  var metadata: Logger.Metadata = [EventName.identifierKey: .string(event.rawValue)]
  for (field, value) in fields { metadata[field.rawValue] = .string(value) }
  return LogRecord(level: level, message: event.message, metadata: metadata)
}

/// Keeps what the journal would get.
private final class Kept: LogHandler {
  let lines = Mutex<[String]>([])
  var metadata: Logger.Metadata { get { [:] } set {} }
  var logLevel: Logger.Level { get { .trace } set {} }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? { get { nil } set {} }

  func log(event: LogEvent) {
    let record = LogRecord(level: event.level, message: event.message.description, metadata: event.metadata ?? [:])
    lines.withLock { $0.append("\(record.level) \(record.sentence)") }
  }
}

@Suite struct JournalTests {
  @Test func everyFieldIsAnEntryOfItsOwn() {
    let record = record(.jobFinished, [.job: "20261124T101502Z-apple-4f2a", .name: "apple.jpg", .seconds: "3.2"])
    #expect(
      JournalLogHandler.entries(record) == [
        "MESSAGE=job finished job=20261124T101502Z-apple-4f2a name=apple.jpg seconds=3.2", "PRIORITY=5",
        "SYSLOG_IDENTIFIER=idinvert", "MESSAGE_ID=3bb84cc1e5a24b118d6ca9b8e5233d26",
        "IDINVERT_JOB=20261124T101502Z-apple-4f2a", "IDINVERT_NAME=apple.jpg", "IDINVERT_SECONDS=3.2",
      ])
  }

  @Test(arguments: ["a\nMESSAGE=b", "a\u{1B}[31mb", "a\u{202E}b", "a\u{0}b"])
  func aNameCannotBreakOutOfItsField(name: String) {
    for entry in JournalLogHandler.entries(record(.jobFailed, [.name: name])) {
      #expect(entry.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x202E }, "\(entry.debugDescription)")
    }
  }

  @Test(arguments: [
    (Logger.Level.debug, 7), (.info, 6), (.notice, 5), (.warning, 4), (.error, 3), (.critical, 2),
  ])
  func levelsAreThoseOfSyslog(level: Logger.Level, priority: Int) {
    #expect(JournalLogHandler.priority(level) == priority)
  }

  @Test func plainTextHasNoColors() {
    let line = LineLogHandler.line(
      record(.jobFailed, level: .warning, [.name: "a b.jpg", .reason: "say \"x\""]), .text(isColored: false), date: Date())
    #expect(line.hasSuffix(#" warning job failed name="a b.jpg" reason="say \"x\"""#))
    #expect(!line.contains("\u{1B}"))
  }

  @Test func aTerminalGetsColors() {
    let line = LineLogHandler.line(record(.jobFinished, [.name: "a.jpg"]), .text(isColored: true), date: Date())
    #expect(line.contains("\u{1B}[32m"))
    #expect(line.hasSuffix("\u{1B}[0m name=a.jpg"))
  }

  @Test func jsonIsOneObjectOnOneLine() throws {
    let line = LineLogHandler.line(
      record(.jobFailed, [.name: "a\n\"b\".jpg", .reason: "c"]), .json, date: Date(timeIntervalSince1970: 0))
    #expect(!line.contains("\n"))
    let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
    #expect(object["time"] == "1970-01-01T00:00:00Z")
    #expect(object["level"] == "notice")
    #expect(object["message"] == "job failed")
    #expect(object["message_id"] == EventName.jobFailed.rawValue)
    #expect(object["name"] == "a\\n\"b\".jpg")
    #expect(object["reason"] == "c")
  }

  @Test(arguments: [
    (LogFormat.auto, "8:123", "8:123", true, nil, LogDestination.journal),
    (.auto, "8:123", "8:124", true, nil, .text(isColored: true)),
    (.auto, nil, "8:124", false, nil, .text(isColored: false)),
    (.auto, nil, "8:124", true, "1", .text(isColored: false)),
    (.auto, nil, "8:124", true, "", .text(isColored: true)),
    (.text, "8:123", "8:123", false, nil, .text(isColored: false)),
    (.json, "8:123", "8:123", true, nil, .json),
    (.journal, nil, nil, true, nil, .journal),
  ] as [(LogFormat, String?, String?, Bool, String?, LogDestination)])
  func theDestinationFollowsTheStream(
    format: LogFormat, journal: String?, stream: String?, isTerminal: Bool, noColor: String?, expected: LogDestination
  ) {
    let found = LogDestination.choose(
      format, journalStream: journal, stream: stream, isTerminal: isTerminal, noColor: noColor)
    #expect(found == expected)
  }

  /// Searches in journals go by these.
  @Test func namesAndIdentifiersStayAsTheyAre() {
    let listed = EventName.allCases.map { "\($0.message) \($0.rawValue.prefix(8)) \($0.level)" }
    #expect(
      listed == [
        "job accepted 0ea31899 info", "job started 4e1f3f69 info", "job progress 7ab2afdf info", "job finished 3bb84cc1 notice",
        "job failed dba2a2ee error", "job delayed ff3badbf warning", "job recovered 31c415dd notice", "job taken back cb61b454 info",
        "job quarantined 5295920c error", "job warning 200f89da warning", "job submitted 5a2e9cf0 info",
        "attempt ended baa562dc warning", "job held fe306b59 warning", "service ready f77708e1 notice",
        "service reloading 05eb3f65 notice", "reload refused 730cbd5a error", "service stopping 9eb0343c notice",
        "watch started 944fa64a notice", "watch lost 94c9960c warning", "watch found 9660fe49 notice", "queue overflow 5497eca8 warning",
        "file system limited 388dd1e0 notice", "file ignored 08bf8307 notice", "file held 434d1113 warning", "trouble ca209d18 error",
        "trouble over 138add8b info", "result removed 5b8bcc85 notice", "request refused 5b4b7ed7 warning",
        "service failed 255b2c3e error",
      ])
  }

  /// What happens in the spool, and the line and the level that the journal has of it.
  private static let told: [(SpoolEvent, String)] = [
    (.modeChosen(inbox: "/in", mode: .poll, reason: "as configured"), "notice watch started watch=/in reason=\"poll: as configured\""),
    (.watchLost(inbox: "/in", reason: "gone"), "warning watch lost watch=/in reason=gone"),
    (.watchFound(inbox: "/in"), "notice watch found watch=/in"),
    (.overflow(inbox: "/in"), "warning queue overflow watch=/in"),
    (.fileSystemLacks(path: "/in", what: "modes"), "notice file system limited folder=/in reason=modes"),
    (.ignored(inbox: "/in", name: "a.txt", reason: "left alone"), "notice file ignored name=a.txt watch=/in reason=\"left alone\""),
    (.held(inbox: "/in", name: "a.yaml", reason: "waits"), "warning file held name=a.yaml watch=/in reason=waits"),
    (.accepted(job: "1", name: "a", inbox: "/in"), "info job accepted job=1 name=a watch=/in"),
    (.started(job: "1", name: "a", inbox: "/in"), "info job started job=1 name=a watch=/in queue=0"),
    (
      .delayed(job: "1", name: "a", inbox: "/in", reason: "full", seconds: 2),
      "warning job delayed job=1 name=a watch=/in seconds=2 reason=full"
    ),
    (.recovered(job: "1", name: "a", inbox: "/in"), "notice job recovered job=1 name=a watch=/in"),
    (.takenBack(job: "1", name: "a", inbox: "/in", reason: "cut"), "info job taken back job=1 name=a watch=/in reason=cut"),
    (.quarantined(job: "1", reason: "damaged"), "error job quarantined job=1 reason=damaged"),
    (.removedResult(folder: "/out/a"), "notice result removed output=/out/a"),
    (.requestRefused(request: "cancel-1.json", reason: "no"), "warning request refused name=cancel-1.json reason=no"),
    (.trouble(reason: "full"), "error trouble reason=full"), (.troubleOver, "info trouble over"),
    (.superseded(reason: "b1 has it"), "error service failed reason=\"b1 has it\""), (.backlog(drops: 3), ""),
    (
      .published(job: "1", name: "a", inbox: "/in", folder: "/out/a"),
      "notice job finished job=1 name=a watch=/in model=apple steps=100 loss=0.25 seconds=3.2 output=/out/a"
    ),
    (
      .failed(job: "1", name: "a", inbox: "/in", reason: "bad", folder: "/out/failed/a"),
      "error job failed job=1 name=a watch=/in model=apple steps=100 loss=0.25 seconds=3.2 output=/out/failed/a reason=bad"
    ),
  ]

  @Test(arguments: told.indices) func theJournalSaysWhatHappens(_ index: Int) {
    let (event, line) = Self.told[index]
    let handler = Kept()
    var logger = Logger(label: "test") { _ in handler }
    logger.logLevel = .trace
    let totals = JobTotals()
    totals.note("1") { ($0.model, $0.steps, $0.loss, $0.seconds) = ("apple", 100, 0.25, 3.2) }
    EventLog(logger).tell(event, totals)
    #expect(handler.lines.withLock { $0 } == (line.isEmpty ? [] : [line]))
    // What the spool's own tests read is what the journal says, but for what workers noted.
    if totals.takeNotes("1").model == "apple", !line.hasSuffix("queue=0") {
      #expect(event.sentence == line.split(separator: " ", maxSplits: 1).last.map(String.init))
    }
  }

  @Test func everyEventIsInTheCatalog() throws {
    let catalog = try String(
      contentsOf: Fixtures.project.appendingPathComponent("systemd/idinvert.catalog"), encoding: .utf8)
    let listed = catalog.split(separator: "\n").filter { $0.hasPrefix("-- ") }.map { String($0.dropFirst(3)) }
    #expect(listed.sorted() == EventName.allCases.map(\.rawValue).sorted())
  }

  @Test func identifiersAreOfTheJournalsForm() {
    for event in EventName.allCases {
      #expect(event.rawValue.count == 32 && event.rawValue.allSatisfy { $0.isHexDigit && !$0.isUppercase })
    }
  }
}
