internal import Glibc

func exponential(_ x: Double) -> Double { exp(x) }
func exponential(_ x: Float) -> Float { exp(x) }
