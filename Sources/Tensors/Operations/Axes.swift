import Kernels

/// Refuses a blocked tensor where the order of elements matters.
func plainOnly(_ operation: String, _ x: Tensor) throws(ShapeError) {
  guard x.layout == .plain else { throw ShapeError(operation, "a tensor of shape \(x.shape) is not in the plain layout") }
}

extension Tensor {
  /// The same elements in another shape. Differentiable twice.
  package func reshaped(_ shape: Shape) throws -> Tensor {
    try plainOnly("reshape", self)
    guard shape.count == self.shape.count else {
      throw ShapeError("reshape", "\(self.shape) has \(self.shape.count) elements, \(shape) has \(shape.count)")
    }
    let old = self.shape
    return Tape.record(Tensor(buffer, shape), (self, { try $0.reshaped(old) }))
  }

  /// Repeats along axes of length 1 until the shape is `shape`. Differentiable twice.
  package func broadcast(to shape: Shape) throws -> Tensor {
    try plainOnly("broadcast", self)
    guard shape.rank == self.shape.rank,
      zip(shape.dimensions, self.shape.dimensions).allSatisfy({ $0 == $1 || $1 == 1 })
    else { throw ShapeError("broadcast", "\(self.shape) does not stretch to \(shape)") }
    var result = self.detached
    for axis in 0..<shape.rank where result.shape[axis] != shape[axis] {
      var dimensions = result.shape.dimensions
      dimensions[axis] = shape[axis]
      let next = Tensor(FloatBuffer(count: Shape(dimensions).count), Shape(dimensions))
      Reduction.repeatAxis(
        result.buffer, outer: dimensions[..<axis].reduce(1, *), axis: shape[axis],
        inner: dimensions[(axis + 1)...].reduce(1, *), into: next.buffer)
      result = next
    }
    let old = self.shape
    return Tape.record(result, (self, { try $0.summed(to: old) }))
  }

  /// Sums along the axes whose length is 1 in `shape`: the transpose of `broadcast`. Differentiable twice.
  package func summed(to shape: Shape) throws -> Tensor {
    try plainOnly("sum", self)
    guard shape.rank == self.shape.rank,
      zip(shape.dimensions, self.shape.dimensions).allSatisfy({ $0 == $1 || $0 == 1 })
    else { throw ShapeError("sum", "\(self.shape) does not shrink to \(shape)") }
    var result = self.detached
    for axis in (0..<shape.rank).reversed() where result.shape[axis] != shape[axis] {
      let before = result.shape.dimensions
      var dimensions = before
      dimensions[axis] = 1
      let next = Tensor(FloatBuffer(count: Shape(dimensions).count), Shape(dimensions))
      Reduction.sumAxis(
        result.buffer, outer: before[..<axis].reduce(1, *), axis: before[axis],
        inner: before[(axis + 1)...].reduce(1, *), into: next.buffer)
      result = next
    }
    let old = self.shape
    return Tape.record(result, (self, { try $0.broadcast(to: old) }))
  }

  /// The mean along the axes whose length is 1 in `shape`. Differentiable twice.
  package func averaged(to shape: Shape) throws -> Tensor {
    try summed(to: shape) * Float(Double(shape.count) / Double(max(1, self.shape.count)))
  }

  /// The elements `range` of an axis. Differentiable twice.
  package func sliced(_ axis: Int, _ range: Range<Int>) throws -> Tensor {
    try plainOnly("slice", self)
    guard axis >= 0, axis < shape.rank, range.lowerBound >= 0, range.upperBound <= shape[axis], !range.isEmpty else {
      throw ShapeError("slice", "\(range) of axis \(axis) of \(shape)")
    }
    var dimensions = shape.dimensions
    let (outer, inner, length) = (
      dimensions[..<axis].reduce(1, *), dimensions[(axis + 1)...].reduce(1, *), dimensions[axis]
    )
    dimensions[axis] = range.count
    let result = Tensor(FloatBuffer(count: Shape(dimensions).count), Shape(dimensions))
    for o in 0..<outer {
      Strided.copy(
        buffer, from: (o * length + range.lowerBound) * inner, into: result.buffer, from: o * range.count * inner,
        count: range.count * inner)
    }
    return Tape.record(result, (self, { try $0.padded(axis, before: range.lowerBound, after: length - range.upperBound) }))
  }

  /// Zeros before and after an axis: the transpose of `sliced`. Differentiable twice.
  package func padded(_ axis: Int, before: Int, after: Int) throws -> Tensor {
    try plainOnly("pad", self)
    guard axis >= 0, axis < shape.rank, before >= 0, after >= 0 else {
      throw ShapeError("pad", "\(before) and \(after) on axis \(axis) of \(shape)")
    }
    var dimensions = shape.dimensions
    let (outer, inner, length) = (
      dimensions[..<axis].reduce(1, *), dimensions[(axis + 1)...].reduce(1, *), dimensions[axis]
    )
    dimensions[axis] = before + length + after
    let result = Tensor(FloatBuffer(repeating: 0, count: Shape(dimensions).count), Shape(dimensions))
    for o in 0..<outer {
      Strided.copy(
        buffer, from: o * length * inner, into: result.buffer, from: (o * dimensions[axis] + before) * inner,
        count: length * inner)
    }
    return Tape.record(result, (self, { try $0.sliced(axis, before..<before + length) }))
  }

  /// The axes in another order: axis `i` of the result is axis `order[i]`. Differentiable twice.
  package func permuted(_ order: [Int]) throws -> Tensor {
    try plainOnly("permute", self)
    guard order.sorted() == Array(0..<shape.rank) else { throw ShapeError("permute", "\(order) of \(shape)") }
    let result = Tensor(FloatBuffer(count: shape.count), Shape(order.map { shape[$0] }))
    Strided.permute(buffer, shape.dimensions, order, into: result.buffer)
    let inverse = (0..<order.count).map { axis in order.firstIndex(of: axis) ?? axis }
    return Tape.record(result, (self, { try $0.permuted(inverse) }))
  }

  /// An axis in reverse. Differentiable twice.
  package func reversed(_ axis: Int) throws -> Tensor {
    let parts = try (0..<shape[axis]).reversed().map { try sliced(axis, $0..<$0 + 1) }
    return try concatenated(parts, axis)
  }
}

/// Tensors one behind another along an axis. Differentiable twice.
package func concatenated(_ parts: [Tensor], _ axis: Int) throws -> Tensor {
  guard let first = parts.first else { throw ShapeError("concatenate", "there is nothing to join") }
  var total = 0
  for part in parts {
    try plainOnly("concatenate", part)
    var (a, b) = (first.shape.dimensions, part.shape.dimensions)
    guard axis >= 0, axis < a.count, a.count == b.count else {
      throw ShapeError("concatenate", "\(first.shape) and \(part.shape) on axis \(axis)")
    }
    total += b[axis]
    a[axis] = 0
    b[axis] = 0
    guard a == b else { throw ShapeError("concatenate", "\(first.shape) and \(part.shape) on axis \(axis)") }
  }
  var dimensions = first.shape.dimensions
  dimensions[axis] = total
  let outer = dimensions[..<axis].reduce(1, *), inner = dimensions[(axis + 1)...].reduce(1, *)
  let result = Tensor(FloatBuffer(count: Shape(dimensions).count), Shape(dimensions))
  var inputs: [(Tensor, Tape.Pullback)] = []
  var start = 0
  for part in parts {
    let length = part.shape[axis], place = start
    for o in 0..<outer {
      Strided.copy(
        part.buffer, from: o * length * inner, into: result.buffer, from: (o * total + place) * inner,
        count: length * inner)
    }
    inputs.append((part, { try $0.sliced(axis, place..<place + length) }))
    start += length
  }
  return Tape.record(result, inputs)
}
