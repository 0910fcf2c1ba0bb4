package import NeuralNetworks
internal import Tensors

/// A generator that is done: its averaged weights with the average code measured, and the discriminator of that moment.
package struct TrainedGenerator {
  package let generator: TrainableGenerator
  /// nil for a pack without one.
  package let discriminator: Discriminator?
  /// Of w over 10 000 codes, for each number: `[w]`, or `[layers · w]` where the rows differ.
  package let mean: [Float]
  package let deviation: [Float]

  package static let codes = 10_000

  /// Of a training: the average code becomes the measured one.
  package init(average: TrainableGenerator, discriminator: Discriminator, random: RandomNumbers) throws {
    (mean, deviation) = try Self.spread(of: average, random)
    var generator = average
    generator.parameters["truncation.w_avg"] = Tensor(mean, [mean.count])
    self.generator = generator
    self.discriminator = discriminator
  }

  /// Of a pack: the average code stays as it is.
  package init(packed generator: TrainableGenerator, discriminator: Discriminator?, random: RandomNumbers) throws {
    (mean, deviation) = try Self.spread(of: generator, random)
    self.generator = generator
    self.discriminator = discriminator
  }

  private static func spread(
    of generator: TrainableGenerator, _ random: RandomNumbers
  ) throws -> (mean: [Float], deviation: [Float]) {
    let settings = generator.settings, width = settings.wDimension * (settings.repeatW ? 1 : settings.layers)
    var sums = [Double](repeating: 0, count: width), squares = sums
    for part in 0..<codes / 500 {
      let z = random.normals(.averageCodes, part, [500, generator.settings.zDimension])
      for row in try generator.w(fromZ: z).rows {
        for index in 0..<width {
          sums[index] += Double(row[index])
          squares[index] += Double(row[index]) * Double(row[index])
        }
      }
    }
    let count = Double(codes)
    return (
      sums.map { Float($0 / count) },
      zip(sums, squares).map { Float(max(0, $1 / count - $0 / count * ($0 / count)).squareRoot()) }
    )
  }

  /// For use: frozen and packed.
  func packed() throws -> Generator {
    try Generator(settings: generator.settings, weights: ParameterSource(generator.parameters))
  }
}
