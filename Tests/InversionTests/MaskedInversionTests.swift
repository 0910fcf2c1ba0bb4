import Inversion
import Tensors
import TestSupport
import Testing

/// What a mask does to the objective.
@Suite struct MaskedInversionTests {
  @Test("A mask of ones changes nothing, and half of one is half")
  func stitching() throws {
    let (a, b) = (Tensor([1, 2, 3, 4, 5, 6], [1, 3, 1, 2]), Tensor([9, 9, 9, 9, 9, 9], [1, 3, 1, 2]))
    #expect(try stitch(target: a, context: b, mask: Tensor([1, 1], [1, 1, 1, 2])).values == a.values)
    #expect(try stitch(target: a, context: b, mask: Tensor([0.5, 0], [1, 1, 1, 2])).values == [5, 9, 6, 9, 7, 9])
  }

  @Test("The masked terms of a pixel that counts are those of the picture without the others")
  func objective() throws {
    let model = ToyModel()
    let side = model.resolution
    var seeds = SeededGenerator(seed: 5)
    let target = Tensor((0..<3 * side * side).map { _ in Float.random(in: -1...1, using: &seeds) }, [1, 3, side, side])
    let mask = Tensor((0..<side * side).map { $0 % 3 == 0 ? 0 : 1 }, [1, 1, side, side])
    let codes = model.averageCode
    let masked = try Objective(
      target: target, model: model, weights: LossWeights(perceptual: 0, domain: 0), mask: mask, normalization: .area)
      .evaluate(codes, wantsGradient: false).losses[0]
    let picture = try model.synthesize(codes).values
    var (sum, count) = (0.0, 0.0)
    for index in picture.indices where (index % (side * side)) % 3 != 0 {
      let difference = Double(picture[index] - target.values[index])
      sum += difference * difference
      count += 1
    }
    #expect(abs(Double(masked.pixel) - sum / count) < 1e-4 * (sum / count))
  }
}
