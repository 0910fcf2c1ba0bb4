import Foundation
import Logging
import Service
import TestSupport
import Testing

private func record(
  _ event: ServiceEvent, level: Logger.Level = .notice, _ fields: [EventField: String]
) -> LogRecord {
  var metadata: Logger.Metadata = [ServiceEvent.identifierKey: .string(event.rawValue)]
  for (field, value) in fields { metadata[field.rawValue] = .string(value) }
  return LogRecord(level: level, message: event.message, metadata: metadata)
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
    #expect(object["message_id"] == ServiceEvent.jobFailed.rawValue)
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

  @Test func everyEventIsInTheCatalog() throws {
    let catalog = try String(
      contentsOf: Fixtures.project.appendingPathComponent("systemd/idinvert.catalog"), encoding: .utf8)
    let listed = catalog.split(separator: "\n").filter { $0.hasPrefix("-- ") }.map { String($0.dropFirst(3)) }
    #expect(listed.sorted() == ServiceEvent.allCases.map(\.rawValue).sorted())
  }

  @Test func identifiersAreOfTheJournalsForm() {
    for event in ServiceEvent.allCases {
      #expect(event.rawValue.count == 32 && event.rawValue.allSatisfy { $0.isHexDigit && !$0.isUppercase })
    }
  }
}
