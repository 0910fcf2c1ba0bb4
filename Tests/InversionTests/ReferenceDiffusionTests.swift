import Inversion
import Tensors
import TestSupport
import Testing
import WeightFiles

@Suite(.serialized) struct ReferenceDiffusionTests {
  private func box(_ file: SafetensorsFile) throws -> Box {
    let params = try file.integers(named: "params").map(Int.init)
    let box = Box(centerX: params[0], centerY: params[1], width: params[2], height: params[3])
    #expect(box.x == params[4] && box.y == params[5])
    return box
  }

  @Test func maskAndStitchedPictureAreExact() throws {
    let file = try Fixtures.safetensors("tiny32/diffuse.safetensors")
    let box = try box(file)
    let mask = try box.mask(resolution: 32)
    #expect(mask.values + mask.values + mask.values == (try file.floats(named: "mask")))
    let target = try repeated(file.picture("target_u8"), 2)
    let stitched = try stitch(target: target, context: contexts(file), mask: mask)
    #expect(stitched.values == (try file.floats(named: "stitched")))
  }

  @Test func aBoxPastTheRightEdgeIsCutThere() throws {
    let file = try Fixtures.safetensors("tiny32/diffuse.safetensors")
    let mask = try Box(centerX: 28, centerY: 15, width: 14, height: 11).mask(resolution: 32)
    #expect(mask.values == (try file.floats(named: "mask_right")))
  }

  @Test(arguments: [
    Box(x: -1, y: 0, width: 5, height: 5), Box(x: 0, y: -2, width: 5, height: 5), Box(x: 32, y: 0, width: 5, height: 5),
    Box(x: 0, y: 0, width: 0, height: 5),
  ])
  func aBoxOutsideThePictureIsRefused(_ box: Box) {
    #expect(throws: InversionError.emptyBox(box, resolution: 32)) { try box.mask(resolution: 32) }
  }

  @Test func twoContextsAtOnce() throws {
    let file = try Fixtures.safetensors("tiny32/diffuse.safetensors")
    let model = try FixtureModels.tiny32.get()
    let box = try box(file)
    let target = try repeated(file.picture("target_u8"), 2)
    let steps = [1, 10, 20, 100]
    var codes: [Int: [Float]] = [:]
    let stitched = try file.tensor("stitched")
    expect(
      relativeError(try model.encode(stitched).values, try file.floats(named: "z0")), within: Tolerance.encoder,
      "diffuse: encoder")
    let starting = StartingAt(try file.tensor("z0"), of: stitched, model)
    let result = try diffuse(target: target, context: contexts(file), box: box, model: starting) { state in
      if steps.contains(state.step) { codes[state.step] = state.items.flatMap(\.code) }
      return .go
    }
    let objective = try Objective(
      target: target, model: model, weights: LossWeights(domain: 0), mask: box.mask(resolution: 32))
    let gradient = try objective.evaluate(file.tensor("z0")).gradient
    expect(relativeError(gradient, try file.floats(named: "grad0")), within: Tolerance.gradient32, "diffuse: gradient")
    for step in steps {
      let name = "code" + String(repeating: "0", count: 3 - String(step).count) + String(step)
      expect(
        relativeError(try #require(codes[step]), try file.floats(named: name)), within: Tolerance.diffuseCode[step] ?? 0,
        "diffuse: code, step \(step)")
    }
    // [100, 3, 2]: pixel, perceptual, total of each context.
    let curve = try file.doubles(named: "curve")
    for (step, bound) in Tolerance.curve {
      for item in 0..<2 {
        let losses = result.state.items[item].losses[step - 1]
        #expect(losses.domain == 0)
        for (term, value) in [losses.pixel, losses.perceptual, losses.total].enumerated() {
          let expected = curve[(step - 1) * 6 + term * 2 + item]
          let bound = step == 100 && term == 2 ? Tolerance.lastTotal : bound
          expect(abs(Double(value) - expected) / expected, within: bound, "diffuse: curve, step \(step), term \(term)")
        }
      }
    }
  }

  @Test func theReleasedBoxAt256Pixels() throws {
    let file = try Fixtures.safetensors("tiny256/diffuse.safetensors")
    var codes: [Int: [Float]] = [:]
    let result = try diffuse(
      target: Fixtures.safetensors("tiny256/invert.safetensors").picture("target_u8"),
      context: file.picture("context_u8"), box: box(file),
      model: FixtureModels.tiny256.get(), settings: DiffusionSettings(steps: 10)
    ) { state in
      codes[state.step] = state.items[0].code
      return .go
    }
    expect(relativeError(result.state.items[0].start, try file.floats(named: "z0")), within: Tolerance.encoder, "tiny256 diffuse: encoder")
    for (step, bound) in Tolerance.diffuseCode256.sorted(by: { $0.key < $1.key }) {
      let name = step == 1 ? "code001" : "code010"
      expect(
        relativeError(try #require(codes[step]), try file.floats(named: name)), within: bound,
        "tiny256 diffuse: code, step \(step)")
    }
    let curve = try file.rows("curve")
    for step in [1, 10] {
      let losses = result.state.items[0].losses[step - 1]
      for (value, expected) in zip([losses.pixel, losses.perceptual, losses.total], curve[step - 1]) {
        expect(
          abs(Double(value) - expected) / expected, within: Tolerance.curve[step] ?? 0, "tiny256 diffuse: curve, step \(step)")
      }
    }
  }

  private func contexts(_ file: SafetensorsFile) throws -> Tensor {
    let bytes = try file.bytes(named: "context_u8")
    let pixels = 32 * 32
    let values = (0..<2 * 3 * pixels).map { index in
      let (item, rest) = index.quotientAndRemainder(dividingBy: 3 * pixels)
      return Float(bytes[item * 3 * pixels + rest % pixels * 3 + rest / pixels]) / 255 * 2 - 1
    }
    return Tensor(values, [2, 3, 32, 32])
  }

  private func repeated(_ picture: Tensor, _ count: Int) throws -> Tensor {
    try picture.broadcast(to: Shape([count] + picture.shape.dimensions.dropFirst()))
  }
}
