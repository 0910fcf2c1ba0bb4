import Images
import Testing

/// Numbers of the released program, to be met exactly.
@Suite struct PixelArithmeticTests {
  static let tensors = try? FixtureTensors("pixels/pixels.safetensors")

  static let resizes = (tensors?.names ?? []).filter { $0.hasPrefix("resize.") && $0.hasSuffix(".in") }
    .map { String($0.dropLast(3)) }

  @Test func thereAreResizesToCompare() {
    #expect(Self.resizes.count == 11)
  }

  @Test(arguments: resizes)
  func stretchingGivesTheReleasedBytes(name: String) throws {
    let tensors = try #require(Self.tensors)
    let expected = try tensors.picture(name + ".out")
    let result = try tensors.picture(name + ".in").fitted(to: expected.width, by: .stretch)
    #expect(result == expected)
  }

  @Test func bytesBecomeTheReleasedFloats() throws {
    let tensors = try #require(Self.tensors)
    let result = floatPixels(from: try tensors.bytes("pre.in"))
    #expect(result.map(\.bitPattern) == (try tensors.floats("pre.out")).map(\.bitPattern))
  }

  @Test func floatsBecomeTheReleasedBytes() throws {
    let tensors = try #require(Self.tensors)
    #expect(bytes(fromPlanar: try tensors.floats("post.in")) == (try tensors.bytes("post.out")))
  }

  @Test func everyByteSurvivesTheWayThereAndBack() {
    let all = (0...255).flatMap { [UInt8($0), UInt8(255 - $0), UInt8($0)] }
    #expect(bytes(fromPlanar: floatPixels(from: all)) == all)
  }

  @Test func numbersThatAreNoneBecomeBlack() {
    #expect(bytes(fromPlanar: [.nan, .infinity, -.infinity]) == [0, 255, 0])
  }
}
