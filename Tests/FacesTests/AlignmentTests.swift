import Faces
import Images
import TestSupport
import Testing
import WeightFiles

@Suite("Alignment")
struct AlignmentTests {
  @Test("Five points give the released square", arguments: Expected.faces)
  func square(_ name: String, _ index: Int) throws {
    let face = try Expected.face(name, index)
    let placement = AlignmentSquare.placement(face.uprightPoints)
    for (corner, other) in zip(placement.corners, face.quad) {
      #expect((corner - Point(x: other[0], y: other[1])).length <= 1e-9)
    }
    #expect(abs(placement.side - face.align256.qsize) <= 1e-9)
    for point in [(-1.0, -1.0), (0.25, 0.5), (1, 1)] {
      let there = placement.center + placement.across * point.0 + placement.down * point.1
      let back = placement.position(of: there)
      #expect(abs(back.u - point.0) < 1e-12 && abs(back.v - point.1) < 1e-12)
    }
  }

  @Test("Every crop is shrunk, bordered, cut and padded as the reference's", arguments: Expected.faces)
  func steps(_ name: String, _ index: Int) throws {
    let face = try Expected.face(name, index)
    for (side, expected) in [(256, face.align256), (128, face.align128)] {
      let crop = try #require(AlignedCrop(photo(name), AlignmentSquare.placement(face.uprightPoints), side: side))
      #expect(max(1, crop.shrink) == expected.shrink)
      #expect(crop.border == expected.border)
      #expect(crop.crop == expected.crop)
      #expect(crop.pads == expected.pad)
      #expect(crop.taps == expected.taps)
      guard let sigma = expected.sigma, let median = expected.median else { continue }
      #expect(abs(try #require(crop.sigma) - sigma) <= 1e-9)
      for channel in 0..<3 { #expect(abs(try #require(crop.median)[channel] - median[channel]) <= 1e-4) }
    }
  }

  @Test(
    "The aligned pictures are the reference's",
    arguments: [
      ("one", 0, 256, "one-256"), ("rotated", 0, 256, "rotated-256"), ("edge", 0, 256, "edge-256"),
      ("gray", 0, 256, "gray-256"), ("small", 0, 128, "small-128"), ("several", 3, 128, "several-3-128"),
    ])
  func crops(_ name: String, _ index: Int, _ side: Int, _ file: String) throws {
    let points = try Expected.face(name, index).uprightPoints
    let crop = try #require(AlignedCrop(photo(name), AlignmentSquare.placement(points), side: side))
    let expected = try picture("align/crops/\(file).png")
    let difference = difference(crop.picture, expected)
    #expect(difference.count <= 5 && difference.worst <= 1, "\(difference)")
  }

  @Test("Values before rounding, and after shrinking, are the reference's")
  func values() throws {
    for (name, key, file, side) in [
      ("one", "crop", "one-128", 128), ("several", "several.crop", "shrink-16", 16), ("edge", "edge.crop", "shrink-16", 16),
    ] {
      let crop = try #require(
        AlignedCrop(photo(name), AlignmentSquare.placement(Expected.face(name).uprightPoints), side: side))
      let values = (0..<3).flatMap { channel in crop.pixels.map { Float($0[channel]) } }
      let expected = try Fixtures.safetensors("align/crops/\(file).safetensors").floats(named: key)
      #expect(maxAbsoluteDifference(values, expected) <= 1e-4, "\(name)")
    }
  }

  @Test("The border is the reference's")
  func border() throws {
    let crop = try #require(
      AlignedCrop(photo("edge"), AlignmentSquare.placement(Expected.face("edge").uprightPoints), side: 256))
    let difference = try difference(#require(crop.padded), picture("align/crops/edge-padded.png"))
    #expect(difference.count <= 10 && difference.worst <= 1, "\(difference)")
  }

  @Test("A border blurred from means of blocks is near the exact one")
  func blocks() throws {
    // Three times as large, sigma passes eight pixels; shrunk again, nearly the same picture must come out.
    let small = try photo("edge"), placement = AlignmentSquare.placement(try Expected.face("edge").uprightPoints)
    let large = small.resampled(toWidth: small.width * 3, height: small.height * 3)
    let scaled = Placement(center: placement.center * 3, across: placement.across * 3, down: placement.down * 3)
    let exact = try #require(AlignedCrop(small, placement, side: 128)).picture
    let other = try #require(AlignedCrop(large, scaled, side: 128)).picture
    let differences = zip(exact.pixels, other.pixels).map { abs(Int($0) - Int($1)) }
    #expect(Double(differences.reduce(0, +)) / Double(differences.count) < 1)
  }

  @Test("A square outside of the photograph gives nothing")
  func outside() throws {
    let far = Placement(center: Point(x: 900, y: 900), across: Point(x: 50, y: 0), down: Point(x: 0, y: 50))
    #expect(try AlignedCrop(photo("one"), far, side: 64) == nil)
    #expect(far.region(inWidth: 384, height: 400) == nil)
    #expect(PasteBack(far, width: 384, height: 400) == nil)
  }
}
