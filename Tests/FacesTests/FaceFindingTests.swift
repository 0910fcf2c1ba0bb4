import Faces
import Foundation
import Images
import TestSupport
import Testing

@Suite("Finding faces")
struct FaceFindingTests {
  @Test("Faces are found in the order of their size", arguments: Expected.names)
  func found(_ name: String) throws {
    let finding = try detector.find(in: photo(name))
    let expected = try #require(Expected.all.photos[name]).faces
    #expect(finding.faces.count == expected.count)
    for (face, other) in zip(finding.faces, expected) {
      for (point, there) in zip(face.points, other.uprightPoints) { #expect((point - there).length <= 0.02) }
    }
  }

  @Test("EXIF orientation is applied before anything is looked for")
  func orientation() throws {
    let face = try #require(detector.find(in: picture("align/photos/one_exif6.jpg")).faces.first)
    for (point, there) in zip(face.points, try Expected.face("one").uprightPoints) {
      #expect((point - there).length <= 1)
    }
  }

  @Test("A face on its side or head is found where it lies", arguments: [Orientation.needsClockwiseTurn, .needsCounterclockwiseTurn, .upsideDown])
  func turned(_ turn: Orientation) throws {
    let photo = try photo("one"), lying = photo.oriented(by: turn.opposite)
    let finding = try detector.find(in: lying)
    let face = try #require(finding.faces.first)
    #expect(finding.turn == turn)
    // Cut out, it stands upright again.
    let crop = try #require(AlignedCrop(lying, face.placement, side: 64)).picture
    let expected = try #require(AlignedCrop(photo, AlignmentSquare.placement(Expected.face("one").uprightPoints), side: 64)).picture
    let differences = zip(crop.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }
    #expect(Double(differences.reduce(0, +)) / Double(differences.count) < 3)
    let box = face.box
    #expect(box.x1 < Float(face.center.x) && Float(face.center.x) < box.x2 && box.y1 < box.y2)
  }

  @Test("Aligned pictures are recognized, whole photographs are not")
  func aligned() throws {
    for name in ["one-256", "rotated-256", "edge-256", "gray-256", "several-3-128"] {
      let picture = try picture("align/crops/\(name).png")
      let face = try #require(detector.find(in: picture).faces.first)
      #expect(face.placement.isWhole(picture), "\(name): \(face.placement)")
    }
    for name in ["one", "rotated", "edge", "gray"] {
      let photo = try photo(name), face = try #require(detector.find(in: photo).faces.first)
      #expect(!face.placement.isWhole(photo))
      let middle = photo.fitted(to: 200, by: .crop)
      if let there = try detector.find(in: middle).faces.first { #expect(!there.placement.isWhole(middle)) }
    }
  }

  @Test("Small and cut faces are told")
  func judgements() throws {
    func judgement(_ name: String, _ side: Int) throws -> FaceJudgement {
      let photo = try photo(name)
      return FaceJudgement(try #require(detector.find(in: photo).faces.first), in: photo, side: side)
    }
    #expect(try judgement("one", 256) == [])
    #expect(try judgement("small", 256) == .isSmall)
    #expect(try judgement("small", 32) == .isSmall)
    #expect(try judgement("one", 1024) == .isSmall)
  }

  @Test("A nose beside the eyes is a profile")
  func profile() throws {
    let photo = try photo("one")
    let box = FaceBox(x1: 100, y1: 100, x2: 200, y2: 220)
    func face(nose: Double, rightEye: Double) -> FoundFace {
      FoundFace(
        box: box, score: 1, uprightScore: 1,
        points: [
          Point(x: 130, y: 140), Point(x: rightEye, y: 140), Point(x: nose, y: 165), Point(x: 135, y: 185), Point(x: 165, y: 185),
        ])
    }
    #expect(!FaceJudgement(face(nose: 150, rightEye: 170), in: photo, side: 64).contains(.isTurnedAside))
    #expect(FaceJudgement(face(nose: 168, rightEye: 170), in: photo, side: 64).contains(.isTurnedAside))
    #expect(FaceJudgement(face(nose: 142, rightEye: 150), in: photo, side: 64).contains(.isTurnedAside))
  }

  @Test("A face is found in each portrait, and no second one", arguments: portraits)
  func portrait(_ name: String) throws {
    let photo = try picture("portraits/\(name)")
    let finding = try detector.find(in: photo)
    #expect(finding.faces.count == 1)
    let face = try #require(finding.faces.first)
    #expect(FaceJudgement(face, in: photo, side: 128) == [])
  }

  @Test("A detector that is not there is named with the places looked at")
  func missing() {
    #expect {
      try FaceDetector.bundled(besideExecutable: "/nowhere/bin/idinvert")
    } throws: { error in
      String(describing: error)
        == "faces/detector.safetensors: is missing (looked in /nowhere/share/idinvert/faces/detector.safetensors); install the program again"
    }
  }

  private static let portraits = (try? FileManager.default.contentsOfDirectory(atPath: Fixtures.path("portraits")))?
    .filter { $0.hasSuffix(".jpg") }.sorted() ?? []
}

extension Orientation {
  fileprivate var opposite: Orientation {
    switch self {
    case .needsClockwiseTurn: .needsCounterclockwiseTurn
    case .needsCounterclockwiseTurn: .needsClockwiseTurn
    default: self
    }
  }
}
