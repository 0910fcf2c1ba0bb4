import ModelPacks
import Testing

@Suite struct LayerListTests {
  @Test(
    arguments: [
      ("0-3", [0, 1, 2, 3], "0-3"), ("7", [7], "7"), ("0-3,7", [0, 1, 2, 3, 7], "0-3,7"),
      ("7, 0 - 1", [0, 1, 7], "0-1,7"),
      ("3,2,2-3,4", [2, 3, 4], "2-4"), ("9", [9], "9"),
    ] as [(String, [Int], String)])
  func rangesIncludeBothEnds(text: String, indices: [Int], written: String) throws {
    let list = try LayerList(text, count: 10)
    #expect(list.indices == indices)
    #expect(list.description == written)
    #expect(try LayerList(written, count: 10) == list)
  }

  @Test(arguments: [
    ("", "must be layers such as 0-3 or 0-3,7; found ''"), (",", "must be layers such as 0-3 or 0-3,7; found ','"),
    ("1,,2", "must be layers such as 0-3 or 0-3,7; found '1,,2'"),
    ("-1", "must be layers such as 0-3 or 0-3,7; found '-1'"),
    ("1-2-3", "must be layers such as 0-3 or 0-3,7; found '1-2-3'"),
    ("a", "must be layers such as 0-3 or 0-3,7; found 'a'"),
    ("٣", "must be layers such as 0-3 or 0-3,7; found '٣'"), ("3-2", "has the reversed range 3-2; write 2-3"),
    ("10", "must be layers from 0 to 9; found '10'"),
    ("0-99999999999999999999", "must be layers from 0 to 9; found '0-99999999999999999999'"),
    ("0x1", "must be layers such as 0-3 or 0-3,7; found '0x1'"),
  ])
  func whatTheReleasedScriptsTakeSilentlyIsRefused(text: String, expected: String) {
    #expect(throws: LayerList.Refusal(reason: expected)) { try LayerList(text, count: 10) }
  }
}
