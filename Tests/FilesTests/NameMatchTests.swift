import Files
import Testing

/// The one rule of equal names.
@Suite struct NameMatchTests {
  private static let composed = "caf\u{E9}.jpg", decomposed = "cafe\u{301}.jpg"

  @Test(arguments: [
    (composed, decomposed), ("tomato.jpg", "Tomato.JPG"), ("STRASSE.png", "straße.png"), ("ΣΟΦΟΣ.jpg", "σοφος.jpg"),
    ("\u{1E69}.jpg", "s\u{307}\u{323}.jpg"), ("한글.jpg", "\u{1112}\u{1161}\u{11AB}\u{1100}\u{1173}\u{11AF}.jpg"), ("\u{212A}.jpg", "k.jpg"),
  ])
  func anotherSpellingIsFoundWhereItIsTheOnlyOne(_ wanted: String, _ file: String) {
    let match = NameMatch(Name(wanted), among: ["other.jpg", Name(file)])
    #expect(match == .alike(Name(file)))
    #expect(match.note(for: Name(wanted)) != nil)
  }

  @Test func exactBytesComeFirst() {
    let match = NameMatch(Name(Self.composed), among: [Name(Self.decomposed), Name(Self.composed), "CAF\u{C9}.JPG"])
    #expect(match == .exact(Name(Self.composed)))
    #expect(match.note(for: Name(Self.composed)) == nil && match.doubt == nil)
  }

  @Test func ofSeveralOtherSpellingsNoneIsTaken() throws {
    let match = NameMatch("a.jpg", among: ["A.jpg", "A.JPG", "b.jpg"])
    #expect(match == .ambiguous(["A.JPG", "A.jpg"]))
    #expect(match.name == nil)
    #expect(try #require(match.doubt) == "could mean 'A.JPG' or 'A.jpg'; write the name exactly as the file's")
  }

  @Test(arguments: [("apple.jpg", "apple.jpeg"), ("apple.jpg", "äpple.jpg"), ("a.jpg", "a .jpg"), ("1.jpg", "１.jpg")])
  func otherLettersAreOtherNames(_ wanted: String, _ file: String) {
    #expect(NameMatch(Name(wanted), among: [Name(file)]) == .none)
  }

  @Test func bytesThatAreNoTextAreNamesToo() {
    let broken = Name(bytes: [0x61, 0xFF, 0x2E, 0x4A]), lower = Name(bytes: [0x41, 0xFF, 0x2E, 0x6A])
    #expect(NameMatch(broken, among: [broken]) == .exact(broken))
    #expect(NameMatch(broken, among: [lower]) == .alike(lower))
    #expect(NameMatch(broken, among: [Name(bytes: [0x61, 0xFE, 0x2E, 0x4A])]) == .none)
  }

  @Test(arguments: ["original.png", "Sheet.PNG", "RESULT.JSON", "error.txt", "originals", "Originals (2)", "originals (17)", "face-2", "Face-12", ".job.json", "latent.npy"])
  func namesOfOursAreReservedInEveryCase(_ name: String) {
    #expect(AnswerNames.isReserved(Name(name)))
  }

  @Test(arguments: ["apple.png", "original.jpg", "originals.jpg", "originals-2", "originals (a)", "originals ()", "face-", "face-2.jpg", "face-2-2", "sheet.jpg", "result.json.jpg", "01-reconstruct.png"])
  func ordinaryNamesAreNot(_ name: String) {
    #expect(!AnswerNames.isReserved(Name(name)))
  }
}
