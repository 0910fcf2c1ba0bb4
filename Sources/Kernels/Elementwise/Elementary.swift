import Glibc

enum Elementary {
  static func tanh(_ x: Float) -> Float { tanhf(x) }
  static func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }
}
