import Editing
import Foundation
import Images
import Inversion
import ModelPacks
import StrictYAML
import TestSupport
import Testing

@Suite struct SidecarTests {
  static let facts = ModelInfo(
    name: "toys", hash: "abc", resolution: 32, layers: 8, width: 48, steps: 30, learningRate: 0.02,
    weights: LossWeights(pixel: 1, perceptual: 1e-4, domain: 2), domainLimit: 0.1, hasConventionalEncoder: true,
    attributes: [
      .init(name: "redness", title: "less to more red", layers: [0, 1, 2], range: -3...3),
      .init(name: "size", title: "smaller to larger", layers: [0, 1], range: -2...2),
    ])

  private func sidecar(_ text: String, defaults: Sidecar? = nil, kind: Sidecar.Kind = .photograph) throws -> Sidecar {
    try Sidecar(Array(text.utf8), file: "apple.jpg.yaml", kind: kind, defaults: defaults)
  }

  @Test(arguments: ["", "# nothing\n", "edits:\n  - reconstruct\n", "{}"])
  func sayingNothingIsAReconstruction(_ text: String) throws {
    let sidecar = try sidecar(text)
    #expect(sidecar.edits.map(\.title) == ["reconstruct"])
    #expect(sidecar.fit(.none) == .crop && sidecar.wantsSheet && sidecar.wantsLatents && sidecar.model == nil)
    let settings = sidecar.inversionSettings(Self.facts)
    #expect(settings == InversionSettings(steps: 30, learningRate: 0.02, weights: Self.facts.weights))
  }

  @Test("The conventional encoder is refused by name where the pack has none") func noConventionalEncoder() throws {
    var facts = Self.facts
    let asked = try sidecar("invert:\n  method: conventional\n")
    try asked.check(facts)
    #expect(asked.inversionSettings(facts).updates == 0)
    facts.hasConventionalEncoder = false
    let refusal = "apple.jpg.yaml:2:11: toys has no conventional encoder (conventional.safetensors); write method: encoder or in-domain"
    #expect { try asked.check(facts) } throws: { "\($0)" == refusal }
  }

  @Test func everythingThatIsSaidIsHeard() throws {
    let sidecar = try sidecar(
      """
      model: toys
      fit: pad
      background: "#102030"
      invert:
        method: image2stylegan
        steps: 12
        optimizer: adam
        learning_rate: 0.5
        weights: {perceptual: 3e-5}
        keep: best
        snapshots: 4
      edits:
        - reconstruct
        - manipulate: {attribute: redness, from: -1, to: 2.5, frames: 3, layers: "0-2,5"}
        - interpolate: {with: tomato.jpg, frames: 9}
        - mix_style: {style: cherry.jpg, layers: [6, 7]}
        - diffuse: {context: tomato.jpg, box: [4, 5, 6, 7], steps: 8, normalize: area, snapshots: 2}
      output: {sheet: false, latents: false}
      """)
    try sidecar.check(Self.facts)
    #expect(sidecar.model == "toys" && sidecar.fit(.none) == .pad && sidecar.background == PixelColor("#102030"))
    #expect(!sidecar.wantsSheet && !sidecar.wantsLatents)
    let settings = sidecar.inversionSettings(Self.facts)
    #expect(
      settings
        == InversionSettings(
          method: .image2stylegan, steps: 12, learningRate: 0.5,
          weights: LossWeights(pixel: 1, perceptual: 3e-5, domain: 2), keep: .best, snapshots: 4))
    #expect(
      sidecar.edits.map(\.title) == [
        "reconstruct", "manipulate redness", "interpolate tomato", "mix_style cherry", "diffuse tomato",
      ])
    #expect((sidecar.edits[1] as? Manipulate)?.layers?.indices == [0, 1, 2, 5])
    #expect((sidecar.edits[3] as? MixStyle)?.layers?.indices == [6, 7])
    #expect((sidecar.edits[4] as? Diffuse)?.box == Box(x: 4, y: 5, width: 6, height: 7))
    #expect(sidecar.referencedNames == ["tomato.jpg", "cherry.jpg"])
  }

  @Test func defaultsHoldWhereNothingIsSaid() throws {
    let defaults = try sidecar("fit: stretch\ninvert: {steps: 7, keep: best}\nedits: [reconstruct, manipulate: {attribute: size}]\n")
    let quiet = try sidecar("invert: {steps: 9}", defaults: defaults)
    #expect(quiet.fit(.none) == .stretch && quiet.edits.count == 2)
    let settings = quiet.inversionSettings(Self.facts)
    #expect(settings.steps == 9 && settings.keep == .best)
    let loud = try sidecar("fit: crop\nedits: []", defaults: defaults)
    #expect(loud.fit(.none) == .crop && loud.edits.isEmpty)
    #expect(loud.inversionSettings(Self.facts).steps == 7)
  }

  @Test func anOptimizerBringsItsOwnNumberOfSteps() throws {
    var facts = Self.facts
    facts.steps = 200
    #expect(try sidecar("").inversionSettings(facts).steps == 200)
    #expect(try sidecar("invert: {optimizer: fast}").inversionSettings(facts).steps == 120)
    #expect(try sidecar("invert: {optimizer: fast, steps: 9}").inversionSettings(facts).steps == 9)
  }

  @Test func aJobNamesItsPhotographs() throws {
    let defaults = try sidecar("fit: pad")
    let one = try sidecar("image: apple.jpg\nedits: [interpolate: {with: pear.png}]", defaults: defaults, kind: .job)
    #expect(one.imageNames == ["apple.jpg"] && one.referencedNames == ["apple.jpg", "pear.png"] && one.fit(.none) == .pad)
    let text = "images: [a.png, b.png]\nedits: [mix_style: {style: a.png}]"
    #expect(try Sidecar.referencedNames(Array(text.utf8), file: "job.yaml") == ["a.png", "b.png"])
  }

  @Test(arguments: [
    "manipulate attribute=redness frames=5 from=-1", "manipulate: {attribute: redness, frames: 5, from: -1}",
  ])
  func anEditCanBeWrittenOnTheCommandLine(_ text: String) throws {
    let request = try EditCatalog.parse(commandLine: text)
    let sidecar = try Sidecar(edits: [request])
    try sidecar.check(Self.facts)
    let edit = try #require(sidecar.edits.first as? Manipulate)
    #expect(edit.frames == 5 && edit.from == -1)
    #expect(sidecar.edits.map(\.title) == ["manipulate redness"])
  }

  @Test(arguments: [
    ("manipulate attribut=redness", "--edit:1:1: unknown key 'attribut' in manipulate; did you mean 'attribute'?"),
    ("recontsruct", "--edit:1:1: unknown edit 'recontsruct'; did you mean 'reconstruct'?"),
  ])
  func aWrongEditOnTheCommandLineIsExplained(_ text: String, _ expected: String) {
    #expect(refusal { try EditCatalog.parse(commandLine: text) } == expected)
  }

  @Test func aPictureThatWasNotDroppedIsNamedWithItsPlace() throws {
    let sidecar = try sidecar("edits:\n  - interpolate: {with: tomatoe.jpg}")
    do {
      try sidecar.checkReferences(in: ["apple.jpg", "tomato.jpg"])
      Issue.record("it was accepted")
    } catch {
      #expect(
        error.description
          == "apple.jpg.yaml:2:25: with: 'tomatoe.jpg' was not dropped together with this file; did you mean 'tomato.jpg'?")
    }
  }

  @Test(arguments: try sidecarCases())
  func errorsSayWhereWhatAndWhatToDo(_ name: String) throws {
    let expected = String(decoding: try Fixtures.bytes("edit/sidecars/\(name).expected"), as: UTF8.self)
    let bytes = try Fixtures.bytes("edit/sidecars/\(name).yaml")
    do throws(YAMLError) {
      let kind: Sidecar.Kind = name.hasPrefix("job") ? .job : .photograph
      try Sidecar(bytes, file: "\(name).yaml", kind: kind).check(Self.facts)
      Issue.record("\(name).yaml was accepted")
    } catch {
      #expect(error.description + "\n" == expected)
    }
  }

  private static func sidecarCases() throws -> [String] {
    let names = try FileManager.default.contentsOfDirectory(atPath: Fixtures.path("edit/sidecars"))
    let cases = names.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
    return cases
  }
}
