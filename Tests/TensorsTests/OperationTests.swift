import Foundation
import Kernels
import Tensors
import TestSupport
import Testing

func Foundation_pow(_ x: Double, _ y: Double) -> Double { pow(x, y) }
func Foundation_exp(_ x: Double) -> Double { exp(x) }
/// `log(1 + eˣ)` for an x that is not positive.
func Foundation_log1p(_ x: Double) -> Double { log1p(exp(x)) }
func Foundation_tanh(_ x: Double) -> Double { Foundation.tanh(x) }

/// Float against double: the operations' own rounding, of the largest value. The tables of the reference numbers allow 2e-6
/// for single operations and 1e-4 for normalizations of badly scaled channels.
private let forwardTolerance = 3e-6
/// A gradient against a difference quotient in double, relative to the sizes of both.
private let gradientTolerance = 2e-5
private let secondTolerance = 2e-4

@Suite struct OperationTests {
  @Test func everyOperationHasACase() {
    let tested = Set((twiceDifferentiableCases + frozenCases).map(\.name))
    #expect(Set(operationDescriptions.map(\.name)) == tested)
    let twice = operationDescriptions.filter { $0.differentiability == .twice }.map(\.name)
    #expect(Set(twiceDifferentiableCases.map(\.name)) == Set(twice))
  }

  @Test(arguments: twiceDifferentiableCases + frozenCases)
  func theResultIsThatOfTheTwin(_ testCase: OperationCase) throws {
    let inputs = testCase.inputs(seed: 1)
    let result = try testCase.run(zip(inputs, testCase.shapes).map { Tensor($0, Shape($1)) })
    let expected = testCase.twin(references(inputs, testCase))
    #expect(result.shape.dimensions == expected.shape)
    let largest = expected.values.map(abs).max() ?? 0
    let worst = worstElement(result.values, expected.values.map { Float($0) })
    #expect(Double(worst.difference) <= forwardTolerance * max(largest, 1e-3), "\(testCase.name) \(testCase.shapes): \(worst)")
  }

  /// ⟨gradient, d⟩ against the difference quotient of the twin along the random direction d.
  @Test(arguments: twiceDifferentiableCases + frozenCases)
  func theGradientIsTheTwinsDirectionalDerivative(_ testCase: OperationCase) throws {
    let inputs = testCase.inputs(seed: 2), direction = testCase.inputs(seed: 3)
    let tape = Tape()
    let variables = zip(inputs, testCase.shapes).map { tape.variable(Tensor($0, Shape($1))) }
    let y = try testCase.run(variables).plain()
    let weights = upstream(y.shape.count)
    let loss = try sum(y * Tensor(weights, y.shape))
    let gradients = try tape.gradients(of: loss, for: variables)

    func scalar(_ step: Double) -> Double {
      let moved = zip(references(inputs, testCase), direction).map { base, d in
        Reference(base.shape, zip(base.values, d).map { $0 + step * Double($1) })
      }
      return zip(testCase.twin(moved).values, weights).reduce(0) { $0 + $1.0 * Double($1.1) }
    }
    let step = 1e-6
    let expected = (scalar(step) - scalar(-step)) / (2 * step)
    let found = dot(gradients, direction)
    let size = max(1, abs(expected), gradients.reduce(0) { $0 + norm($1.values) })
    #expect(abs(found - expected) <= gradientTolerance * size, "\(testCase.name) \(testCase.shapes): \(found), expected \(expected)")
  }

  /// The derivative of ⟨gradient, c⟩ along d, against the twin's mixed second difference.
  @Test(arguments: twiceDifferentiableCases)
  func theSecondDerivativeIsTheTwins(_ testCase: OperationCase) throws {
    let inputs = testCase.inputs(seed: 2), c = testCase.inputs(seed: 4), d = testCase.inputs(seed: 5)
    let tape = Tape()
    let variables = zip(inputs, testCase.shapes).map { tape.variable(Tensor($0, Shape($1))) }
    let y = try testCase.run(variables)
    let weights = upstream(y.shape.count)
    let loss = try sum(y * Tensor(weights, y.shape))
    let gradients = try tape.gradients(of: loss, for: variables, recordsPullbacks: true)
    var along = Tensor(0)
    for (gradient, direction) in zip(gradients, c) {
      along = try along + sum(gradient * Tensor(direction, gradient.shape))
    }
    let second = try tape.gradients(of: along, for: variables)

    func scalar(_ s: Double, _ t: Double) -> Double {
      let moved = references(inputs, testCase).enumerated().map { index, base in
        Reference(base.shape, base.values.indices.map {
          base.values[$0] + s * Double(c[index][$0]) + t * Double(d[index][$0])
        })
      }
      return zip(testCase.twin(moved).values, weights).reduce(0) { $0 + $1.0 * Double($1.1) }
    }
    let h = 1e-4
    let expected = (scalar(h, h) - scalar(h, -h) - scalar(-h, h) + scalar(-h, -h)) / (4 * h * h)
    let found = dot(second, d)
    let size = max(1, abs(expected), second.reduce(0) { $0 + norm($1.values) })
    #expect(abs(found - expected) <= secondTolerance * size, "\(testCase.name) \(testCase.shapes): \(found), expected \(expected)")
  }

  @Test(arguments: twiceDifferentiableCases + frozenCases)
  func aNaNInGivesANaNOut(_ testCase: OperationCase) throws {
    let inputs = testCase.shapes.map { Tensor(repeating: .nan, Shape($0)) }
    #expect(try testCase.run(inputs).values.contains { $0.isNaN }, "\(testCase.name)")
  }

  private func references(_ inputs: [[Float]], _ testCase: OperationCase) -> [Reference] {
    zip(testCase.shapes, inputs).map { Reference($0, $1.map(Double.init)) }
  }

  private func upstream(_ count: Int) -> [Float] {
    var generator = SeededGenerator(seed: 9)
    return generator.normals(count)
  }

  private func dot(_ tensors: [Tensor], _ direction: [[Float]]) -> Double {
    zip(tensors, direction).reduce(0) { sum, pair in
      sum + zip(pair.0.values, pair.1).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
  }

  private func norm(_ values: [Float]) -> Double {
    values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
  }
}
