import Foundation
import Images
import Testing

@Suite struct ContactSheetTests {
  static func frames(_ count: Int, side: Int = 64) -> [ContactSheet.Cell] {
    (0..<count).map { index in
      let shade = UInt8(40 + index * 150 / max(count, 1))
      return ContactSheet.Cell(
        Picture(width: side, height: side, color: PixelColor(red: shade, green: 90, blue: 160)), label: "\(index)")
    }
  }

  static func isInk(_ picture: Picture) -> Bool { picture.pixels.contains { $0 < 128 } }

  @Test func everyPictureIsShownEnlargedByAWholeNumber() throws {
    let sheet = try ContactSheet(rows: [.init(cells: Self.frames(1))]).drawn()
    let colored = stride(from: 0, to: sheet.pixels.count, by: 3).count { sheet.pixels[$0 + 2] == 160 && sheet.pixels[$0] == 40 }
    #expect(colored == 128 * 128)
  }

  @Test func aVeryLongRowContinuesOnTheNextLine() throws {
    let short = try ContactSheet(rows: [.init(cells: Self.frames(12))]).drawn()
    let long = try ContactSheet(rows: [.init(cells: Self.frames(256))]).drawn()
    #expect(long.width == short.width && long.width <= 1700)
    #expect(long.height > 20 * 128)
  }

  @Test func labelsThatRepeatAreDrawnOnce() throws {
    let row = ContactSheet.Row(cells: Self.frames(3))
    let one = try ContactSheet(rows: [row]).drawn()
    let two = try ContactSheet(rows: [row, row]).drawn()
    #expect(two.height == one.height + 128 + 8)
  }

  @Test func aLabelOfAnyLengthKeepsTheSheetsSize() throws {
    let word = String(repeating: "overlong", count: 400)
    let usual = try ContactSheet(title: "a", rows: [.init(label: "b", cells: Self.frames(4))]).drawn()
    let sheet = try ContactSheet(
      title: word, notes: [word], rows: [.init(label: word, cells: [.init(Self.frames(1)[0].picture, label: word)])]
    ).drawn()
    #expect(sheet.height < usual.height + 200)
    #expect(sheet.width <= 700)
  }

  @Test func tooManyPicturesShrinkAndThenAreRefused() throws {
    var sheet = ContactSheet(rows: (0..<8).map { .init(label: "\($0)", cells: Self.frames(64, side: 16)) })
    sheet.maximumPixels = 3_000_000
    let drawn = try sheet.drawn()
    #expect(drawn.width * drawn.height <= 3_000_000)
    sheet.maximumPixels = 100_000
    let error = #expect(throws: ImageError.self) { try sheet.drawn() }
    #expect(
      error?.description
        == "sheet: 512 pictures do not fit into 100000 pixels; ask for fewer frames or no sheet")
  }

  @Test(arguments: (0x20...0x7e).map { Character(Unicode.Scalar(UInt8($0))) } + Array("×−±–—…·→←↔°äöüé日🙂"))
  func everyCharacterLeavesInk(character: Character) throws {
    let empty = try ContactSheet(title: "||", rows: []).drawn()
    let sheet = try ContactSheet(title: "|\(character)|", rows: []).drawn()
    let differing = zip(empty.pixels, sheet.pixels).count { $0 != $1 }
    #expect(differing > 20)
    #expect(sheet.width == empty.width && sheet.height == empty.height)
  }

  @Test func noTwoCharactersLookTheSameAndNoneLikeTheBox() throws {
    let characters = (0x21...0x7e).map { Character(Unicode.Scalar(UInt8($0))) } + Array("×±—…·→←↔°äöüé日")
    let drawn = try characters.map { try ContactSheet(title: "|\($0)|", rows: []).drawn().pixels }
    #expect(Set(drawn).count == characters.count)
  }

  @Test func anEmptySheetIsWhite() throws {
    let sheet = try ContactSheet(rows: []).drawn()
    #expect(!Self.isInk(sheet))
    #expect(!Self.isInk(try ContactSheet(rows: [.init(cells: [.init(nil)])]).drawn()))
  }

  @Test func theSameSheetGivesTheSameBytes() throws {
    let sheet = ContactSheet(title: "apple.jpg", rows: [.init(label: "redness", cells: Self.frames(7))])
    #expect(try sheet.drawn().pngBytes() == sheet.drawn().pngBytes())
  }
}
