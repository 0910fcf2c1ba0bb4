package import Tensors

/// Changes of color and place, and a hole, that the discriminator sees in reals and fakes alike. Differentiable twice.
///
/// Source: Zhao et al. 2020, "Differentiable augmentation for data-efficient GAN training"; numbers in
/// `Fixtures/training/ops.safetensors`, `diff_augment`.
package struct Augmentation: Sendable {
  /// From 0 to 1, one for each item.
  package var brightness: [Double]
  package var saturation: [Double]
  package var contrast: [Double]
  /// Output (y, x) is input (y + dy, x + dx).
  package var shifts: [(dy: Int, dx: Int)]
  /// Centers of squares of half the side.
  package var holes: [(y: Int, x: Int)]

  package init(
    brightness: [Double], saturation: [Double], contrast: [Double], shifts: [(dy: Int, dx: Int)], holes: [(y: Int, x: Int)]
  ) {
    self.brightness = brightness
    self.saturation = saturation
    self.contrast = contrast
    self.shifts = shifts
    self.holes = holes
  }

  /// Draws the numbers for a batch.
  package init(_ random: RandomNumbers, _ stream: RandomStream, _ iteration: Int, count: Int, side: Int) {
    func evens(_ part: Int) -> [Double] { (0..<count).map { random.uniform(stream, iteration, $0, part: part) } }
    func integers(_ part: Int, below limit: Int) -> [Int] {
      (0..<count).map { random.integer(below: limit, stream, iteration, $0, part: part) }
    }
    let reach = (side + 4) / 8, size = side / 2
    let centers = side + (1 - size % 2)
    self.init(
      brightness: evens(0), saturation: evens(1), contrast: evens(2),
      shifts: zip(integers(3, below: 2 * reach + 1), integers(4, below: 2 * reach + 1)).map { ($0 - reach, $1 - reach) },
      holes: zip(integers(5, below: centers), integers(6, below: centers)).map { ($0, $1) })
  }

  /// - Parameter pictures: `[n, 3, side, side]`, plain.
  package func callAsFunction(_ pictures: Tensor) throws -> Tensor {
    let shape = pictures.shape, count = shape[0], each: Shape = [count, 1, 1, 1]
    guard shape.rank == 4, [saturation.count, contrast.count, shifts.count, holes.count, brightness.count]
      .allSatisfy({ $0 == count })
    else { throw ShapeError("augmentation", "numbers for \(brightness.count) items and pictures of \(shape)") }
    func spread(_ values: [Double]) throws -> Tensor {
      try Tensor(values.map { Float($0) }, each).broadcast(to: shape)
    }
    var x = try pictures + spread(brightness.map { $0 - 0.5 })
    let gray = try x.averaged(to: [count, 1, shape[2], shape[3]]).broadcast(to: shape)
    x = try (x - gray) * spread(saturation.map { 2 * $0 }) + gray
    let level = try x.averaged(to: each).broadcast(to: shape)
    x = try (x - level) * spread(contrast.map { $0 + 0.5 }) + level
    return try concatenated((0..<count).map { try moved(x.sliced(0, $0..<$0 + 1), shifts[$0]) }, 0) * mask(shape)
  }

  private func moved(_ item: Tensor, _ shift: (dy: Int, dx: Int)) throws -> Tensor {
    try moved(try moved(item, axis: 2, by: shift.dy), axis: 3, by: shift.dx)
  }

  private func moved(_ item: Tensor, axis: Int, by shift: Int) throws -> Tensor {
    let length = item.shape[axis]
    if shift == 0 { return item }
    guard abs(shift) < length else { return item * 0 }
    return shift > 0
      ? try item.sliced(axis, shift..<length).padded(axis, before: 0, after: shift)
      : try item.sliced(axis, 0..<length + shift).padded(axis, before: -shift, after: 0)
  }

  private func mask(_ shape: Shape) -> Tensor {
    let (channels, height, width) = (shape[1], shape[2], shape[3])
    var values = [Float](repeating: 1, count: shape.count)
    let (tall, wide) = (height / 2, width / 2)
    for (item, hole) in holes.enumerated() {
      let rows = max(0, hole.y - tall / 2)..<max(0, min(height, hole.y - tall / 2 + tall))
      let columns = max(0, hole.x - wide / 2)..<max(0, min(width, hole.x - wide / 2 + wide))
      for channel in 0..<channels {
        for y in rows {
          let start = ((item * channels + channel) * height + y) * width
          for x in columns { values[start + x] = 0 }
        }
      }
    }
    return Tensor(values, shape)
  }
}
