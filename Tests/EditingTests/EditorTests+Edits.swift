import Editing
import Foundation
import TestSupport
import Testing
import WeightFiles

/// What single edits make.
extension EditorTests {
  @Test func severalAttributesInOneRowEndAtTheirAmounts() throws {
    let writer = MemoryWriter()
    try editor().run(
      input("invert: {method: encoder}\nedits: [manipulate: {attribute: {redness: 2, size: -1}, frames: 3}]", others: []),
      into: writer)
    let code = try codes(writer, "latent.npy"), moved = try codes(writer, "01-manipulate-redness-size/codes.npy")
    let boundary = try #require(TinyModel.model.get().boundaries["redness"])
    #expect(moved.count == 3 * code.count)
    for index in code.indices {
      // Both have the same direction; redness moves layers 0 to 2, size 0 and 1.
      let amount: Float = index < 2 * 48 ? 1 : index < 3 * 48 ? 2 : 0
      #expect(moved[index] == code[index])
      #expect(abs(moved[2 * code.count + index] - (code[index] + amount * boundary[index])) < 1e-5)
    }
    #expect(result(writer, "redness goes to") == nil)
  }

  @Test func anAttributeOfWhichNothingIsLeftIsRefused() throws {
    let error = #expect(throws: EditingError.self) {
      try editor().run(
        input("invert: {method: encoder}\nedits: [manipulate: {attribute: redness, conditional: [size]}]", others: []),
        into: MemoryWriter())
    }
    #expect(error.map { "\($0)" }?.contains("nothing of redness is left without size") == true)
  }

  @Test func goingBeyondTheUsefulRangeIsSaid() throws {
    let writer = MemoryWriter()
    try editor().run(
      input("invert: {method: encoder}\nedits: [manipulate: {attribute: size, to: 5, frames: 2}]", others: []), into: writer)
    #expect(
      result(writer, "size goes to")
        == "manipulate size: size goes to 5; its useful range is -2 to 2, beyond it pictures fall apart")
  }

  @Test func aChainOfLinesPassesEachPictureOnce() throws {
    let writer = MemoryWriter()
    try editor().run(
      input("invert: {method: encoder}\nedits: [interpolate: {with: [tomato.png, cherry.png], frames: 3}]"), into: writer)
    let folder = "01-interpolate-tomato-cherry/"
    let names = writer.files.keys.filter { $0.hasPrefix(folder) }.map { $0.dropFirst(folder.count) }
    #expect(
      Set(names) == ["00.png", "01.png", "02.png", "03.png", "04.png", "with-1.png", "with-2.png", "codes.npy"])
    #expect(writer.files[folder + "00.png"] == writer.files["inverted.png"])
    let single = MemoryWriter()
    try editor().run(
      input("invert: {method: encoder}\nedits: [interpolate: {with: tomato.png, frames: 3}]"), into: single)
    for frame in ["00", "01", "02"] {
      #expect(writer.files[folder + frame + ".png"] == single.files["01-interpolate-tomato/\(frame).png"])
    }
  }

  @Test func severalStylesGiveAFrameEach() throws {
    let writer = MemoryWriter()
    try editor().run(
      input("invert: {method: encoder}\nedits: [mix_style: {style: [tomato.png, cherry.png]}]"), into: writer)
    let single = MemoryWriter()
    try editor().run(input("invert: {method: encoder}\nedits: [mix_style: {style: cherry.png}]"), into: single)
    #expect(writer.files["01-mix_style-tomato-cherry/01.png"] == single.files["01-mix_style-cherry/00.png"])
    #expect(writer.files["01-mix_style-tomato-cherry/style-2.png"] == single.files["01-mix_style-cherry/style.png"])
  }

  private func codes(_ writer: MemoryWriter, _ name: String) throws -> [Float] {
    try withTemporaryFolder { (folder) throws in
      let path = folder.appendingPathComponent("x.npy")
      try Data(try #require(writer.files[name])).write(to: path)
      return try NumPyFile(path: path.path).floats
    }
  }

  /// The warning that has the words.
  private func result(_ writer: MemoryWriter, _ words: String) -> String? {
    let warnings = (try? report(writer.files)["warnings"] as? [String]) ?? []
    return warnings.first { $0.contains(words) }
  }
}
