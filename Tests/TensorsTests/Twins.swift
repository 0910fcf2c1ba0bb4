import Foundation

/// An array in double with a shape: what the naive twins of operations compute with.
struct Reference {
  var shape: [Int]
  var values: [Double]

  init(_ shape: [Int], _ values: [Double]) {
    precondition(shape.reduce(1, *) == values.count)
    self.shape = shape
    self.values = values
  }

  /// Builds an array from a function of the index along each axis.
  init(_ shape: [Int], _ element: ([Int]) -> Double) {
    var values: [Double] = []
    var index = [Int](repeating: 0, count: shape.count)
    for _ in 0..<shape.reduce(1, *) {
      values.append(element(index))
      for axis in shape.indices.reversed() {
        index[axis] += 1
        if index[axis] < shape[axis] { break }
        index[axis] = 0
      }
    }
    self.init(shape, values)
  }

  /// The element at an index, or 0 outside.
  func at(_ index: [Int]) -> Double {
    var place = 0
    for axis in shape.indices {
      if index[axis] < 0 || index[axis] >= shape[axis] { return 0 }
      place = place * shape[axis] + index[axis]
    }
    return values[place]
  }

  func map(_ function: (Double) -> Double) -> Reference { Reference(shape, values.map(function)) }
}

/// Operations in plain loops and double, written from their formulas and sharing nothing with the engine.
enum Twin {
  static func elementwise(_ a: Reference, _ b: Reference, _ f: (Double, Double) -> Double) -> Reference {
    Reference(a.shape, zip(a.values, b.values).map(f))
  }

  static func leakyReLU(_ x: Reference, _ slope: Double) -> Reference { x.map { $0 > 0 ? $0 : slope * $0 } }

  static func broadcast(_ x: Reference, _ shape: [Int]) -> Reference {
    Reference(shape) { i in x.at(i.indices.map { x.shape[$0] == 1 ? 0 : i[$0] }) }
  }

  static func summed(_ x: Reference, _ shape: [Int]) -> Reference {
    var result = Reference(shape) { _ in 0 }
    _ = Reference(x.shape) { i in
      var place = 0
      for axis in shape.indices { place = place * shape[axis] + (shape[axis] == 1 ? 0 : i[axis]) }
      result.values[place] += x.at(i)
      return 0
    }
    return result
  }

  static func averaged(_ x: Reference, _ shape: [Int]) -> Reference {
    summed(x, shape).map { $0 * Double(shape.reduce(1, *)) / Double(x.values.count) }
  }

  static func sliced(_ x: Reference, _ axis: Int, _ range: Range<Int>) -> Reference {
    var shape = x.shape
    shape[axis] = range.count
    return Reference(shape) { i in
      var i = i
      i[axis] += range.lowerBound
      return x.at(i)
    }
  }

  static func padded(_ x: Reference, _ axis: Int, _ before: Int, _ after: Int) -> Reference {
    var shape = x.shape
    shape[axis] += before + after
    return Reference(shape) { i in
      var i = i
      i[axis] -= before
      return x.at(i)
    }
  }

  static func permuted(_ x: Reference, _ order: [Int]) -> Reference {
    Reference(order.map { x.shape[$0] }) { i in
      var source = i
      for (place, axis) in order.enumerated() { source[axis] = i[place] }
      return x.at(source)
    }
  }

  static func reversed(_ x: Reference, _ axis: Int) -> Reference {
    Reference(x.shape) { i in
      var i = i
      i[axis] = x.shape[axis] - 1 - i[axis]
      return x.at(i)
    }
  }

  static func concatenated(_ parts: [Reference], _ axis: Int) -> Reference {
    var shape = parts[0].shape
    shape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
    return Reference(shape) { i in
      var i = i
      for part in parts {
        if i[axis] < part.shape[axis] { return part.at(i) }
        i[axis] -= part.shape[axis]
      }
      return .nan
    }
  }

  static func matrixProduct(_ a: Reference, _ b: Reference, _ ta: Bool, _ tb: Bool) -> Reference {
    let m = a.shape[ta ? 1 : 0], k = a.shape[ta ? 0 : 1], n = b.shape[tb ? 0 : 1]
    return Reference([m, n]) { i in
      (0..<k).reduce(0) { $0 + a.at(ta ? [$1, i[0]] : [i[0], $1]) * b.at(tb ? [i[1], $1] : [$1, i[1]]) }
    }
  }

  static func dense(_ x: Reference, _ w: Reference, _ b: Reference) -> Reference {
    let y = matrixProduct(x, w, false, true)
    return Reference(y.shape) { y.at($0) + b.values[$0[1]] }
  }

  static func convolve(_ x: Reference, _ w: Reference, _ padding: Int) -> Reference {
    let k = w.shape[2]
    let shape = [x.shape[0], w.shape[0], x.shape[2] + 2 * padding - k + 1, x.shape[3] + 2 * padding - k + 1]
    return Reference(shape) { i in
      var sum = 0.0
      for c in 0..<x.shape[1] {
        for a in 0..<k {
          for b in 0..<k {
            sum += w.at([i[1], c, a, b]) * x.at([i[0], c, i[2] + a - padding, i[3] + b - padding])
          }
        }
      }
      return sum
    }
  }

  private static func half(_ x: Reference, _ f: ([Double]) -> Double) -> Reference {
    Reference([x.shape[0], x.shape[1], x.shape[2] / 2, x.shape[3] / 2]) { i in
      f([0, 1, 2, 3].map { x.at([i[0], i[1], 2 * i[2] + $0 / 2, 2 * i[3] + $0 % 2]) })
    }
  }

  static func sumPool(_ x: Reference) -> Reference { half(x) { $0.reduce(0, +) } }
  static func averagePool(_ x: Reference) -> Reference { half(x) { $0.reduce(0, +) / 4 } }
  static func maximumPool(_ x: Reference) -> Reference { half(x) { $0.reduce(-.infinity, max) } }
  static func maximumPool(_ x: Reference, window: Int) -> Reference {
    let sides = x.shape[2...].map { Int((Double($0 - window) / 2).rounded(.up)) + 1 }
    return Reference([x.shape[0], x.shape[1]] + sides) { i in
      var largest = -Double.infinity
      for row in 2 * i[2]..<2 * i[2] + window where row < x.shape[2] {
        for column in 2 * i[3]..<2 * i[3] + window where column < x.shape[3] {
          largest = max(largest, x.at([i[0], i[1], row, column]))
        }
      }
      return largest
    }
  }
  static func stride2Downsample(_ x: Reference) -> Reference { half(x) { $0[0] } }

  private static func doubled(_ x: Reference, _ f: (Double, Int, Int) -> Double) -> Reference {
    Reference([x.shape[0], x.shape[1], 2 * x.shape[2], 2 * x.shape[3]]) { i in
      f(x.at([i[0], i[1], i[2] / 2, i[3] / 2]), i[2] % 2, i[3] % 2)
    }
  }

  static func upsampleNearest(_ x: Reference) -> Reference { doubled(x) { value, _, _ in value } }
  static func zeroInsertUpsample(_ x: Reference) -> Reference { doubled(x) { $1 == 0 && $2 == 0 ? $0 : 0 } }

  static func blur(_ x: Reference) -> Reference {
    Reference(x.shape) { i in
      var sum = 0.0
      for a in -1...1 {
        for b in -1...1 { sum += Double((2 - abs(a)) * (2 - abs(b))) / 16 * x.at([i[0], i[1], i[2] + a, i[3] + b]) }
      }
      return sum
    }
  }

  static func instanceNormalize(_ x: Reference) -> Reference {
    let pixels = x.shape[2] * x.shape[3]
    var result = x
    for plane in 0..<x.values.count / pixels {
      let range = plane * pixels..<(plane + 1) * pixels
      let mean = x.values[range].reduce(0, +) / Double(pixels)
      let square = x.values[range].reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(pixels)
      for i in range { result.values[i] = (x.values[i] - mean) / (square + 1e-8).squareRoot() }
    }
    return result
  }

  static func batchNormalize(_ x: Reference, _ weight: Reference, _ bias: Reference) -> Reference {
    let places = x.values.count / (x.shape[0] * x.shape[1])
    func channel(_ i: Int) -> Int { i / places % x.shape[1] }
    var (sums, squares) = ([Double](repeating: 0, count: x.shape[1]), [Double](repeating: 0, count: x.shape[1]))
    let count = Double(x.shape[0] * places)
    for (i, value) in x.values.enumerated() { sums[channel(i)] += value / count }
    for (i, value) in x.values.enumerated() {
      squares[channel(i)] += (value - sums[channel(i)]) * (value - sums[channel(i)]) / count
    }
    var result = x
    for i in x.values.indices {
      let c = channel(i)
      result.values[i] = (x.values[i] - sums[c]) / (squares[c] + 1e-5).squareRoot() * weight.values[c] + bias.values[c]
    }
    return result
  }

  static func pixelNormalize(_ x: Reference) -> Reference {
    Reference(x.shape) { i in
      let square = (0..<x.shape[1]).reduce(0) { $0 + x.at([i[0], $1]) * x.at([i[0], $1]) } / Double(x.shape[1])
      return x.at(i) / (square + 1e-8).squareRoot()
    }
  }

  static func modulate(_ x: Reference, _ style: Reference) -> Reference {
    Reference(x.shape) { i in x.at(i) * (style.at([i[0], i[1]]) + 1) + style.at([i[0], x.shape[1] + i[1]]) }
  }

  static func minibatchDeviation(_ x: Reference, _ groupSize: Int) -> Reference {
    let size = x.shape[0] % groupSize == 0 ? groupSize : x.shape[0]
    let places = x.values.count / x.shape[0]
    let deviations = (0..<x.shape[0] / size).map { group -> Double in
      var sum = 0.0
      for place in 0..<places {
        let items = (0..<size).map { x.values[(group * size + $0) * places + place] }
        let mean = items.reduce(0, +) / Double(size)
        sum += (items.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(size) + 1e-8).squareRoot()
      }
      return sum / Double(places)
    }
    return Reference([x.shape[0], x.shape[1] + 1, x.shape[2], x.shape[3]]) { i in
      i[1] < x.shape[1] ? x.at(i) : deviations[i[0] / size]
    }
  }

  static func meanSquaredDifference(_ a: Reference, _ b: Reference) -> Reference {
    let count = a.values.count / a.shape[0]
    return Reference([a.shape[0]]) { i in
      (0..<count).reduce(0) { sum, place in
        let difference = a.values[i[0] * count + place] - b.values[i[0] * count + place]
        return sum + difference * difference
      } / Double(count)
    }
  }

  /// The transposed convolution of a fused up layer, in the scatter form of its definition: input (y, x) adds `k[a, b]` to
  /// output (2y - 1 + a, 2x - 1 + b), where k is the 3×3 kernel summed with its shifts.
  static func fusedUp(_ x: Reference, _ weights: Reference) -> Reference {
    let (inputs, outputs) = (weights.shape[2], weights.shape[3])
    let kernel = Reference([inputs, outputs, 4, 4]) { i in
      var sum = 0.0
      for (dy, dx) in [(0, 0), (1, 0), (0, 1), (1, 1)] { sum += weights.at([i[2] - dy, i[3] - dx, i[0], i[1]]) }
      return sum
    }
    let shape = [x.shape[0], outputs, 2 * x.shape[2], 2 * x.shape[3]]
    return Reference(shape) { i in
      var sum = 0.0
      for y in max(0, i[2] / 2 - 2)...i[2] / 2 + 2 {
        for xx in max(0, i[3] / 2 - 2)...i[3] / 2 + 2 {
          let (a, b) = (i[2] + 1 - 2 * y, i[3] + 1 - 2 * xx)
          if a < 0 || a > 3 || b < 0 || b > 3 { continue }
          for c in 0..<inputs { sum += x.at([i[0], c, y, xx]) * kernel.at([c, i[1], a, b]) }
        }
      }
      return sum
    }
  }
}
