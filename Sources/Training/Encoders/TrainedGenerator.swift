package import NeuralNetworks
internal import Tensors

/// A generator that is done: its averaged weights with the average code measured, and the discriminator of that moment.
package struct TrainedGenerator {
  package let generator: TrainableGenerator
  package let discriminator: Discriminator
  /// Of w over 10 000 codes: mean (in the generator, too) and deviation, for each number.
  package let deviation: [Float]

  package static let codes = 10_000

  package init(average: TrainableGenerator, discriminator: Discriminator, random: RandomNumbers) throws {
    var generator = average
    let width = generator.settings.wDimension
    var sums = [Double](repeating: 0, count: width), squares = sums
    for part in 0..<Self.codes / 500 {
      let z = random.normals(.averageCodes, part, [500, generator.settings.zDimension])
      for row in try generator.w(fromZ: z).rows {
        for index in 0..<width {
          sums[index] += Double(row[index])
          squares[index] += Double(row[index]) * Double(row[index])
        }
      }
    }
    let count = Double(Self.codes)
    generator.parameters["truncation.w_avg"] = Tensor(sums.map { Float($0 / count) }, [width])
    deviation = zip(sums, squares).map { Float(max(0, $1 / count - $0 / count * ($0 / count)).squareRoot()) }
    self.generator = generator
    self.discriminator = discriminator
  }

  package var mean: [Float] { generator.parameters["truncation.w_avg"]?.values ?? [] }

  /// For use: frozen and packed.
  func packed() throws -> Generator {
    try Generator(settings: generator.settings, weights: ParameterSource(generator.parameters))
  }
}
