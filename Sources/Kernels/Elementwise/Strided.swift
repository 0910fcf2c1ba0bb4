/// Copies of parts of buffers.
package enum Strided {
  package static func copy(
    _ x: FloatBuffer, from start: Int, into y: FloatBuffer, from target: Int, count: Int
  ) {
    precondition(
      start >= 0 && target >= 0 && count >= 0 && start + count <= x.count && target + count <= y.count,
      "a copy reaches past its buffer")
    (y.base + target).update(from: x.base + start, count: count)
  }

  /// Puts axis `order[i]` of `x`, of lengths `dimensions`, at place `i`.
  package static func permute(_ x: FloatBuffer, _ dimensions: [Int], _ order: [Int], into y: FloatBuffer) {
    precondition(
      x.count == dimensions.reduce(1, *) && y.count == x.count && order.sorted() == Array(dimensions.indices),
      "the order does not fit")
    var strides = [Int](repeating: 1, count: dimensions.count)
    for axis in dimensions.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * dimensions[axis + 1] }
    let lengths = order.map { dimensions[$0] }, steps = order.map { strides[$0] }
    var place = [Int](repeating: 0, count: lengths.count)
    var source = 0
    for target in 0..<y.count {
      y.base[target] = x.base[source]
      for axis in lengths.indices.reversed() {
        place[axis] += 1
        source += steps[axis]
        if place[axis] < lengths[axis] { break }
        source -= steps[axis] * lengths[axis]
        place[axis] = 0
      }
    }
  }

  /// `y[i][o][taps - 1 - t] = x[o][i][t]`.
  package static func transposeFilters(_ x: FloatBuffer, outputs: Int, inputs: Int, taps: Int, into y: FloatBuffer) {
    precondition(x.count >= outputs * inputs * taps && y.count >= outputs * inputs * taps, "a buffer is too small")
    let (source, target) = (x.base, y.base)
    Workers.current.run(inputs) { input, _ in
      for output in 0..<outputs {
        let from = source + (output * inputs + input) * taps, to = target + (input * outputs + output) * taps
        for tap in 0..<taps { to[taps - 1 - tap] = from[tap] }
      }
    }
    withExtendedLifetime((x, y)) {}
  }
}
