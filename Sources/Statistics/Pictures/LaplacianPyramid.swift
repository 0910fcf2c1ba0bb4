/// A picture's planes, each with what its next smaller version cannot say, as ProGAN's sliced distance compares them:
/// blurred by [1 4 6 4 1]² / 256 with borders mirrored without repeating the edge. Source: Burt and Adelson 1983.
package enum LaplacianPyramid {
  /// Levels of square planes, from the full side down to `smallest`, the last one being what is left.
  ///
  /// - Parameters:
  ///   - planes: `[count, side, side]`, the side a power of two at least as large as `smallest`.
  /// - Returns: for each level its side and its planes.
  package static func levels(of planes: [Double], side: Int, smallest: Int = 16) -> [(side: Int, planes: [Double])] {
    guard side > smallest else { return [(side, planes)] }
    let smaller = halved(planes, side: side)
    let larger = doubled(smaller, side: side / 2)
    let rest = planes.indices.map { planes[$0] - larger[$0] }
    return [(side, rest)] + levels(of: smaller, side: side / 2, smallest: smallest)
  }

  private static let taps: [Double] = [1, 4, 6, 4, 1].map { $0 / 16 }

  static func halved(_ planes: [Double], side: Int) -> [Double] {
    let soft = blurred(planes, side: side), half = side / 2
    var result: [Double] = []
    result.reserveCapacity(planes.count / 4)
    for plane in 0..<planes.count / (side * side) {
      for y in 0..<half {
        for x in 0..<half { result.append(soft[(plane * side + 2 * y) * side + 2 * x]) }
      }
    }
    return result
  }

  static func doubled(_ planes: [Double], side: Int) -> [Double] {
    let double = side * 2
    var spread = [Double](repeating: 0, count: planes.count * 4)
    for plane in 0..<planes.count / (side * side) {
      for y in 0..<side {
        for x in 0..<side { spread[(plane * double + 2 * y) * double + 2 * x] = 4 * planes[(plane * side + y) * side + x] }
      }
    }
    return blurred(spread, side: double)
  }

  private static func blurred(_ planes: [Double], side: Int) -> [Double] {
    let mirrored = (0..<side).map { center in (-2...2).map { offset in
      let index = abs(center + offset)
      return index < side ? index : 2 * (side - 1) - index
    } }
    var rows = planes, result = planes
    for row in 0..<planes.count / side {
      for x in 0..<side {
        var sum = 0.0
        for tap in 0..<5 { sum += taps[tap] * planes[row * side + mirrored[x][tap]] }
        rows[row * side + x] = sum
      }
    }
    for plane in 0..<planes.count / (side * side) {
      for y in 0..<side {
        for x in 0..<side {
          var sum = 0.0
          for tap in 0..<5 { sum += taps[tap] * rows[(plane * side + mirrored[y][tap]) * side + x] }
          result[(plane * side + y) * side + x] = sum
        }
      }
    }
    return result
  }
}
