import Glibc

enum Elementary {
  static func tanh(_ x: Float) -> Float { tanhf(x) }
  static func exponential(_ x: Double) -> Double { exp(x) }
  static func logarithmOfOnePlus(_ x: Double) -> Double { log1p(x) }
  static func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }
}
