import Evaluation
import Images
import Testing

@Suite struct MeasureTests {
  /// A rectangle of one color on white.
  private func picture(width: Int, height: Int, _ color: PixelColor) -> Picture {
    var picture = Picture(width: 32, height: 32, color: .white)
    picture.paste(Picture(width: width, height: height, color: color), x: 16 - width / 2, y: 16 - height / 2)
    return picture
  }

  private let red = PixelColor(red: 200, green: 20, blue: 20)
  private let green = PixelColor(red: 20, green: 200, blue: 20)

  @Test("Each measure rises with what it is named after") func measures() {
    func value(_ score: PictureScore, _ picture: Picture) -> Double { score.value(picture, background: .white) }
    let apple = picture(width: 12, height: 12, red), leaf = picture(width: 12, height: 12, green)
    #expect(value(.redness, apple) > value(.redness, leaf))
    #expect(value(.greenness, leaf) > value(.greenness, apple))
    #expect(value(.lightness, picture(width: 12, height: 12, PixelColor(red: 210, green: 90, blue: 90))) > value(.lightness, apple))
    #expect(value(.saturation, apple) > value(.saturation, picture(width: 12, height: 12, PixelColor(red: 120, green: 100, blue: 100))))
    #expect(value(.size, picture(width: 20, height: 20, red)) > value(.size, apple))
    #expect(value(.size, apple) == 144.0 / 1024)
    #expect(value(.width, picture(width: 20, height: 10, red)) > 1.5 && abs(value(.width, apple) - 1) < 1e-9)
  }

  @Test("A picture of background only has no measure but 0") func empty() {
    let blank = Picture(width: 8, height: 8, color: .white)
    for score in PictureScore.allCases { #expect(score.value(blank, background: .white) == 0) }
    #expect(PictureScore(attribute: "age") == nil && PictureScore(attribute: "redness") == .redness)
  }

  @Test("Distance at equal shift is read where the score has moved by one deviation, in both directions") func equalShift() throws {
    // One score rises by 0.5 a step, the other by 0.1.
    let move = AttributeMove(
      index: 0, scores: (0..<5).map { [Double($0) * 0.5, Double($0) * 0.1] }, distances: [0.8, 0.3, 0, 0.2, 0.6])
    #expect(move.rises && move.wholeShift == 2)
    // One deviation is reached at the second step of either side: 0.8 and 0.6.
    #expect(abs(try #require(move.distanceAtShift) - 0.7) < 1e-12)
    #expect(abs(try #require(move.shiftsAtShift)[1] - 0.2) < 1e-12)
    let quick = AttributeMove(index: 0, scores: [[-4], [-2], [0], [2], [4]], distances: [1, 0.4, 0, 0.6, 2])
    #expect(abs(try #require(quick.distanceAtShift) - 0.25) < 1e-12)
    let lazy = AttributeMove(index: 0, scores: [[-0.2], [-0.1], [0], [0.1], [0.05]], distances: [1, 1, 0, 1, 1])
    #expect(lazy.distanceAtShift == nil && lazy.shiftsAtShift == nil && !lazy.rises)
  }
}

@Suite struct LabelTests {
  @Test("Labels are read by column: numbers as they are, two words as 0 and 1") func columns() throws {
    let labels = try #require(PhotographLabels(text: "file,gender,yaw,note\na.jpg,M,0.5,\"x, \"\"y\"\"\"\nb.jpg,F,-1,\nc.jpg,,2,z\n"))
    #expect(labels.numbers("gender", for: ["a.jpg", "sub/b.jpg", "c.jpg"]) == [1, 0, nil])
    #expect(labels.numbers("pose", for: ["a.jpg", "b.jpg"]) == [0.5, -1])
    #expect(labels.numbers("note", for: ["a.jpg", "c.jpg"]) == [0, 1])
    #expect(labels.numbers("age", for: ["a.jpg"]) == nil)
    #expect(PhotographLabels(text: "name,age\na,1\n") == nil)
  }
}
