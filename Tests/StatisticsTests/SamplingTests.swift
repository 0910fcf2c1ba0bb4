import Statistics
import Testing
import WeightFiles

@Suite struct SamplingTests {
  @Test("Ranks give scikit-learn's ROC area and average precision, ties included") func ranks() throws {
    let file = try Reference.file(), expected = try Reference.numbers("ranks")
    let scores = try file.floats(named: "ranks.scores").map(Double.init)
    let labels = try file.integers(named: "ranks.labels").map { $0 == 1 }
    #expect(try #require(areaUnderROC(scores: scores, isPositive: labels)).isNear(#require(expected["auc"] as? Double), 1e-9))
    #expect(
      try #require(averagePrecision(scores: scores, isPositive: labels))
        .isNear(#require(expected["average_precision"] as? Double), 1e-9))
    #expect(areaUnderROC(scores: [1, 2], isPositive: [true, true]) == nil)
    #expect(averagePrecision(scores: [1, 2], isPositive: [false, false]) == nil)
  }

  @Test("A bootstrap over given resamples has numpy's quantiles") func bootstrap() throws {
    let file = try Reference.file(), expected = try Reference.numbers("bootstrap")
    let values = try file.doubles(named: "bootstrap.values")
    let index = try file.bytes(named: "bootstrap.index").map(Int.init)
    let bootstrap = Bootstrap(resamples: (0..<400).map { Array(index[$0 * 50..<($0 + 1) * 50]) })
    let found = bootstrap.mean(of: values)
    #expect(try found.value.isNear(#require(expected["mean"] as? Double), 1e-9))
    #expect(try found.low.isNear(#require(expected["low"] as? Double), 1e-9))
    #expect(try found.high.isNear(#require(expected["high"] as? Double), 1e-9))
    #expect(try bootstrap.standardError(of: values).isNear(#require(expected["standard_error"] as? Double), 1e-9))
    let same = try #require(bootstrap.interval(of: 50) { items in
      items.reduce(0) { $0 + values[$1] } / Double(items.count)
    })
    #expect(same.low == found.low && same.high == found.high)
  }

  @Test("Resampling raises a Fréchet distance, which is why its own value stays in the middle") func spread() throws {
    let a = try Reference.matrix("frechet.plain.a"), b = try Reference.matrix("frechet.plain.b")
    let bootstrap = Bootstrap(count: a.rows, resamples: 20, seed: 1, stream: "test")
    let raised = try bootstrap.resamples.map { try FrechetDistance(a.selecting(rows: $0), b).value }
    let value = try FrechetDistance(a, b).value
    #expect(raised.reduce(0, +) / 20 > value)
    let spread = try bootstrap.spread(of: a.rows) { try FrechetDistance(a.selecting(rows: $0), b).value }
    #expect(spread.value == value && spread.low < value && spread.high > value)
    #expect((spread.high - value).isNear(value - spread.low, 1e-9))
  }

  @Test("Spearman's correlation is 1 for any rising curve, and shares ranks among ties") func correlation() throws {
    #expect(spearman([1, 2, 3, 4], [1, 8, 27, 64]) == 1)
    #expect(spearman([1, 2, 3, 4], [4, 3, 2, 1]) == -1)
    #expect(spearman([1, 2, 3], [5, 5, 5]) == nil)
    // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4.
    let found = try #require(spearman([1, 2, 2, 3], [1, 2, 3, 4]))
    #expect(found.isNear(4.5 / (4.5 * 5).squareRoot(), 1e-12))
  }

  @Test("Random numbers depend on seed and purpose alone, and permutations hold everything once") func random() {
    var a = RandomNumbers(seed: 1, stream: "a"), again = RandomNumbers(seed: 1, stream: "a")
    var b = RandomNumbers(seed: 1, stream: "b")
    let first = a.next()
    #expect(first == again.next() && first != b.next())
    #expect(a.permutation(of: 50).sorted() == Array(0..<50))
    let normals = (0..<20_000).map { _ in a.normal() }
    #expect(abs(normals.reduce(0, +) / 20_000) < 0.03 && abs(deviation(normals) - 1) < 0.03)
  }
}
