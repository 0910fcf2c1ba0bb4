/// ProGAN's sliced Wasserstein distance of two sets of pictures: patches of each level of their Laplacian pyramids,
/// projected on random directions. Source: Karras et al. 2018, section 5; Rabin et al. 2011.
package struct SlicedDistance: Sendable, Equatable {
  /// From the full side down to 16; times 1000, as is usual.
  package let levels: [(side: Int, value: Double)]

  /// Mean of the levels.
  package var mean: Double { levels.reduce(0) { $0 + $1.value } / Double(max(1, levels.count)) }

  package static func == (a: SlicedDistance, b: SlicedDistance) -> Bool {
    a.levels.elementsEqual(b.levels) { $0.side == $1.side && $0.value == $1.value }
  }

  /// - Parameters:
  ///   - a, b: the patches of each level, of equally many pictures, from `PatchSet`.
  ///   - seed: draws the directions; the same for what is to be compared.
  package init(_ a: PatchSet, _ b: PatchSet, seed: UInt64, directions: Int = 512) throws(LinearAlgebraError) {
    var levels: [(side: Int, value: Double)] = []
    for (x, y) in zip(a.levels, b.levels) {
      var generator = RandomNumbers(seed: seed, stream: "directions \(x.side)")
      let length = 3 * PatchSet.patchSide * PatchSet.patchSide
      let raw = (0..<directions).flatMap { _ in
        let vector = (0..<length).map { _ in generator.normal() }
        let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return vector.map { $0 / norm }
      }
      levels.append((
        x.side,
        try Self.value(x.descriptors, y.descriptors, directions: Matrix(rows: length, columns: directions, values: raw))
      ))
    }
    self.levels = levels
  }

  /// One level's distance along given directions.
  ///
  /// - Parameters:
  ///   - a, b: equally many descriptors, `[count, 3 · 7 · 7]`, channel by channel, not normalized.
  ///   - directions: `[3 · 7 · 7, count]`.
  package static func value(_ a: Matrix, _ b: Matrix, directions: Matrix) throws(LinearAlgebraError) -> Double {
    precondition(a.rows == b.rows, "\(a.rows) and \(b.rows) patches")
    let projectedA = try normalized(a).times(directions), projectedB = try normalized(b).times(directions)
    var sum = 0.0
    for column in 0..<directions.columns {
      let x = projectedA.column(column).sorted(), y = projectedB.column(column).sorted()
      for index in x.indices { sum += abs(x[index] - y[index]) }
    }
    return 1000 * sum / Double(a.rows * directions.columns)
  }

  /// Each channel of the whole set brought to mean 0 and deviation 1.
  private static func normalized(_ descriptors: Matrix) -> Matrix {
    var result = descriptors
    let length = descriptors.values.count / 3
    for channel in 0..<3 {
      let range = channel * length..<(channel + 1) * length
      let mean = descriptors.values[range].reduce(0, +) / Double(length)
      let variance = descriptors.values[range].reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(length)
      let deviation = variance > 0 ? variance.squareRoot() : 1
      for index in range { result.values[index] = (descriptors.values[index] - mean) / deviation }
    }
    return result
  }
}

/// Patches of 7×7 from each level of pictures' pyramids.
package struct PatchSet: Sendable {
  package static let patchSide = 7
  package static let patchesPerPicture = 128

  /// Descriptors `[pictures · patches, 3 · 7 · 7]`, channel by channel, rows from the top.
  package let levels: [(side: Int, descriptors: Matrix)]

  /// - Parameters:
  ///   - pictures: `[height, width, 3]` bytes each, square, the side a power of two from 16 up.
  ///   - seed: draws the places, the same for every set of so many pictures.
  package init(_ pictures: [[UInt8]], side: Int, seed: UInt64, patches: Int = patchesPerPicture) {
    let length = 3 * Self.patchSide * Self.patchSide, count = pictures.count * patches
    var found: [Int: [Double]] = [:]
    for (index, picture) in pictures.enumerated() {
      var generator = RandomNumbers(seed: seed, stream: "patches \(index)")
      for level in LaplacianPyramid.levels(of: Self.planes(picture, side: side), side: side) {
        if found[level.side] == nil { found[level.side] = [Double](repeating: 0, count: count * length) }
        for patch in 0..<patches {
          let x = generator.pick(below: level.side - Self.patchSide + 1)
          let y = generator.pick(below: level.side - Self.patchSide + 1)
          let values = Self.patch(level.planes, side: level.side, x: x, y: y)
          for (column, value) in values.enumerated() {
            found[level.side]?[column * count + index * patches + patch] = value
          }
        }
      }
    }
    levels = found.keys.sorted(by: >).map { side in
      (side, Matrix(rows: count, columns: length, values: found[side] ?? []))
    }
  }

  /// The patch whose upper left corner is at x, y.
  package static func patch(_ planes: [Double], side: Int, x: Int, y: Int) -> [Double] {
    (0..<3).flatMap { channel in
      (0..<patchSide).flatMap { row in
        let start = (channel * side + y + row) * side + x
        return planes[start..<start + patchSide]
      }
    }
  }

  static func planes(_ picture: [UInt8], side: Int) -> [Double] {
    precondition(picture.count == 3 * side * side, "a picture of \(picture.count) bytes for a side of \(side)")
    return (0..<3).flatMap { channel in (0..<side * side).map { Double(picture[$0 * 3 + channel]) } }
  }
}
