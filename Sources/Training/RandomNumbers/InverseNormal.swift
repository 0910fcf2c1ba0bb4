/// Normal numbers from even ones, by the inverse of the distribution: the same bits on every machine, since only the four
/// basic operations and the root are used, in a fixed order.
///
/// Source: Wichura 1988, algorithm AS 241 (PPND16), good to 16 digits.
package enum InverseNormal {
  /// - Parameter probability: between 0 and 1, both excluded.
  package static func value(_ probability: Double) -> Double {
    let q = probability - 0.5
    if abs(q) <= 0.425 {
      let r = 0.180625 - q * q
      return q * polynomial(central.above, r) / polynomial(central.below, r)
    }
    let tail = (-logarithm(q < 0 ? probability : 1 - probability)).squareRoot()
    let size = tail <= 5
      ? polynomial(middle.above, tail - 1.6) / polynomial(middle.below, tail - 1.6)
      : polynomial(far.above, tail - 5) / polynomial(far.below, tail - 5)
    return q < 0 ? -size : size
  }

  /// The natural logarithm of a positive normal number, by the series of the inverse hyperbolic tangent.
  package static func logarithm(_ x: Double) -> Double {
    var exponent = Double(x.exponent), m = x.significand
    if m > 1.4142135623730951 {
      m /= 2
      exponent += 1
    }
    // log m = 2 artanh s; |s| < 0.172, so that 11 terms leave less than one unit of the last digit.
    let s = (m - 1) / (m + 1), square = s * s
    var sum = 0.0, k = 21.0
    while k > 0 {
      sum = sum * square + 1 / k
      k -= 2
    }
    return exponent * 0.6931471805599453 + 2 * s * sum
  }

  private static func polynomial(_ coefficients: InlineArray<8, Double>, _ x: Double) -> Double {
    var sum = coefficients[7]
    for index in (0..<7).reversed() { sum = sum * x + coefficients[index] }
    return sum
  }

  private typealias Fraction = (above: InlineArray<8, Double>, below: InlineArray<8, Double>)

  private static let central: Fraction = (
    [
      3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457,
      67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
    ],
    [
      1, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077, 21213.794301586595867,
      39307.895800092710610, 28729.085735721942674, 5226.4952788528545610,
    ])
  private static let middle: Fraction = (
    [
      1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
      1.27045825245236838258, 0.241780725177450611770, 0.0227238449892691845833, 7.74545014278341407640e-4,
    ],
    [
      1, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550, 0.148103976427480074590,
      0.0151986665636164571966, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
    ])
  private static let far: Fraction = (
    [
      6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 0.296560571828504891230,
      0.0265321895265761230930, 0.00124266094738807843860, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
    ],
    [
      1, 0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525, 7.86869131145613259100e-4,
      1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15,
    ])
}
