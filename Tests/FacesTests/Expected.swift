import Faces
import Foundation
import Images
import TestSupport
import WeightFiles

/// `Fixtures/align/detect/expected.json`.
struct Expected: Decodable {
  struct Photo: Decodable {
    let width: Int
    let height: Int
    let levels: [Level]
    let after_p_nms: Int
    let r_passed: Int
    let after_r: Int
    let o_passed: Int
    let faces: [Face]
  }

  struct Level: Decodable {
    let scale: Double
    let height: Int
    let width: Int
    let candidates: Int
    let kept: Int
  }

  struct Face: Decodable {
    let box: [Float]
    let score: Float
    let points: [[Double]]
    let upright: Upright
    let quad: [[Double]]
    let center: [Double]
    let x: [Double]
    let y: [Double]
    let align256: Align
    let align128: Align
  }

  struct Upright: Decodable {
    let center: [Double]
    let half: Double
    let points: [[Double]]
    let score: Double
  }

  struct Align: Decodable {
    let qsize: Double
    let shrink: Int
    let border: Int
    let crop: [Int]
    let pad: [Int]
    let sigma: Double?
    let median: [Double]?
    let taps: Int
  }

  let photos: [String: Photo]

  static let all: Expected = {
    guard let bytes = try? Fixtures.bytes("align/detect/expected.json"),
      let value = try? JSONDecoder().decode(Expected.self, from: Data(bytes))
    else { preconditionFailure("Fixtures/align/detect/expected.json cannot be read") }
    return value
  }()

  static let names = ["edge", "gray", "none", "one", "rotated", "several", "small"]
  static let faces = names.flatMap { name in (all.photos[name]?.faces ?? []).indices.map { (name, $0) } }

  static func face(_ name: String, _ index: Int = 0) throws -> Face {
    guard let face = all.photos[name]?.faces[index] else { throw CocoaError(.fileNoSuchFile) }
    return face
  }
}

extension Expected.Face {
  var faceBox: FaceBox { FaceBox(x1: box[0], y1: box[1], x2: box[2], y2: box[3]) }
  var detectedPoints: [Point] { points.map { Point(x: $0[0], y: $0[1]) } }
  var uprightPoints: [Point] { upright.points.map { Point(x: $0[0], y: $0[1]) } }
}

let detector: FaceDetector = {
  guard let detector = try? FaceDetector.bundled() else { preconditionFailure("the bundled detector cannot be read") }
  return detector
}()

func picture(_ path: String) throws -> Picture { try Picture.decode(Fixtures.bytes(path), name: path).picture }
func photo(_ name: String) throws -> Picture { try picture("align/photos/\(name).png") }

/// How many bytes differ, and by how much at most.
func difference(_ a: Picture, _ b: Picture) -> (count: Int, worst: Int) {
  guard a.width == b.width, a.height == b.height else { return (.max, .max) }
  let differences = zip(a.pixels, b.pixels).map { abs(Int($0) - Int($1)) }
  return (differences.count { $0 > 0 }, differences.max() ?? 0)
}
