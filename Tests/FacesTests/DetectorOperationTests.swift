import Faces
import Images
import TestSupport
import Testing
import WeightFiles

@Suite("Operations of the detector")
struct DetectorOperationTests {
  private let file: SafetensorsFile

  init() throws { file = try Fixtures.safetensors("align/detect/ops.safetensors") }

  @Test("Area resampling takes means over windows of whole pixels", arguments: ["reduce", "enlarge", "mixed", "same", "near"])
  func area(_ name: String) throws {
    let shape = try #require(file.entry("area.\(name).in")).shape
    let target = try #require(file.entry("area.\(name).out")).shape
    let picture = try Picture(width: shape[1], height: shape[0], pixels: file.bytes(named: "area.\(name).in"))
    let whole = PixelRegion(x: 0, y: 0, width: shape[1], height: shape[0])
    let values = AreaResampling.resampled(picture, from: whole, toWidth: target[2], height: target[1])
    #expect(try maxAbsoluteDifference(values, file.floats(named: "area.\(name).out")) <= 1e-4)
    let part = AreaResampling.resampled(
      picture, from: whole, toWidth: target[2], height: target[1], columns: 3..<8, rows: 2..<9)
    for channel in 0..<3 {
      for row in 2..<9 {
        for column in 3..<8 {
          let here = part[(channel * 7 + row - 2) * 5 + column - 3]
          #expect(here == values[(channel * target[1] + row) * target[2] + column])
        }
      }
    }
  }

  @Test("Suppression keeps the released boxes in the released order", arguments: [0.3, 0.5, 0.7])
  func suppression(_ threshold: Double) throws {
    let (sides, scores) = (try file.floats(named: "nms.boxes"), try file.floats(named: "nms.scores"))
    let boxes = scores.indices.map { ScoredBox(box: box(sides, $0, stride: 4), score: scores[$0]) }
    let union = nonMaximumSuppression(boxes, .ofUnion, threshold: threshold)
    #expect(try union.map(Int64.init) == file.integers(named: "nms.union.\(threshold)"))
    let smaller = nonMaximumSuppression(boxes, .ofSmaller, threshold: threshold)
    #expect(try smaller.map(Int64.init) == file.integers(named: "nms.min.\(threshold)"))
  }

  @Test("Boxes are squared and moved exactly")
  func boxes() throws {
    let (plain, squared) = (try file.floats(named: "square.in"), try file.floats(named: "square.out"))
    for index in 0..<4 { #expect(box(plain, index, stride: 5).squared == box(squared, index, stride: 5)) }
    let (still, moved) = (try file.floats(named: "regress.in"), try file.floats(named: "regress.out"))
    let moves = try file.floats(named: "regress.reg")
    for index in 0..<4 {
      let move = SIMD4(moves[index * 4], moves[index * 4 + 1], moves[index * 4 + 2], moves[index * 4 + 3])
      #expect(box(still, index, stride: 5).moved(by: move, margin: 1) == box(moved, index, stride: 5))
    }
  }

  @Test("The Gaussian blur repeats the edges")
  func blur() throws {
    let values = try file.floats(named: "gauss.in")
    var colors: [SIMD4<Double>] = []
    for index in stride(from: 0, to: values.count, by: 3) {
      colors.append(SIMD4(Double(values[index]), Double(values[index + 1]), Double(values[index + 2]), 0))
    }
    let map = ColorMap(width: 31, height: 23, values: colors)
    let expected = try file.doubles(named: "gauss.out_sigma2.3_f64")
    for (index, value) in map.blurred(sigma: 2.3).values.enumerated() {
      for channel in 0..<3 { #expect(abs(value[channel] - expected[index * 3 + channel]) <= 1e-9) }
    }
  }
}

func box(_ values: [Float], _ index: Int, stride: Int) -> FaceBox {
  let start = index * stride
  return FaceBox(x1: values[start], y1: values[start + 1], x2: values[start + 2], y2: values[start + 3])
}
