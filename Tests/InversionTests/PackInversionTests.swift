import Images
import Inversion
import Tensors
import TestSupport
import Testing
import WeightFiles

/// The pack that ships with the program against the numbers of the program that trained it.
@Suite(.serialized) struct PackInversionTests {
  private func target(_ name: String) throws -> Tensor {
    let picture = try Picture.decode(Fixtures.bytes("fruits64/\(name)-64.png"), name: name).picture
    return Tensor(floatPixels(from: picture.pixels), [1, 3, 64, 64])
  }

  @Test(arguments: ["apple-fuji", "apple-green", "apple-red"])
  func aHundredSlowStepsHardlyDrift(_ name: String) throws {
    let file = try Fixtures.safetensors("fruits64/expected.safetensors")
    let model = try FixtureModels.fruits64.get()
    let target = try target(name)
    let start = try file.tensor("\(name).encoder")
    expect(relativeError(try model.encode(target).values, start.values), within: Tolerance.encoder, "\(name): encoder")
    let item = try invert(
      target: target, model: StartingAt(start, of: target, model), settings: InversionSettings(learningRate: 0.001)
    ).state.items[0]
    let curve = try file.rows("\(name).in-domain.lr0.001.losses")
    for step in 0..<5 {
      for term in 0..<4 {
        expect(
          abs(item.losses[step].list[term] / curve[step][term] - 1), within: Tolerance.terms,
          "\(name): lr 0.001, step \(step + 1), term \(term)")
      }
    }
    expect(
      relativeError(item.code, try file.floats(named: "\(name).in-domain.lr0.001.code")), within: Tolerance.packCode,
      "\(name): code, lr 0.001")
    for term in 0..<4 {
      expect(
        relativeError(item.losses.map { $0.list[term] }, curve.map { $0[term] }), within: Tolerance.packCurve,
        "\(name): curve, lr 0.001, term \(term)")
    }
  }

  @Test(arguments: [("in-domain", InversionMethod.inDomain), ("image2stylegan", .image2stylegan)])
  func theFirstStepsAtThePapersRate(_ key: String, _ method: InversionMethod) throws {
    let file = try Fixtures.safetensors("fruits64/expected.safetensors")
    let name = "apple-red"
    let item = try invert(
      target: target(name), model: FixtureModels.fruits64.get(), settings: InversionSettings(method: method)
    ).state.items[0]
    let curve = try file.rows("\(name).\(key).lr0.01.losses")
    for step in [1, 10, 100] {
      for (term, (value, expected)) in zip(item.losses[step - 1].list, curve[step - 1]).enumerated() where expected != 0 {
        let bound = step == 100 && term == 3 ? Tolerance.lastTotal : Tolerance.curve[step] ?? 0
        expect(abs(value - expected) / expected, within: bound, "\(name): \(key), step \(step), term \(term)")
      }
    }
  }
}
