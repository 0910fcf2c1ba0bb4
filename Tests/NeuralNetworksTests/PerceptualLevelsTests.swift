import NeuralNetworks
import Tensors
import TestSupport
import Testing
import WeightFiles

/// `Fixtures/training/metrics.safetensors`, network P of `networks16`.
@Suite struct PerceptualLevelsTests {
  private struct Weights: WeightSource {
    let file: SafetensorsFile
    var names: Set<String> { Set(file.names.filter { $0.hasPrefix("P.") }.map { String($0.dropFirst(2)) }) }
    func floats(named name: String, shape: [Int]) throws -> [Float] { try file.floats(named: "P." + name, shape: shape) }
  }

  private func network() throws -> PerceptualNetwork {
    try PerceptualNetwork(
      settings: PerceptualSettings(widths: [6, 6, 8, 8, 10, 10, 10, 12, 12, 12]), resolution: 16,
      weights: Weights(file: Fixtures.safetensors("training/networks16.safetensors")))
  }

  private func reference() throws -> (x: Tensor, y: Tensor, file: SafetensorsFile) {
    let file = try Fixtures.safetensors("training/metrics.safetensors")
    return (
      Tensor(try file.floats(named: "perceptual.x"), [4, 3, 16, 16]),
      Tensor(try file.floats(named: "perceptual.y"), [4, 3, 16, 16]), file
    )
  }

  @Test("Perceptual distances are the reference's, level by level") func distances() throws {
    let (x, y, file) = try reference()
    let found = try network().distances(x, y)
    #expect(relativeError(found.flatMap { $0 }, try file.doubles(named: "perceptual.levels")) < 1e-5)
    #expect(relativeError(found.map { $0.reduce(0, +) }, try file.doubles(named: "perceptual.distance")) < 1e-5)
    #expect(try network().distances(x, x).allSatisfy { $0.allSatisfy { $0 < 1e-12 } })
  }

  @Test("Features averaged over places are the reference's") func pooled() throws {
    let bytes = try Fixtures.safetensors("training/networks16.safetensors").bytes(named: "pictures_u8")
    let found = try network().pooledFeatures(Tensor(bytes.map { Float($0) / 127.5 - 1 }, [8, 3, 16, 16]))
    #expect(relativeError(found.flatMap { $0 }, try reference().file.doubles(named: "perceptual.pooled")) < 1e-5)
  }

  @Test("Pictures of another size are refused") func otherSize() throws {
    let (x, _, _) = try reference()
    #expect(refusal { try network().distances(x, Tensor(repeating: 0, [4, 3, 8, 8])) } == "perceptual distance: pictures of [4, 3, 16, 16] and [4, 3, 8, 8]")
  }
}
