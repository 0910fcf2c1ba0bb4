internal import Files
package import Images
package import Inversion
package import ModelPacks
internal import PrintableText
package import StrictYAML

/// Instructions for one job, checked as far as that is possible without knowing the pack.
package struct Sidecar: Sendable {
  package enum Kind: Sendable {
    /// Beside a photograph, or a watch's defaults.
    case photograph
    /// A job folder's `job.yaml`, which names its photographs.
    case job
  }

  /// The file, as messages call it.
  package let file: String
  package let values: FieldValues
  package let edits: [any Edit]

  /// Reads a sidecar.
  ///
  /// - Parameters:
  ///   - file: the name messages begin with: `apple.jpg.yaml`.
  ///   - defaults: what holds where this text says nothing. Groups (`invert`, `output`) are merged key by key; a list of
  ///     edits replaces the other one.
  /// - Throws: one line with place, cause and remedy. An empty text is a reconstruction.
  package init(
    _ bytes: [UInt8], file: String, kind: Kind = .photograph, defaults: Sidecar? = nil,
    limits: YAMLLimits = YAMLLimits()
  ) throws(YAMLError) {
    try self.init(YAML.parse(bytes, file: file, limits: limits), kind: kind, defaults: defaults)
  }

  /// Makes a sidecar of a part of another document: a watch's `defaults:`.
  package init(_ value: YAMLValue, kind: Kind = .photograph, defaults: Sidecar? = nil) throws(YAMLError) {
    let declaration = kind == .job ? Self.jobDeclaration : Self.declaration
    let given = try declaration.parse(value)
    if kind == .job { try Self.checkImages(given) }
    try self.init(given, file: value.place.file, defaults: defaults)
  }

  /// A sidecar that says nothing, with edits from a command line.
  package init(edits: [EditRequest] = [], defaults: Sidecar? = nil) throws(YAMLError) {
    let place = YAMLPlace(file: "--edit", line: 1, column: 1)
    var values = FieldValues(Self.declaration, at: place)
    if !edits.isEmpty { values.set("edits", .edits(edits), at: place) }
    try self.init(values, file: place.file, defaults: defaults)
  }

  private init(_ given: FieldValues, file: String, defaults: Sidecar?) throws(YAMLError) {
    self.file = file
    values = defaults.map { given.merged(over: $0.values, as: given.declaration) } ?? given
    let requests = values.edits("edits") ?? [Self.reconstruction(at: given.place)]
    var edits: [any Edit] = []
    for request in requests { edits.append(try EditCatalog.edit(request)) }
    self.edits = edits
    // A watch's own settings of inversions are no reason against a code.
    if values.isGiven("use"), let key = ["invert", "compare"].first(where: given.isGiven) {
      throw given.place(of: key).error("the code of 'use' is taken as it is; remove use, or \(key)")
    }
  }

  /// The same sidecar with another list of edits.
  package func replacing(edits requests: [EditRequest]) throws(YAMLError) -> Sidecar {
    try Sidecar(edits: requests, defaults: self)
  }

  /// Every file that is named: photographs first, then what else is needed; no duplicates.
  package var referencedNames: [String] {
    // Two spellings of one letter may be two files.
    var known: Set<Name> = []
    return (imageNames + references.map(\.name)).filter { known.insert(Name($0)).inserted }
  }

  /// The names in a text that may still be wrong elsewhere in what it says about a pack.
  package static func referencedNames(
    _ bytes: [UInt8], file: String, kind: Kind = .job
  ) throws(YAMLError) -> [String] {
    try Sidecar(bytes, file: file, kind: kind).referencedNames
  }

  private static func checkImages(_ values: FieldValues) throws(YAMLError) {
    if values.isGiven("image"), values.isGiven("images") {
      throw values.place(of: "images").error("a job has either 'image' or 'images'; remove one of them")
    }
    guard values.isGiven("image") || values.isGiven("images") else {
      throw values.place.error("a job needs 'image: NAME' or 'images: [NAME, …]': the photographs to work on")
    }
    let names = values.texts("images") ?? []
    if let twice = names.first(where: { name in names.count { Name($0) == Name(name) } > 1 }) {
      throw values.place(of: "images").error("\(quoted(twice)) is listed twice in images")
    }
  }

  private static func reconstruction(at place: YAMLPlace) -> EditRequest {
    EditRequest(
      name: Reconstruct.declaration.name, values: FieldValues(Reconstruct.declaration, at: place), place: place)
  }
}

extension Sidecar {
  package var model: String? { values.text("model") }
  /// - Parameter alignment: the pack's, which decides where nothing is said.
  package func fit(_ alignment: Alignment) -> PhotographFit {
    values.choice("fit") ?? (alignment == .ffhq ? .align : .crop)
  }
  package var face: FaceChoice { values.face("face") ?? .largest }
  /// Left eye, right eye, nose, left and right corner of the mouth.
  package var landmarks: [Point]? { values.points("landmarks") }
  /// Whether frames are put back into the whole photograph.
  package func pastes(_ alignment: Alignment) -> Bool {
    values.boolean("paste") ?? (fit(alignment) == .align || mask != nil)
  }
  /// The mask of what is pasted; nil for the usual one.
  package var mask: String? { values.text("mask") }
  /// The mask of what does not count.
  package var hidden: String? { values.section("invert")?.text("mask") }
  /// A saved code's name.
  package var use: String? { values.text("use") }
  /// `#rrggbb`; nil means the pack's.
  package var background: String? { values.text("background") }
  package var animation: Animation { values.choice("animate") ?? .none }
  package var wantsSheet: Bool { values.section("output")?.boolean("sheet") ?? true }
  package var wantsReport: Bool { values.section("output")?.boolean("report") ?? true }
  package var wantsLatents: Bool { values.section("output")?.boolean("latents") ?? true }

  /// A job's photographs; empty for a sidecar, whose photograph lies beside it.
  package var imageNames: [String] { values.texts("images") ?? values.text("image").map { [$0] } ?? [] }

  /// The method of the results at the top.
  package var method: InversionMethod { values.section("invert")?.choice("method") ?? .inDomain }
  /// Methods to compare, as they were listed; empty where there is nothing to compare.
  package var compared: [InversionMethod] {
    (values.texts("compare") ?? []).compactMap { InversionMethod(rawValue: $0) }
  }

  /// The inversion's settings: what was said, else the pack's, else the paper's.
  ///
  /// - Parameter method: nil for the sidecar's.
  package func inversionSettings(_ facts: ModelInfo, method: InversionMethod? = nil) -> InversionSettings {
    let invert = values.section("invert")
    let weights = invert?.section("weights")
    let optimizer = invert?.choice("optimizer") ?? OptimizerKind.adam
    return InversionSettings(
      method: method ?? self.method,
      steps: invert?.integer("steps") ?? optimizer.steps(forPlain: facts.steps),
      optimizer: optimizer,
      learningRate: invert?.number("learning_rate") ?? facts.learningRate,
      weights: LossWeights(
        pixel: weights?.number("pixel").map(Float.init) ?? facts.weights.pixel,
        perceptual: weights?.number("perceptual").map(Float.init) ?? facts.weights.perceptual,
        domain: weights?.number("domain").map(Float.init) ?? facts.weights.domain),
      keep: invert?.choice("keep") ?? .last,
      snapshots: invert?.integer("snapshots") ?? 0)
  }

  /// Checks what depends on the pack: attributes, layers, boxes.
  package func check(_ facts: ModelInfo) throws(YAMLError) {
    try checkMethods(facts)
    if values.isGiven("mask"), !pastes(facts.alignment) {
      throw values.place(of: "mask").error("mask says where frames are pasted; write paste: true, or leave mask out")
    }
    for key in ["face", "landmarks"] where values.isGiven(key) && fit(facts.alignment) != .align {
      throw values.place(of: key).error("\(key) is for fit: align; add that, or leave \(key) out")
    }
    if values.isGiven("face"), values.isGiven("landmarks") {
      throw values.place(of: "face").error("landmarks name the face already; leave face out")
    }
    if values.isGiven("use"), face == .all {
      throw values.place(of: "use").error("a code is of one face; choose one, or remove use")
    }
    for edit in edits { try edit.check(facts) }
  }

  private func checkMethods(_ facts: ModelInfo) throws(YAMLError) {
    let invert = values.section("invert")
    for method in [method] + compared {
      let settings = inversionSettings(facts, method: method)
      if method == .conventional, !facts.hasConventionalEncoder {
        let place = method == self.method ? invert?.place(of: "method") : values.place(of: "compare")
        let remedy = method == self.method ? "write method: encoder or in-domain" : "take it out of compare"
        throw (place ?? values.place).error("\(facts.name) has no conventional encoder (\(PackFileName.conventional)); \(remedy)")
      }
      let weights = settings.effectiveWeights
      if settings.updates > 0, weights.pixel == 0, weights.perceptual == 0, weights.domain == 0 {
        throw (invert?.place(of: "weights") ?? values.place).error(
          "every weight that \(method.rawValue) uses is 0, so there is nothing to optimize; write method: encoder, or a weight")
      }
    }
  }
}

extension FieldValues {
  /// As `merged(over:)`, but with the fields of another declaration: a job's defaults are a sidecar.
  func merged(over defaults: FieldValues, as declaration: Declaration) -> FieldValues {
    var result = FieldValues(declaration, at: place)
    for field in defaults.declaration.fields where defaults.isGiven(field.name) && declaration.field(field.name) != nil {
      if let value = defaults[field.name] { result.set(field.name, value, at: defaults.place(of: field.name)) }
    }
    return merged(over: result)
  }
}
