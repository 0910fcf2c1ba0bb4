import NeuralNetworks
import Tensors
import TestSupport
import Testing
import WeightFiles

/// Tolerances of the reference numbers, and the largest deviations that float32 itself showed there.
enum Tolerance {
  /// Mapping and truncated codes, relative; seen 5e-7.
  static let mapping = 5e-6
  /// Activations, features and codes, relative; seen 1e-6.
  static let activation = 1e-5
  /// Pictures of the two sets, largest difference; seen 4e-6 and 4e-5.
  static let picture32: Float = 4e-5
  static let picture256: Float = 4e-4
}

@Suite struct GeneratorTests {
  private func tensor(_ file: SafetensorsFile, _ name: String) throws -> Tensor {
    Tensor(try file.floats(named: name), Shape(file.entry(name)?.shape ?? []))
  }

  /// The first channels of a picture's map, as many as the reference keeps.
  private func firstChannels(_ value: Tensor, like reference: Tensor) throws -> [Float] {
    let plain = try value.plain()
    return plain.shape.rank == 4 ? try plain.sliced(1, 0..<reference.shape[1]).values : plain.values
  }

  private func compareStages(
    _ generator: Generator, _ code: Tensor, _ file: SafetensorsFile, prefix: String, atLeast count: Int
  ) throws -> Tensor {
    var compared = 0
    let picture = try generator.synthesize(code) { name, value in
      guard file.names.contains(prefix + name) else { return }
      do {
        let reference = try tensor(file, prefix + name)
        let error = relativeError(try firstChannels(value, like: reference), reference.values)
        #expect(error <= Tolerance.activation, "\(prefix)\(name): relative error \(error)")
        compared += 1
      } catch { Issue.record("\(name): \(error)") }
    }
    #expect(compared >= count, "only \(compared) stages were compared")
    return picture
  }

  @Test func mappingAndTruncationAreTheReleasedOnes() throws {
    let file = try Fixtures.safetensors("tiny32/mapping.safetensors")
    let generator = try Generator(settings: FixtureNetworks.tiny32, weights: FixtureWeights("tiny32/generator"))
    let w = try generator.w(fromZ: try tensor(file, "z"))
    #expect(relativeError(w.values, try file.floats(named: "w")) <= Tolerance.mapping)
    let raw = try generator.w(fromZ: try tensor(file, "z_raw"))
    #expect(relativeError(raw.values, try file.floats(named: "w_from_z_raw")) <= Tolerance.mapping)
    let code = try generator.truncatedCode(fromW: w)
    #expect(relativeError(code.values, try file.floats(named: "wp")) <= Tolerance.mapping)
    let pictures = try generator.synthesize(code)
    #expect(maxAbsoluteDifference(pictures.values, try file.floats(named: "image")) <= Tolerance.picture32)
  }

  @Test func everyStageOfTheUnfusedGeneratorIsTheReleasedOne() throws {
    let file = try Fixtures.safetensors("tiny32/synthesis.safetensors")
    let generator = try Generator(settings: FixtureNetworks.tiny32, weights: FixtureWeights("tiny32/generator"))
    let picture = try compareStages(generator, try tensor(file, "wp"), file, prefix: "", atLeast: 15)
    #expect(maxAbsoluteDifference(picture.values, try file.floats(named: "image")) <= Tolerance.picture32)
  }

  @Test func everyStageOfTheFusedGeneratorIsTheReleasedOne() throws {
    let file = try Fixtures.safetensors("tiny32/synthesis.safetensors")
    let picture = try compareStages(
      try FixtureNetworks.tiny32Fused(), try tensor(file, "wp"), file, prefix: "fused.", atLeast: 2)
    #expect(maxAbsoluteDifference(picture.values, try file.floats(named: "fused.image")) <= Tolerance.picture32)
  }

  @Test(arguments: ["0.5", "1.0", "2.0"])
  func aLevelOfDetailLeavesOutTheLastBlocks(_ lod: String) throws {
    let file = try Fixtures.safetensors("tiny32/synthesis.safetensors")
    let weights = try FixtureWeights("tiny32/generator", replacing: ["synthesis.lod": [Float(lod) ?? 0]])
    let picture = try Generator(settings: FixtureNetworks.tiny32, weights: weights).synthesize(try tensor(file, "wp"))
    #expect(maxAbsoluteDifference(picture.values, try file.floats(named: "image_lod\(lod)")) <= Tolerance.picture32)
  }

  @Test func theReleasedLayoutAt256PixelsIsReproduced() throws {
    let file = try Fixtures.safetensors("tiny256/synthesis.safetensors")
    let generator = try Generator(settings: FixtureNetworks.tiny256, weights: FixtureWeights("tiny256/generator"))
    let w = try generator.w(fromZ: try tensor(file, "z"))
    #expect(relativeError(w.values, try file.floats(named: "w")) <= Tolerance.mapping)
    let codes = try generator.truncatedCode(fromW: w)
    #expect(relativeError(codes.values, try file.floats(named: "wp")) <= Tolerance.mapping)
    let code = try tensor(file, "wp").sliced(0, 0..<1)
    let picture = try compareStages(generator, code, file, prefix: "", atLeast: 15)
    #expect(maxAbsoluteDifference(picture.values, try file.floats(named: "image")) <= Tolerance.picture256)
  }

  @Test func codesOfAnotherShapeAreRefused() throws {
    let generator = try Generator(settings: FixtureNetworks.tiny32, weights: FixtureWeights("tiny32/generator"))
    #expect(refusal { try generator.synthesize(Tensor(repeating: 0, [1, 10, 48])) } == "synthesis: codes of [1, 10, 48]; expected [batch, 8, 48]")
    #expect(refusal { try generator.synthesize(Tensor([], [0, 8, 48])) } == "synthesis: codes of [0, 8, 48]; expected [batch, 8, 48]")
  }

  @Test func anotherBlurIsRefused() throws {
    let weights = try FixtureWeights(
      "tiny32/generator", replacing: ["synthesis.layer2.blur.kernel": [Float](repeating: 1 / 9, count: 64 * 9)])
    #expect { _ = try Generator(settings: FixtureNetworks.tiny32, weights: weights) } throws: {
      "\($0)".contains("synthesis.layer2.blur.kernel")
    }
  }
}
