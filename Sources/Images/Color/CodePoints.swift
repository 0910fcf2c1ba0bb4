import Glibc

/// The white point and the primaries of an RGB color space.
struct Primaries: Equatable {
  /// x and y of white, red, green and blue.
  let values: [Double]

  init(_ values: [Double]) {
    self.values = values
  }

  /// Whether they are the same but for rounding.
  func isNear(_ other: Primaries) -> Bool { zip(values, other.values).allSatisfy { abs($0 - $1) < 0.002 } }

  /// Of sRGB too.
  static let bt709 = Primaries([0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06])

  /// ITU-T H.273, table 2; nil for those without a meaning.
  init?(codePoint: UInt8) {
    let white = [0.3127, 0.3290]
    switch codePoint {
    case 1: self = .bt709
    case 4: self.init([0.310, 0.316, 0.67, 0.33, 0.21, 0.71, 0.14, 0.08])
    case 5: self.init(white + [0.64, 0.33, 0.29, 0.60, 0.15, 0.06])
    case 6, 7: self.init(white + [0.630, 0.340, 0.310, 0.595, 0.155, 0.070])
    case 8: self.init([0.310, 0.316, 0.681, 0.319, 0.243, 0.692, 0.145, 0.049])
    case 9: self.init(white + [0.708, 0.292, 0.170, 0.797, 0.131, 0.046])
    case 11: self.init([0.314, 0.351, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060])
    case 12: self.init(white + [0.680, 0.320, 0.265, 0.690, 0.150, 0.060])
    case 22: self.init(white + [0.630, 0.340, 0.295, 0.605, 0.155, 0.077])
    default: return nil
    }
  }
}

/// From stored values to light, both from 0 to 1, where 1 is white paper.
enum TransferFunction {
  /// ITU-T H.273, table 3; nil for those without a meaning.
  static func named(_ codePoint: UInt8) -> ((Double) -> Double)? {
    switch codePoint {
    case 1, 6, 14, 15: bt709
    case 4: { power($0, 2.2) }
    case 5: { power($0, 2.8) }
    case 8: { $0 }
    case 13: sRGB
    case 16: perceptualQuantizer
    case 17: { power($0, 2.6) * 52.37 / 48 }
    case 18: hybridLogGamma
    default: nil
    }
  }

  static func power(_ value: Double, _ exponent: Double) -> Double { value <= 0 ? 0 : pow(value, exponent) }

  /// IEC 61966-2-1.
  static func sRGB(_ value: Double) -> Double {
    value <= 0.04045 ? value / 12.92 : power((value + 0.055) / 1.055, 2.4)
  }

  /// ITU-R BT.709.
  static func bt709(_ value: Double) -> Double {
    value < 0.081 ? value / 4.5 : power((value + 0.099) / 1.099, 1 / 0.45)
  }

  /// ITU-R BT.2100, PQ, with white paper at 203 cd/m² (ITU-R BT.2408).
  private static func perceptualQuantizer(_ value: Double) -> Double {
    let root = power(value, 1 / 78.84375)
    return power(max(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root), 1 / 0.1593017578125) * 10_000 / 203
  }

  /// ITU-R BT.2100, HLG on a display of 1000 cd/m², with white paper at 203 cd/m². The display's own exponent is applied
  /// to each channel.
  private static func hybridLogGamma(_ value: Double) -> Double {
    let (a, b, c) = (0.17883277, 0.28466892, 0.55991073)
    let scene = value <= 0.5 ? value * max(value, 0) / 3 : (exp((value - c) / a) + b) / 12
    return power(scene, 1.2) * 1000 / 203
  }
}
