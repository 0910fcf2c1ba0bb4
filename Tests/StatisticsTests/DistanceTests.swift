import Statistics
import TestSupport
import Testing
import WeightFiles

@Suite struct DistanceTests {
  @Test(
    "A Fréchet distance is that of the reference, of many vectors or few",
    arguments: ["plain", "shifted", "scaled", "few", "few_and_many", "two", "one_dimension", "constant", "far"])
  func frechet(name: String) throws {
    let a = try Reference.matrix("frechet.\(name).a"), b = try Reference.matrix("frechet.\(name).b")
    let expected = try Reference.numbers("frechet.\(name)")
    let value = try #require(expected["value"] as? Double), meanTerm = try #require(expected["mean_term"] as? Double)
    let found = try FrechetDistance(a, b)
    let isDeficient = ["few", "few_and_many", "two", "one_dimension"].contains(name)
    #expect(abs(found.value - value) <= value * (isDeficient ? 1e-7 : 1e-9), "\(found.value), expected \(value)")
    #expect(abs(found.meanTerm - meanTerm) <= meanTerm * 1e-9)
    #expect(try FrechetDistance(b, a).value.isNear(found.value, 1e-9))
  }

  @Test("Equal sets are at distance 0, but for rounding") func same() throws {
    let a = try Reference.matrix("frechet.same.a"), b = try Reference.matrix("frechet.same.b")
    let found = try FrechetDistance(a, b).value
    let trace = try FeatureSet(a).trace
    #expect(found >= 0 && found <= 1e-9 * trace)
  }

  @Test("A single vector has no spread and is refused") func single() throws {
    let one = Matrix(rows: [[1, 2]]), two = Matrix(rows: [[1, 2], [2, 3]])
    #expect(refusal { try FrechetDistance(one, two) } == "a Fréchet distance needs at least two vectors a set; there is 1")
    #expect(refusal { try kernelDistance(two, one) } == "a kernel distance needs at least two vectors a set; there are 2 and 1")
    #expect(refusal { try FrechetDistance(two, Matrix(rows: [[1, .nan], [2, 3]])) } == "a matrix of 2 × 2 holds numbers that are not finite")
  }

  @Test("A kernel distance is that of the reference, and below 0 for halves of one set") func kernel() throws {
    let a = try Reference.matrix("frechet.plain.a"), b = try Reference.matrix("frechet.plain.b")
    #expect(try kernelDistance(a, b).isNear(Reference.number("kernel.plain"), 1e-9))
    let halves = try kernelDistance(a.selecting(rows: Array(0..<100)), a.selecting(rows: Array(100..<200)))
    #expect(try halves.isNear(Reference.number("kernel.halves_of_one_set"), 1e-9))
    #expect(halves < 0)
  }

  @Test("The Laplacian pyramid is ProGAN's") func pyramid() throws {
    let file = try Reference.file()
    let pictures = try file.bytes(named: "sliced.pictures_u8").map(Double.init)
    let levels = LaplacianPyramid.levels(of: pictures, side: 32)
    #expect(levels.map(\.side) == [32, 16])
    #expect(relativeError(levels[0].planes, try file.doubles(named: "sliced.pyramid32")) < 1e-7)
    #expect(relativeError(levels[1].planes, try file.doubles(named: "sliced.pyramid16")) < 1e-7)
  }

  @Test("A sliced distance at given places and directions is that of the reference") func sliced() throws {
    let file = try Reference.file()
    let pyramid = try file.doubles(named: "sliced.pyramid32")
    let x = try file.integers(named: "sliced.x"), y = try file.integers(named: "sliced.y")
    var patches: [[Double]] = []
    for picture in 0..<6 {
      let planes = Array(pyramid[picture * 3072..<(picture + 1) * 3072])
      for index in picture * 16..<(picture + 1) * 16 {
        patches.append(PatchSet.patch(planes, side: 32, x: Int(x[index]) - 3, y: Int(y[index]) - 3))
      }
    }
    let directions = try Reference.matrix("sliced.directions")
    let found = try SlicedDistance.value(
      Matrix(rows: Array(patches[..<48])), Matrix(rows: Array(patches[48...])), directions: directions)
    let expected = try #require(Reference.numbers("sliced")["value"] as? Double)
    #expect(found.isNear(expected, 1e-9), "\(found), expected \(expected)")
  }

  @Test("A set is at sliced distance 0 from itself, and further from a brighter one than from its own kind") func slicedSets() throws {
    var generator = SeededGenerator(seed: 3)
    func pictures(_ level: Int) -> [[UInt8]] {
      (0..<4).map { _ in (0..<32 * 32 * 3).map { UInt8(level + generator.pick(below: 40) + ($0 / 96 > 15 ? 80 : 0)) } }
    }
    let a = PatchSet(pictures(20), side: 32, seed: 1), b = PatchSet(pictures(20), side: 32, seed: 1)
    #expect(try SlicedDistance(a, a, seed: 2).levels.map(\.value) == [0, 0])
    let near = try SlicedDistance(a, b, seed: 2)
    #expect(near.levels.map(\.side) == [32, 16] && near.mean > 0)
    #expect(try near == SlicedDistance(a, b, seed: 2))
  }
}

extension Double {
  /// Within a share of the other.
  func isNear(_ other: Double, _ share: Double) -> Bool { abs(self - other) <= abs(other) * share }
}
