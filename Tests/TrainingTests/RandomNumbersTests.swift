import Glibc
import Kernels
import Tensors
import Testing

import Training

@Suite("Random numbers are functions of seed, stream, iteration and index")
struct RandomNumbersTests {
  @Test("Philox gives the known answers of its authors")
  func knownAnswers() {
    #expect(Philox.words(.zero, key: .zero) == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
    #expect(
      Philox.words([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], key: [0xa409_3822, 0x299f_31d0])
        == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
  }

  @Test("normal numbers have the quantiles of the normal distribution")
  func quantiles() {
    for (probability, quantile) in [
      (0.5, 0.0), (0.975, 1.959963984540054), (0.0013498980316300933, -3.0), (1e-9, -5.9978070150076865),
      (0.7, 0.5244005127080407),
    ] {
      #expect(abs(InverseNormal.value(probability) - quantile) < 1e-13, "\(probability)")
    }
    for x in [1e-300, 0.1, 0.7, 1, 1.5, 2, 10, 12345.678] {
      #expect(abs(InverseNormal.logarithm(x) - log(x)) <= 4e-16 * max(1, abs(log(x))), "\(x)")
    }
    for x in [0.0, 0.0032, 0.4, 1, 3.3, 20.5] {
      #expect(abs(Elementary.halving(x) / pow(0.5, x) - 1) < 1e-14, "\(x)")
    }
  }

  @Test("a million of them have the moments that they should, and streams do not resemble each other")
  func moments() {
    let random = RandomNumbers(seed: 7)
    let a = random.normals(.discriminatorZ, 3, [1_000_000]).values.map(Double.init)
    let b = random.normals(.generatorZ, 3, [1_000_000]).values.map(Double.init)
    func mean(_ f: (Int) -> Double) -> Double { (0..<a.count).reduce(0) { $0 + f($1) } / Double(a.count) }
    #expect(abs(mean { a[$0] }) < 0.005)
    #expect(abs(mean { a[$0] * a[$0] } - 1) < 0.007)
    #expect(abs(mean { a[$0] * a[$0] * a[$0] * a[$0] } - 3) < 0.05)
    #expect(abs(mean { a[$0] * b[$0] }) < 0.005)
  }

  @Test("the same at one thread and at three, and a part is the beginning of a whole")
  func threads() {
    let random = RandomNumbers(seed: 1)
    Workers.use(threads: 1)
    let one = random.normals(.fixedCodes, 2, part: 5, [10_000]).values
    Workers.use(threads: 3)
    defer { Workers.use(threads: Processors.defaultThreadCount()) }
    #expect(random.normals(.fixedCodes, 2, part: 5, [10_000]).values == one)
    #expect(random.normals(.fixedCodes, 2, part: 5, [101]).values == Array(one[..<101]))
    #expect(random.normals(.fixedCodes, 2, part: 6, [10_000]).values != one)
  }

  @Test("an epoch shows each item once, and the next in another order")
  func epochs() {
    var order = EpochOrder(RandomNumbers(seed: 3), .order, count: 37)
    let items = order.items(from: 30, count: 81)
    #expect(Set(items[7..<44]) == Set(0..<37))
    #expect(Set(items[44..<81]) == Set(0..<37))
    #expect(Array(items[7..<44]) != Array(items[44..<81]))
    #expect(order.item(at: 31) == items[1])
  }
}
