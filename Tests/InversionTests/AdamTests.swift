import Inversion
import TestSupport
import Testing
import WeightFiles

@Suite struct AdamTests {
  private func run(_ placement: Adam.EpsilonPlacement) throws -> [[Float]] {
    let file = try Fixtures.safetensors("ops.safetensors")
    var code = try file.floats(named: "adam.p0")
    let gradients = try file.floats(named: "adam.grads")
    var adam = Adam(count: code.count, learningRate: 0.01, epsilonPlacement: placement)
    return stride(from: 0, to: gradients.count, by: code.count).map { start in
      adam.update(&code, gradient: Array(gradients[start..<start + code.count]))
      return code
    }
  }

  @Test func sixUpdatesAgreeWithTheReleasedOptimizer() throws {
    let file = try Fixtures.safetensors("ops.safetensors")
    let codes = try run(.corrected).flatMap { $0 }
    expect(Double(maxAbsoluteDifference(codes, try file.floats(named: "adam.p"))), within: Tolerance.update, "adam")
    expect(
      Double(maxAbsoluteDifference(codes, try file.floats(named: "adam.p_f64"))), within: Tolerance.update, "adam, double")
  }

  @Test func theOldPlacementOfEpsilonAgreesWithTheOldReleases() throws {
    let file = try Fixtures.safetensors("ops.safetensors")
    let reference = try file.floats(named: "adam.p_old_eps_f64")
    let codes = try run(.plain).flatMap { $0 }
    expect(Double(maxAbsoluteDifference(codes, reference)), within: Tolerance.update, "adam, old epsilon")
    let differs = maxAbsoluteDifference(try run(.corrected).flatMap { $0 }, reference)
    #expect(Double(differs) > Tolerance.update, "the fixture does not tell the two placements apart")
  }

  @Test func memoryOfAnotherOptimizerIsRefused() {
    var adam = Adam(count: 3)
    #expect(refusal {
      try adam.restore(OptimizerState(kind: "other", step: 1, arrays: ["m": [0, 0, 0], "v": [0, 0, 0]]))
    } == "the stored state belongs to another run: it was made by another optimizer")
    #expect(refusal {
      try adam.restore(OptimizerState(kind: "adam", step: 1, arrays: ["m": [0], "v": [0]]))
    } == "the stored state belongs to another run: Adam's moments do not fit the code")
  }
}
