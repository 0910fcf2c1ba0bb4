/// What one layer costs at the least, forward or backward alike: the backward pass of a frozen layer to its input does
/// the same products with the same weights.
package struct LayerCost: Sendable, Equatable {
  /// As in "256→256 3×3 @64".
  package let name: String
  /// Multiplications and additions of plain loops over the layer as PyTorch runs it, in units of 10⁹.
  package let directGFLOP: Double
  /// The ways to compute it; a bound takes the quickest.
  package let ways: [Way]

  /// A way to compute a layer.
  package struct Way: Sendable, Equatable {
    /// Multiplications and additions in units of 10⁹, transforms not counted.
    package let gflop: Double
    /// Bytes that must come from memory: the weights in the form this way needs, the input and the output, once each.
    package let bytes: Double

    package init(gflop: Double, bytes: Double) {
      self.gflop = gflop
      self.bytes = bytes
    }
  }

  package init(name: String, directGFLOP: Double, ways: [Way]) {
    self.name = name
    self.directGFLOP = directGFLOP
    self.ways = ways
  }

  /// A pass over memory that computes next to nothing.
  package init(name: String, bytes: Double) {
    self.init(name: name, directGFLOP: 0, ways: [Way(gflop: 0, bytes: bytes)])
  }

  /// The least time in milliseconds on a machine: for the quickest way, the larger of computing and of reading.
  package func bound(peakGFLOPS: Double, bandwidthGBS: Double) -> Double {
    ways.map { max($0.gflop / peakGFLOPS, $0.bytes * 1e-9 / bandwidthGBS) * 1e3 }.min() ?? 0
  }

  /// The same when every layer runs as plain loops over it would.
  package func directBound(peakGFLOPS: Double, bandwidthGBS: Double) -> Double {
    guard let bytes = ways.first?.bytes else { return 0 }
    return max(directGFLOP / peakGFLOPS, bytes * 1e-9 / bandwidthGBS) * 1e3
  }

  /// A convolution with padding that keeps the size.
  package static func convolution(_ inputs: Int, _ outputs: Int, kernel: Int, side: Int) -> LayerCost {
    let pixels = Double(side * side), channels = Double(inputs * outputs), taps = Double(kernel * kernel)
    let maps = 4 * pixels * Double(inputs + outputs)
    let direct = 2e-9 * pixels * channels * taps
    var ways = [Way(gflop: direct, bytes: 4 * channels * taps + maps)]
    // Winograd F(n×n, 3×3): (n + 2)² products for the n² pixels of a tile (Lavin and Gray 2016).
    for n in [4, 2] where kernel == 3 {
      let tiles = Double((side + n - 1) / n * ((side + n - 1) / n)), products = Double((n + 2) * (n + 2)) * channels
      ways.append(Way(gflop: 2e-9 * tiles * products, bytes: 4 * products + maps))
    }
    return LayerCost(name: "\(inputs)→\(outputs) \(kernel)×\(kernel) @\(side)", directGFLOP: direct, ways: ways)
  }

  /// An up-convolution from `side / 2` to `side`; the blur that follows is linear and costs nothing of its own.
  package static func up(_ inputs: Int, _ outputs: Int, side: Int, isFused: Bool) -> LayerCost {
    let pixels = Double(side * side) / 4, channels = Double(inputs * outputs)
    let maps = 4 * pixels * Double(inputs + 4 * outputs)
    // Fused: a transposed 4×4 convolution. Unfused: a 3×3 convolution of the doubled map.
    let direct = 2e-9 * pixels * channels * (isFused ? 16 : 36)
    // Along one axis the two pixels over an input pixel need three products, the four over a pair of them five
    // (Toom-Cook; one of six points vanishes on a doubled signal): 9 a pixel, or 25 for four.
    return LayerCost(
      name: "\(inputs)→\(outputs) up @\(side)", directGFLOP: direct,
      ways: [
        Way(gflop: 2e-9 * pixels * channels * 9, bytes: 4 * 9 * channels + maps),
        Way(gflop: 2e-9 * pixels / 4 * channels * 25, bytes: 4 * 25 * channels + maps),
      ])
  }

  package static func dense(_ inputs: Int, _ outputs: Int) -> LayerCost {
    let products = Double(inputs * outputs)
    return LayerCost(
      name: "\(inputs)→\(outputs) dense", directGFLOP: 2e-9 * products,
      ways: [Way(gflop: 2e-9 * products, bytes: 4 * products)])
  }
}
