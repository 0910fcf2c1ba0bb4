package import Tensors

extension PerceptualNetwork {
  /// The convolutions, by index, whose activations a perceptual distance compares: the last before each halving and the
  /// last of all.
  package static let levelIndices = [2, 7, 14, 21]

  /// Activations after the ReLUs of four convolutions, from fine to coarse.
  ///
  /// - Parameter pictures: `[batch, 3, resolution, resolution]`, RGB in [-1, 1].
  /// - Returns: four maps `[batch, width, side, side]`, sides falling by halves.
  /// - Throws: `ShapeError` when the pictures are of another size.
  package func levels(_ pictures: Tensor) throws -> [Tensor] {
    let names = Self.levelIndices.map { "layer\($0 + 1)" }
    var levels: [Tensor] = []
    _ = try features(pictures) { name, value in
      if names.contains(name) { levels.append(value) }
    }
    return levels
  }

  /// The features averaged over places, one vector for each picture: what a feature distance compares.
  ///
  /// - Parameter pictures: `[batch, 3, resolution, resolution]`, RGB in [-1, 1].
  /// - Throws: `ShapeError` when the pictures are of another size.
  package func pooledFeatures(_ pictures: Tensor) throws -> [[Double]] {
    let features = try features(pictures), values = features.values
    let (channels, places) = (features.shape[1], features.shape[2] * features.shape[3])
    return (0..<features.shape[0]).map { item in
      (0..<channels).map { channel in
        let start = (item * channels + channel) * places
        return values[start..<start + places].reduce(0) { $0 + Double($1) } / Double(places)
      }
    }
  }

  /// The perceptual distance of each of `a` and its partner of `b`, level by level; their sum is the distance.
  ///
  /// The vectors of a place are divided by their length; what is averaged over places is their squared difference.
  /// Source: Zhang et al. 2018 (LPIPS), without its learned weights.
  ///
  /// - Parameters:
  ///   - a, b: `[batch, 3, resolution, resolution]`, RGB in [-1, 1].
  /// - Returns: four numbers from 0 to 2 for each pair, from fine to coarse.
  /// - Throws: `ShapeError` when the pictures are of another size.
  package func distances(_ a: Tensor, _ b: Tensor) throws -> [[Double]] {
    guard a.shape == b.shape else { throw ShapeError("perceptual distance", "pictures of \(a.shape) and \(b.shape)") }
    let perLevel = try zip(levels(a), levels(b)).map { x, y in Self.distances(x, y) }
    return (0..<a.shape[0]).map { item in perLevel.map { $0[item] } }
  }

  private static func distances(_ x: Tensor, _ y: Tensor) -> [Double] {
    let (batch, channels, places) = (x.shape[0], x.shape[1], x.shape[2] * x.shape[3])
    let (xValues, yValues) = (x.values, y.values)
    return (0..<batch).map { item in
      var sum = 0.0
      for place in 0..<places {
        // |x/|x| - y/|y||², with the same small number added to lengths as in LPIPS.
        var (squaresX, squaresY, product) = (0.0, 0.0, 0.0)
        for channel in 0..<channels {
          let index = (item * channels + channel) * places + place
          let (p, q) = (Double(xValues[index]), Double(yValues[index]))
          squaresX += p * p
          squaresY += q * q
          product += p * q
        }
        let (lengthX, lengthY) = (squaresX.squareRoot() + 1e-10, squaresY.squareRoot() + 1e-10)
        let (unitX, unitY) = (squaresX / (lengthX * lengthX), squaresY / (lengthY * lengthY))
        sum += max(0, unitX + unitY - 2 * product / (lengthX * lengthY))
      }
      return sum / Double(places)
    }
  }
}
