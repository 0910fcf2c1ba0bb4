/// The norm of the difference over the norm of the reference, summed in double: "rel" in the tables of tolerances.
///
/// - Returns: infinity when the counts differ or a value is not a number; the plain norm of the difference for a zero
///   reference.
package func relativeError(_ values: [Float], _ reference: [Float]) -> Double {
  relativeError(values.map(Double.init), reference.map(Double.init))
}

/// `relativeError` for doubles.
package func relativeError(_ values: [Double], _ reference: [Double]) -> Double {
  guard values.count == reference.count else { return .infinity }
  var difference = 0.0
  var norm = 0.0
  for (value, expected) in zip(values, reference) {
    difference += (value - expected) * (value - expected)
    norm += expected * expected
  }
  let error = norm == 0 ? difference.squareRoot() : (difference / norm).squareRoot()
  return error.isNaN ? .infinity : error
}

/// The element that is furthest off, for messages: `#expect(worst.difference < 1e-5, "\(worst)")`.
package struct WorstElement: CustomStringConvertible, Sendable {
  package let index: Int
  package let value: Float
  package let reference: Float

  /// Infinity when one of the two is not a number, or the counts differed.
  package var difference: Float {
    let difference = abs(value - reference)
    return value == reference ? 0 : difference.isNaN ? .infinity : difference
  }

  package var description: String { "element \(index) is \(value), expected \(reference)" }
}

/// Finds the element with the largest absolute difference.
///
/// - Returns: element 0 with no difference for two empty arrays; a difference of infinity when the counts differ.
package func worstElement(_ values: [Float], _ reference: [Float]) -> WorstElement {
  guard values.count == reference.count else {
    return WorstElement(index: min(values.count, reference.count), value: .nan, reference: .nan)
  }
  var worst = WorstElement(index: 0, value: values.first ?? 0, reference: reference.first ?? 0)
  for index in values.indices {
    let element = WorstElement(index: index, value: values[index], reference: reference[index])
    if element.difference > worst.difference { worst = element }
  }
  return worst
}

/// The largest absolute difference; infinity when the counts differ or a value is not a number.
package func maxAbsoluteDifference(_ values: [Float], _ reference: [Float]) -> Float {
  worstElement(values, reference).difference
}
