import Directions
import Foundation
import Statistics
import TestSupport
import Testing
import WeightFiles

/// `Fixtures/training/directions.*` and `networks16`.
@Suite struct DirectionTests {
  private func file() throws -> SafetensorsFile { try Fixtures.safetensors("training/directions.safetensors") }

  private func numbers(_ name: String) throws -> [String: Any] {
    let all = try JSONSerialization.jsonObject(with: Data(Fixtures.bytes("training/directions.json"))) as? [String: Any]
    return try #require(all?[name] as? [String: Any])
  }

  private func matrix(_ name: String) throws -> Matrix {
    let shape = try #require(file().entry(name)).shape
    let values = try file().doubles(named: name)
    return Matrix(rows: stride(from: 0, to: values.count, by: shape[1]).map { Array(values[$0..<$0 + shape[1]]) })
  }

  private func cosine(_ a: [Double], _ b: [Double]) -> Double {
    let dot = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    return dot / (a.reduce(0) { $0 + $1 * $1 } * b.reduce(0) { $0 + $1 * $1 }).squareRoot()
  }

  @Test(
    "A support vector machine finds the exact plane",
    arguments: ["noisy", "noisy_small_c", "separable", "wide", "unequal"])
  func machine(name: String) throws {
    let expected = try numbers("svm.\(name)")
    let machine = try LinearSVM(
      matrix("svm.\(name).x"), isPositive: file().integers(named: "svm.\(name).y").map { $0 > 0 },
      c: #require(expected["C"] as? Double))
    #expect(try cosine(machine.normal, file().doubles(named: "svm.\(name).normal")) > 1 - 1e-8)
    #expect(try relativeError(machine.weight, file().doubles(named: "svm.\(name).weight")) < 1e-6)
    let objective = try #require(expected["objective"] as? Double)
    #expect(abs(machine.objective - objective) < 1e-8 * objective, "\(machine.objective), expected \(objective)")
    #expect(try abs(machine.bias - #require(expected["bias"] as? Double)) < 1e-6)
    #expect(try machine.supportVectors == #require(expected["support_vectors"] as? Int))
  }

  @Test("A machine with one class, or with numbers that are not finite, is refused") func refused() {
    let samples = Matrix(rows: [[0, 1], [1, 0]])
    #expect(refusal { try LinearSVM(samples, isPositive: [true, true]) } == "a boundary needs samples on both sides; there are 2 and 0")
    #expect(refusal { try LinearSVM(Matrix(rows: [[.nan, 1], [1, 0]]), isPositive: [true, false]) } == "a sample holds numbers that are not finite")
  }

  @Test("InterFaceGAN's flow, with its order of both sides, gives the reference's boundary") func flow() throws {
    let file = try file(), expected = try numbers("flow")
    let scores = try file.floats(named: "flow.scores").map(Double.init)
    let search = try BoundarySearch(
      matrix("flow.codes"), scores: scores,
      settings: BoundarySettings(
        chosen: #require(expected["ratio"] as? Double), trainingShare: #require(expected["split"] as? Double))
    ) { _ in
      (
        try file.integers(named: "flow.permutation_positive").map(Int.init),
        try file.integers(named: "flow.permutation_negative").map(Int.init)
      )
    }
    #expect(try cosine(search.normal, file.doubles(named: "flow.normal")) > 1 - 1e-8)
    #expect(try abs(search.bias - #require(expected["bias"] as? Double)) < 1e-6)
    #expect(search.chosen == expected["chosen"] as? Int)
    #expect(search.validation.correct == expected["validation_correct"] as? Int)
    #expect(search.validation.count == expected["validation"] as? Int)
    #expect(search.remaining.correct == expected["remaining_correct"] as? Int)
    #expect(search.remaining.count == expected["remaining"] as? Int)
  }

  @Test("Our own shuffle gives the same boundary from the same seed, and a similar one from another") func seeds() throws {
    let codes = try matrix("flow.codes"), scores = try file().floats(named: "flow.scores").map(Double.init)
    func search(_ seed: UInt64) throws -> BoundarySearch {
      try BoundarySearch(codes, scores: scores, settings: BoundarySettings(chosen: 0.3, seed: seed))
    }
    let first = try search(1), other = try search(2)
    #expect(try first.normal == search(1).normal)
    #expect(first.normal != other.normal && cosine(first.normal, other.normal) > 0.8)
    #expect(first.validation.interval.contains(first.validation.share) && !first.isNoisy)
  }

  @Test("Scores that tell nothing are refused by name") func emptyScores() throws {
    let codes = try matrix("flow.codes")
    func message(_ scores: [Double], _ settings: BoundarySettings = BoundarySettings(chosen: 0.3)) -> String {
      do {
        _ = try BoundarySearch(codes, scores: scores, settings: settings)
        return "accepted"
      } catch { return "\(error)" }
    }
    #expect(message([Double](repeating: 3, count: 400)).contains("are equal"))
    #expect(message([.nan] + [Double](repeating: 3, count: 399)).contains("not a number"))
    let rising = (0..<400).map(Double.init)
    #expect(message(rising, BoundarySettings(chosen: 0.002)).contains("give more codes"))
    var generator = SeededGenerator(seed: 5)
    let noise = (0..<400).map { _ in Double(generator.normal()) }
    #expect(message(noise, BoundarySettings(chosen: 60)).contains("at least 60 %"))
    var marked = [Double](repeating: -1, count: 400)
    marked[0] = 2
    #expect(message(marked, BoundarySettings(chosen: 0.5, invalidScore: -1)).contains("are equal"))
  }

  @Test("A conditional direction leaves nothing along its conditions", arguments: ["one", "two", "three", "near_parallel"])
  func projection(name: String) throws {
    let vectors = try matrix("projection.vectors"), expected = try numbers("projection.\(name)")
    let conditions = try #require(expected["conditions"] as? [Int]).map(vectors.row)
    let found = try conditionalDirection(vectors.row(0), without: conditions)
    #expect(try relativeError(found.direction, file().doubles(named: "projection.\(name)")) < 1e-10)
    #expect(try abs(found.lengthLeft - #require(expected["length_left"] as? Double)) < 1e-10)
    for condition in conditions { #expect(abs(zip(found.direction, condition).reduce(0) { $0 + $1.0 * $1.1 }) < 1e-12) }
  }

  @Test("A direction that follows from its conditions is refused, and doubled conditions change nothing") func dependent() throws {
    let vectors = try matrix("projection.vectors")
    let (a, b) = (vectors.row(0), vectors.row(1))
    let sum = zip(a, b).map { $0 + $1 }
    #expect(refusal { try conditionalDirection(sum, without: [a, b]) } == "nothing is left of the direction: it follows from the conditions")
    let once = try conditionalDirection(a, without: [b]), twice = try conditionalDirection(a, without: [b, b.map { 2 * $0 }])
    #expect(relativeError(once.direction, twice.direction) < 1e-14)
  }

  @Test("SeFa's directions are the reference's, the strongest first", arguments: ["all", "low", "high"])
  func factorization(name: String) throws {
    let networks = try Fixtures.safetensors("training/networks16.safetensors"), expected = try numbers("sefa.\(name)")
    let layers = try #require(expected["layers"] as? [Int])
    let weights = try layers.map {
      try networks.floats(named: "G.synthesis.layer\($0).epilogue.style_mod.dense.fc.weight")
    }
    let found = try SemanticFactorization(styleWeights: weights, width: 16)
    #expect(try relativeError(found.values, file().doubles(named: "sefa.\(name).values")) < 1e-10)
    #expect(try abs(found.trace - #require(expected["trace"] as? Double)) < 1e-9)
    let vectors = try matrix("sefa.\(name).vectors")
    for index in 0..<16 { #expect(relativeError(found.directions[index], vectors.row(index)) < 1e-8) }
  }
}
