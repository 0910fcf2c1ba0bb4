/// What is left of a direction when others are held: the part of `primal` at right angles to all `conditions`, of length 1.
///
/// By Gram-Schmidt, each step twice: exact also for conditions that are nearly parallel. A condition that follows from the
/// ones before it adds nothing. Source: Shen et al. 2020, section 3.2, for any number of conditions.
///
/// - Throws: `DirectionError` when nothing is left.
package func conditionalDirection(_ primal: [Double], without conditions: [[Double]]) throws(DirectionError) -> (direction: [Double], lengthLeft: Double) {
  var basis: [[Double]] = []
  func rest(_ vector: [Double]) -> [Double] {
    var vector = vector
    for _ in 0..<2 {
      for axis in basis {
        let share = zip(vector, axis).reduce(0) { $0 + $1.0 * $1.1 }
        for index in vector.indices { vector[index] -= share * axis[index] }
      }
    }
    return vector
  }
  for condition in conditions {
    precondition(condition.count == primal.count, "directions of \(primal.count) and \(condition.count) numbers")
    let left = rest(unit(condition))
    if length(left) > 1e-9 { basis.append(unit(left)) }
  }
  let left = rest(unit(primal))
  let lengthLeft = length(left)
  guard lengthLeft >= 1e-6 else { throw DirectionError("nothing is left of the direction: it follows from the conditions") }
  return (unit(left), lengthLeft)
}

private func length(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }
