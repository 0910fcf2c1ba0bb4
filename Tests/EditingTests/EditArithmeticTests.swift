import Editing
import Foundation
import ModelPacks
import TestSupport
import Testing
import WeightFiles

/// The released arithmetic, key by key (`Fixtures/edit/edit.json` has the arguments).
@Suite struct EditArithmeticTests {
  /// Double arithmetic in the released order; seen 0.
  private static let tolerance = 1e-12

  private struct Arguments: Decodable {
    var start_distance = -3.0
    var end_distance = 3.0
    var step = 7
    var manipulate_layers: Layers?
    var layerwise_manipulation_strength: Strength?
    var is_code_layerwise: Bool?
    var is_boundary_layerwise: Bool?
    var mix_layers: Layers?
    var is_style_layerwise: Bool?
    var is_content_layerwise: Bool?
    var shape: [Int] = []
    var num_layers: Int?
  }

  /// A list, or text as the released command line takes it.
  private enum Layers: Decodable {
    case list([Int]), text(String)
    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let list = try? container.decode([Int].self) { self = .list(list) } else { self = .text(try container.decode(String.self)) }
    }
  }

  private enum Strength: Decodable {
    case all(Double), each([Double])
    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let each = try? container.decode([Double].self) { self = .each(each) } else { self = .all(try container.decode(Double.self)) }
    }
  }

  private func arguments(_ key: String) throws -> Arguments {
    let data = Data(try Fixtures.bytes("edit/edit.json"))
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let entry = try #require(object[key] as? [String: Any])
    let defaults: [String: Any] = ["start_distance": -3.0, "end_distance": 3.0, "step": 7, "shape": [Int]()]
    let merged = try JSONSerialization.data(withJSONObject: defaults.merging(entry) { $1 })
    return try JSONDecoder().decode(Arguments.self, from: merged)
  }

  /// What the released parser makes of a layer list: nothing for an empty text or a reversed range, and that means all.
  private func layers(_ layers: Layers?, count: Int) throws -> [Int]? {
    switch layers {
    case nil: return nil
    case .list(let list)?: return list
    case .text(let text)?: return try? LayerList(text, count: count).indices
    }
  }

  private func items(_ file: SafetensorsFile, _ name: String, isLayerwise: Bool, layers: Int) throws -> [[Float]] {
    let values = try file.floats(named: name)
    let count = values.count / (file.entry(name)?.shape[0] ?? 1)
    let rows = stride(from: 0, to: values.count, by: count).map { Array(values[$0..<$0 + count]) }
    return isLayerwise ? rows : rows.map { row in (0..<layers).flatMap { _ in row } }
  }

  @Test(arguments: [1, 2, 5, 7])
  func interpolationIsTheReleasedOne(_ count: Int) throws {
    let file = try Fixtures.safetensors("edit/edit.safetensors")
    let sources = try items(file, "interp.src", isLayerwise: true, layers: 6)
    let ends = try items(file, "interp.dst", isLayerwise: true, layers: 6)
    let codes = zip(sources, ends).flatMap { EditArithmetic.interpolation(from: $0, to: $1, count: count) }
    compare(codes.flatMap { $0 }, try file.doubles(named: "interp.step\(count)"))
  }

  @Test(arguments: [
    "cli_default", "layers_1_3_4", "layers_str", "layers_reversed_range_means_all", "layers_empty_string_means_all",
    "one_step", "descending", "strength_list", "strength_scalar", "w_code_repeated", "w_boundary_repeated",
  ])
  func manipulationIsTheReleasedOne(_ name: String) throws {
    let file = try Fixtures.safetensors("edit/edit.safetensors")
    let arguments = try arguments("manip.\(name)")
    let codesAreLayerwise = arguments.is_code_layerwise ?? true
    let boundaryIsLayerwise = arguments.is_boundary_layerwise ?? true
    let codes = try items(
      file, codesAreLayerwise ? "manip.codes" : "manip.codes_w", isLayerwise: codesAreLayerwise, layers: 6)
    let boundary = try items(
      file, boundaryIsLayerwise ? "manip.boundary" : "manip.boundary_w", isLayerwise: boundaryIsLayerwise, layers: 6)[0]
    let strength: [Double]? = switch arguments.layerwise_manipulation_strength {
    case nil: nil
    case .all(let value)?: [Double](repeating: value, count: 6)
    case .each(let values)?: values
    }
    let chosen = try layers(arguments.manipulate_layers, count: 6)
    let moved = codes.flatMap { code in
      EditArithmetic.manipulation(
        of: code, along: boundary, from: arguments.start_distance, to: arguments.end_distance, count: arguments.step,
        width: 5, layers: chosen, strength: strength)
    }
    compare(moved.flatMap { $0 }, try file.doubles(named: "manip.\(name)"))
  }

  @Test func manipulationWithoutLayersIsTheReleasedOne() throws {
    let file = try Fixtures.safetensors("edit/edit.safetensors")
    let arguments = try arguments("manip.not_layerwise")
    let codes = try items(file, "manip.codes_w", isLayerwise: true, layers: 1)
    let boundary = try items(file, "manip.boundary_w", isLayerwise: true, layers: 1)[0]
    let moved = codes.flatMap {
      EditArithmetic.manipulation(
        of: $0, along: boundary, from: arguments.start_distance, to: arguments.end_distance, count: arguments.step, width: 5)
    }
    compare(moved.flatMap { $0 }, try file.doubles(named: "manip.not_layerwise"))
  }

  @Test(arguments: ["from4", "all_when_none", "str_1_3-4", "first", "start_past_end_means_all", "w_style", "w_content"])
  func mixingIsTheReleasedOneBitForBit(_ name: String) throws {
    let file = try Fixtures.safetensors("edit/edit.safetensors")
    let arguments = try arguments("mix.\(name)")
    let styleIsLayerwise = arguments.is_style_layerwise ?? true
    let contentIsLayerwise = arguments.is_content_layerwise ?? true
    let styles = try items(file, styleIsLayerwise ? "mix.style" : "mix.style_w", isLayerwise: styleIsLayerwise, layers: 6)
    let contents = try items(
      file, contentIsLayerwise ? "mix.content" : "mix.content_w", isLayerwise: contentIsLayerwise, layers: 6)
    let chosen = try layers(arguments.mix_layers, count: 6)
    let mixed = styles.flatMap { style in
      contents.flatMap { EditArithmetic.mix(style: style, content: $0, width: 5, layers: chosen) }
    }
    #expect(mixed == (try file.floats(named: "mix.\(name)")))
  }

  @Test func theReleasedAgeBoundaryGivesTheReleasedCodesBitForBit() throws {
    let file = try Fixtures.safetensors("edit/edit.safetensors")
    let boundary = try Fixtures.safetensors("edit/age_boundary.safetensors").floats(named: "boundary")
    let moved = EditArithmetic.manipulation(
      of: try file.floats(named: "age.codes"), along: boundary, from: -3, to: 3, count: 3, width: 512,
      layers: [0, 1, 2, 3, 4, 5])
    #expect(moved.flatMap(EditArithmetic.rounded) == (try file.floats(named: "age.result_f32")))
  }

  @Test(arguments: [
    ((0.0, 1.0, 7), [0, 0.16666666666666666, 0.3333333333333333, 0.5, 0.6666666666666666, 0.8333333333333333, 1]),
    ((-3.0, 3.0, 7), [-3, -2, -1, 0, 1, 2, 3]), ((-3.0, 3.0, 1), [-3]), ((2.0, -1.0, 4), [2, 1, 0, -1]),
  ])
  func linspaceIsNumpys(_ arguments: (Double, Double, Int), _ expected: [Double]) {
    #expect(EditArithmetic.linspace(arguments.0, arguments.1, arguments.2) == expected)
  }

  private func compare(_ values: [Double], _ reference: [Double], _ location: SourceLocation = #_sourceLocation) {
    #expect(values.count == reference.count, sourceLocation: location)
    let worst = zip(values, reference).map { abs($0 - $1) }.max() ?? .infinity
    if ProcessInfo.processInfo.environment["IDINVERT_SHOW_DEVIATIONS"] != nil { print("deviation\tedit\t\(worst)\t\(Self.tolerance)") }
    #expect(worst <= Self.tolerance, sourceLocation: location)
  }

  @Test func aConditionalDirectionLeavesTheOthersAlone() {
    var random = SeededGenerator(seed: 12)
    func direction() -> [Double] { random.normals(24).map(Double.init) }
    let (own, first, second) = (direction(), direction(), direction())
    let result = EditArithmetic.conditional(own, on: [first, second, first], width: 12)
    for start in [0, 12] {
      func product(_ a: [Double], _ b: [Double]) -> Double { (start..<start + 12).reduce(0) { $0 + a[$1] * b[$1] } }
      #expect(abs(product(result, first)) < 1e-12 && abs(product(result, second)) < 1e-12)
      #expect(abs(product(result, result) - product(own, own)) < 1e-12)
      #expect(product(result, own) > 0)
    }
    #expect(EditArithmetic.conditional(own, on: [own.map { -2 * $0 }], width: 12).allSatisfy { $0 == 0 })
    #expect(EditArithmetic.conditional(own, on: [], width: 12) == own)
  }

  @Test func severalDirectionsAddUpEachInItsLayers() {
    let sum = EditArithmetic.combination(
      of: [(direction: [1, 2, 3, 4], amount: 2, layers: [0]), (direction: [1, 1, 1, 1], amount: -1, layers: nil)], width: 2)
    #expect(sum == [1, 3, -1, -1])
  }
}
