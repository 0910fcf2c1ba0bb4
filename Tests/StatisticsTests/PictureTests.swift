import Foundation
import Statistics
import Testing
import WeightFiles

@Suite struct PictureTests {
  @Test(
    "SSIM, PSNR and MSE of saved pictures are scikit-image's",
    arguments: ["noisy", "blurry", "jpeg", "shifted", "brighter", "other", "flat", "small", "same"])
  func similarity(name: String) throws {
    let file = try Reference.file(), expected = try Reference.numbers("pair.\(name)")
    let a = try file.bytes(named: "pair.\(name).a_u8"), b = try file.bytes(named: "pair.\(name).b_u8")
    let shape = try #require(file.entry("pair.\(name).a_u8")).shape
    let found = PixelSimilarity(a, b)
    #expect(try (found.meanSquaredError * 127.5 * 127.5).isNear(#require(expected["mse_255"] as? Double), 1e-9))
    // This one was computed from pictures in float32.
    #expect(try found.meanSquaredError.isNear(#require(expected["mse_unit"] as? Double), 2e-7))
    if let psnr = expected["psnr"] as? Double {
      #expect(try #require(found.peakSignalToNoise).isNear(psnr, 1e-9))
    } else {
      #expect(found.peakSignalToNoise == nil)
    }
    let ssim = try #require(structuralSimilarity(a, b, width: shape[1], height: shape[0]))
    #expect(try ssim.isNear(#require(expected["ssim"] as? Double), 1e-9))
  }

  @Test("Pictures smaller than the window have no structural similarity") func tooSmall() {
    let picture = [UInt8](repeating: 7, count: 10 * 20 * 3)
    #expect(structuralSimilarity(picture, picture, width: 20, height: 10) == nil)
  }

  @Test("A pasted box has a seam, a plain picture has none", arguments: ["pasted", "plain"]) func seam(name: String) throws {
    let expected = try Reference.numbers("seam.\(name)")
    let box = try #require(expected["box"] as? [Int])
    let pixels = try Reference.file().bytes(named: "seam.\(name)_u8")
    let found = try #require(
      seamRatio(pixels, width: 64, height: 64, x: box[0], y: box[1], boxWidth: box[2], boxHeight: box[3]))
    #expect(try found.isNear(#require(expected["ratio"] as? Double), 1e-9))
  }

  @Test("Outlines beyond the picture do not count, and a flat picture has no seam") func edges() {
    var pixels = [UInt8](repeating: 0, count: 16 * 16 * 3)
    for index in pixels.indices { pixels[index] = UInt8(index % 251) }
    #expect(seamRatio(pixels, width: 16, height: 16, x: 0, y: 0, boxWidth: 8, boxHeight: 8) != nil)
    #expect(seamRatio(pixels, width: 16, height: 16, x: 0, y: 0, boxWidth: 16, boxHeight: 16) == nil)
    let flat = [UInt8](repeating: 9, count: 16 * 16 * 3)
    #expect(seamRatio(flat, width: 16, height: 16, x: 4, y: 4, boxWidth: 8, boxHeight: 8) == nil)
  }
}
