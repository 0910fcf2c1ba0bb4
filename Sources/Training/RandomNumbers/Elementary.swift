/// Functions that the C library computes differently from machine to machine, from the four basic operations.
package enum Elementary {
  /// `0.5^x` for x from 0.
  package static func halving(_ x: Double) -> Double {
    guard x < 1000 else { return 0 }
    let whole = x.rounded(.down), rest = (x - whole) * 0.6931471805599453
    // e^-rest, rest < 0.7: twenty terms leave nothing.
    var sum = 1.0
    for k in (1...20).reversed() { sum = 1 - rest / Double(k) * sum }
    return sum * Double(sign: .plus, exponent: -Int(whole), significand: 1)
  }
}

extension Elementary {
  /// `e^x`; beyond ±700 as at it.
  package static func exponential(_ x: Double) -> Double {
    let x = max(-700, min(700, x))
    return x <= 0 ? halving(-x / 0.6931471805599453) : 1 / halving(x / 0.6931471805599453)
  }
}
