import Kernels
import Tensors
import TestSupport
import Testing

@Suite(.serialized) struct TapeTests {
  @Test func aLongChainNeedsNoRecursion() throws {
    let tape = Tape()
    let x = tape.variable(Tensor([1, 2], [2]))
    var y = x
    for _ in 0..<200_000 { y = try y + x * 0 }
    let gradient = try tape.gradients(of: try sum(y), for: [x])[0]
    #expect(gradient.values == [1, 1])
  }

  @Test func whatDoesNotComeFromAVariableIsNotRecorded() throws {
    let tape = Tape()
    let x = tape.variable(Tensor([1, 2], [2]))
    let before = tape.count
    _ = try Tensor([3, 4], [2]) * Tensor([3, 4], [2])
    #expect(tape.count == before)
    _ = try x * Tensor([3, 4], [2])
    #expect(tape.count == before + 1)
  }

  @Test func aVariableThatTheLossDoesNotUseHasAZeroGradient() throws {
    let tape = Tape()
    let x = tape.variable(Tensor([1, 2], [2])), unused = tape.variable(Tensor([5], [1]))
    #expect(try tape.gradients(of: try sum(x * x), for: [x, unused]).map(\.values) == [[2, 4], [0]])
  }

  /// A buffer that is counted as long as somebody holds it.
  private struct Held {
    weak var buffer: FloatBuffer?
    init(_ tensor: Tensor) { buffer = tensor.buffer }
  }

  /// Values that only the tape can hold once this returns: those between a variable and a loss.
  private func recorded(_ backward: (Tape, Tensor, Tensor) throws -> Void) throws -> [Held] {
    let tape = Tape()
    let x = tape.variable(Tensor([1, 2], [2]))
    var held = [Held(x)], y = x
    for _ in 0..<10 {
      y = try tanh(y * y) * x
      held.append(Held(y))
    }
    try backward(tape, try sum(y), x)
    return held
  }

  private struct Interruption: Error {}

  @Test func aTapeGivesUpItsBuffersWithOrWithoutABackwardPass() throws {
    var ends = try [
      recorded { _, _, _ in },
      recorded { tape, loss, x in _ = try tape.gradients(of: loss, for: [x]) },
      recorded { tape, loss, x in
        let gradient = try tape.gradients(of: loss, for: [x], recordsPullbacks: true)[0]
        _ = try sum(gradient * gradient)
      },
      recorded { tape, loss, x in #expect(refusal { try tape.gradients(of: x, for: [x]) } == "gradients: the shape [2] is not a scalar's") },
    ]
    do {
      let tape = Tape()
      let x = tape.variable(Tensor([1, 2], [2])), y = try x * x
      ends.append([Held(x), Held(y)])
      throw Interruption()
    } catch is Interruption {}
    for end in ends { #expect(end.count { $0.buffer != nil } == 0) }
  }

  @Test func aTensorWhoseTapeIsGoneIsOffIt() throws {
    func onATape() -> Tensor { Tape().variable(Tensor([1, 2], [2])) }
    let x = onATape()
    #expect(!x.recordsGradient)
    #expect(try (x * x).values == [1, 4])
  }

  @Test func aSpentTapeIsRefused() throws {
    let tape = Tape()
    let x = tape.variable(Tensor([1, 2], [2]))
    let loss = try sum(x * x)
    _ = try tape.gradients(of: loss, for: [x])
    #expect(refusal { try tape.gradients(of: loss, for: [x]) } == "gradients: the tape was used up by an earlier call")
    #expect(refusal { try Tape().gradients(of: x, for: [x]) } == "gradients: the shape [2] is not a scalar's")
  }

  @Test(arguments: [
    { try Tensor([1], [1]) + Tensor([1, 2], [2]) },
    { try convolve(Tensor(repeating: 0, [1, 2, 4, 4]), weights: Tensor(repeating: 0, [3, 5, 3, 3]), padding: 1) },
    { try convolve(Tensor(repeating: 0, [1, 2, 2, 2]), weights: Tensor(repeating: 0, [3, 2, 5, 5]), padding: 0) },
    { try convolve(Tensor([], [0, 2, 2, 2]), weights: Tensor(repeating: 0, [3, 2, 1, 1]), padding: 0) },
    { try averagePool(Tensor(repeating: 0, [1, 1, 3, 4])) },
    { try Tensor([1, 2], [2]).reshaped([3]) },
    { try matrixProduct(Tensor([1, 2], [1, 2]), Tensor([1, 2], [1, 2])) },
    { try meanSquaredDifference(Tensor([], [0]), Tensor([], [0])) },
    { try concatenated([], 0) },
    { try modulate(Tensor(repeating: 0, [1, 2, 2, 2]), style: Tensor(repeating: 0, [1, 3])) },
  ] as [@Sendable () throws -> Tensor])
  func tensorsThatDoNotFitAreRefusedWithTheirShapes(_ operation: @Sendable () throws -> Tensor) {
    #expect { _ = try operation() } throws: { "\($0)".contains(":") && $0 is ShapeError }
  }

  @Test func theBytesAreTheSameAtEveryThreadCount() throws {
    let testCases = twiceDifferentiableCases + frozenCases
    func results() throws -> [[UInt32]] {
      try testCases.flatMap { testCase in
        let tape = Tape()
        let inputs = zip(testCase.inputs(seed: 6), testCase.shapes).map { tape.variable(Tensor($0, Shape($1))) }
        let y = try testCase.run(inputs).plain()
        let gradients = try tape.gradients(of: try sum(y * y), for: inputs)
        return ([y] + gradients).map { $0.values.map(\.bitPattern) }
      }
    }
    defer { Workers.use(threads: Processors.defaultThreadCount()) }
    Workers.use(threads: 1)
    let expected = try results()
    for threads in [2, 4, 16] {
      Workers.use(threads: threads)
      #expect(try results() == expected, "\(threads) threads")
    }
  }
}
