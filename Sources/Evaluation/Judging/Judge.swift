internal import Editing
package import Images
package import NeuralNetworks
package import Statistics
internal import Tensors

/// What a pack's own networks say of saved pictures.
package struct Judge {
  let perceptual: PerceptualNetwork
  let discriminator: Discriminator?

  package init(perceptual: PerceptualNetwork, discriminator: Discriminator?) {
    self.perceptual = perceptual
    self.discriminator = discriminator
  }

  /// Perceptual distance by level; see `PerceptualNetwork.distances`.
  func levels(_ a: Picture, _ b: Picture) throws -> [Double] {
    try perceptual.distances(ImageTensors.tensor(a), ImageTensors.tensor(b))[0]
  }

  func distance(_ a: Picture, _ b: Picture) throws -> Double { try levels(a, b).reduce(0, +) }

  /// The two coarse levels alone: shape and identity rather than texture.
  func shapeDistance(_ a: Picture, _ b: Picture) throws -> Double { try levels(a, b)[2...].reduce(0, +) }

  /// One vector for each picture, for distances of sets.
  package func features(_ pictures: [Picture]) throws -> Matrix {
    Matrix(rows: try pictures.flatMap { try perceptual.pooledFeatures(ImageTensors.tensor($0)) })
  }

  /// The features averaged over a grid of 4 × 4: what is where, for telling labels apart.
  func map(_ picture: Picture) throws -> [Double] {
    let features = try perceptual.features(ImageTensors.tensor(picture))
    let (channels, side) = (features.shape[1], features.shape[2]), values = features.values
    let cells = min(4, side), cell = side / cells
    return (0..<channels * cells * cells).map { index in
      let (channel, place) = index.quotientAndRemainder(dividingBy: cells * cells)
      let (row, column) = place.quotientAndRemainder(dividingBy: cells)
      var sum = 0.0
      for y in row * cell..<(row + 1) * cell {
        for x in column * cell..<(column + 1) * cell { sum += Double(values[(channel * side + y) * side + x]) }
      }
      return sum / Double(cell * cell)
    }
  }

  /// The discriminator's raw output in batches of four of the same kind, in their order; the last batch is filled with
  /// the first pictures. nil without a discriminator.
  func scores(_ pictures: [Picture]) throws -> [Double]? {
    guard let discriminator, !pictures.isEmpty else { return nil }
    var scores: [Double] = []
    for start in stride(from: 0, to: pictures.count, by: 4) {
      let batch = (start..<start + 4).map { ImageTensors.tensor(pictures[$0 % pictures.count]) }
      let side = pictures[0].width
      let values = try discriminator.score(Tensor(batch.flatMap(\.values), [4, 3, side, side])).values
      scores += values.prefix(pictures.count - start).map(Double.init)
    }
    return scores
  }
}

/// A Fréchet distance divided by the spread of the photographs it is measured against.
func relativeFrechet(_ a: FeatureSet, _ reference: FeatureSet) throws -> Double {
  try FrechetDistance(a, reference).value / (reference.trace > 0 ? reference.trace : 1)
}
