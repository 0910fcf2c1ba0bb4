import NeuralNetworks
import Tensors
import TestSupport
import Testing
import WeightFiles

/// Weights of which some rows cannot be read.
private struct FailingWeights: WeightSource {
  let weights: FixtureWeights
  let name: String
  let rows: Set<Int>

  var names: Set<String> { weights.names }

  func floats(named name: String, shape: [Int]) throws -> [Float] { try weights.floats(named: name, shape: shape) }

  func rowReader(named name: String, shape: [Int]) throws -> RowReader {
    let read = try weights.rowReader(named: name, shape: shape)
    guard name == self.name else { return read }
    return { [rows] row, target in
      guard !rows.contains(row) else { throw WeightError("\(name): row \(row)") }
      try read(row, &target)
    }
  }
}

@Suite struct EncoderTests {
  @Test(arguments: ["encoder", "encoder_bn", "encoder_wscale"])
  func everyBlockIsTheReleasedOne(_ name: String) throws {
    let file = try Fixtures.safetensors("tiny32/encoder_goldens.safetensors")
    let encoder = try FixtureNetworks.encoder32(name)
    let x = Tensor(try file.floats(named: "x"), [2, 3, 32, 32])
    var compared = 0
    let code = try encoder.encode(x) { block, value in
      do {
        let expected = try file.floats(named: "\(name).\(block)")
        let first = try value.plain().sliced(0, 0..<1).values
        let error = relativeError(first, expected)
        #expect(error <= Tolerance.activation, "\(name).\(block): relative error \(error)")
        compared += 1
      } catch { Issue.record("\(block): \(error)") }
    }
    #expect(compared == 5)
    #expect(code.shape == [2, 8, 48])
    #expect(relativeError(code.values, try file.floats(named: "\(name).code")) <= Tolerance.activation)
  }

  @Test("Of the rows that cannot be read the first one is told, whichever thread meets it first", arguments: [
    "block1.conv1.weight", "block4.fc.weight",
  ])
  func theFirstRowThatFails(_ name: String) throws {
    let weights = FailingWeights(weights: try FixtureWeights("tiny32/encoder"), name: name, rows: [9, 5, 12])
    let error = #expect(throws: WeightError.self) {
      try Encoder(
        settings: EncoderSettings(
          resolution: 32, wDimension: 48, layers: 8, channelsBase: 16, channelsMax: 64, batchNorm: false, wscale: false),
        weights: weights)
    }
    #expect(error?.description == "\(name): row 5")
  }

  @Test func theReleasedLayoutAt256PixelsIsReproduced() throws {
    let file = try Fixtures.safetensors("tiny256/encoder_goldens.safetensors")
    let x = picture(try file.bytes(named: "x_u8"), side: 256)
    var compared = 0
    let code = try FixtureNetworks.encoder256().encode(x) { block, value in
      do {
        let shape = file.entry(block)?.shape ?? []
        let plain = try value.plain()
        let part = shape.count == 4 ? try plain.sliced(1, 0..<shape[1]) : plain
        let error = relativeError(part.values, try file.floats(named: block))
        #expect(error <= Tolerance.activation, "\(block): relative error \(error)")
        compared += 1
      } catch { Issue.record("\(block): \(error)") }
    }
    #expect(compared == 8)
    #expect(relativeError(code.values, try file.floats(named: "code.cat")) <= Tolerance.activation)
  }

  @Test func perceptualFeaturesAreTheReleasedOnes() throws {
    let file = try Fixtures.safetensors("vgg16_goldens.safetensors")
    let network = try PerceptualNetwork(
      settings: FixtureNetworks.perceptual, resolution: 32, weights: FixtureWeights("vgg16"))
    var compared = 0
    let features = try network.features(Tensor(try file.floats(named: "x"), [2, 3, 32, 32])) { name, value in
      guard let entry = file.entry(name) else { return }
      do {
        let error = relativeError(try value.plain().sliced(0, 0..<1).values, try file.floats(named: entry.name))
        #expect(error <= Tolerance.activation, "\(name): relative error \(error)")
        compared += 1
      } catch { Issue.record("\(name): \(error)") }
    }
    #expect(compared >= 7)
    #expect(relativeError(features.values, try file.floats(named: "features")) <= Tolerance.activation)
  }

  @Test func perceptualFeaturesAt256PixelsAreTheReleasedOnes() throws {
    let file = try Fixtures.safetensors("tiny256/encoder_goldens.safetensors")
    let network = try PerceptualNetwork(
      settings: FixtureNetworks.perceptual, resolution: 256, weights: FixtureWeights("vgg16"))
    let features = try network.features(picture(try file.bytes(named: "x_u8"), side: 256)).plain()
    #expect(
      relativeError(try features.sliced(1, 0..<8).values, try file.floats(named: "vgg.features")) <= Tolerance.activation)
    let square = features.values.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(features.shape.count)
    let expected = Double(try file.floats(named: "vgg.feat_mean_sq")[0])
    #expect(abs(square - expected) <= 2e-5 * expected)
  }

  /// `v / 255 · 2 - 1`, RGB, channels first.
  private func picture(_ bytes: [UInt8], side: Int) -> Tensor {
    let pixels = side * side
    let values = (0..<3 * pixels).map { Float(bytes[$0 % pixels * 3 + $0 / pixels]) / 255 * 2 - 1 }
    return Tensor(values, [1, 3, side, side])
  }
}
