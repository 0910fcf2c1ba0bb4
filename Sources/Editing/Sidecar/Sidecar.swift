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
  package let model: String?
  private let givenFit: PhotographFit?
  package let face: FaceChoice
  /// Left eye, right eye, nose, left and right corner of the mouth.
  package let landmarks: [Point]?
  private let givenPaste: Bool?
  /// The mask of what is pasted; nil for the usual one.
  package let mask: String?
  /// nil means the pack's.
  package let background: PixelColor?
  /// A saved code's name.
  package let use: String?
  package let inversion: InversionRequest
  /// Methods to compare, as they were listed; empty where there is nothing to compare.
  package let compared: [InversionMethod]
  package let animation: Animation
  package let wantsSheet: Bool
  package let wantsReport: Bool
  package let wantsLatents: Bool
  /// A job's photographs; empty for a sidecar, whose photograph lies beside it.
  package let imageNames: [String]

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
    if !edits.isEmpty { values.set(Keys.edits.field, .edits(edits), at: place) }
    try self.init(values, file: place.file, defaults: defaults)
  }

  private init(_ given: FieldValues, file: String, defaults: Sidecar?) throws(YAMLError) {
    self.file = file
    let values = defaults.map { given.merged(over: $0.values) } ?? given
    self.values = values
    var edits: [any Edit] = []
    for request in values[Keys.edits] ?? [Self.reconstruction(at: given.place)] { edits.append(try EditCatalog.edit(request)) }
    self.edits = edits
    model = values[Keys.model]
    givenFit = values[Keys.fit]
    face = values[Keys.face]
    landmarks = values[Keys.landmarks]
    givenPaste = values[Keys.paste]
    mask = values[Keys.mask]
    background = values[Keys.background]
    use = values[Keys.use]
    inversion = InversionRequest(values[Keys.invert])
    compared = values[Keys.compare] ?? []
    animation = values[Keys.animate]
    let output = values[Keys.output]
    wantsSheet = output[Output.sheet]
    wantsReport = output[Output.report]
    wantsLatents = output[Output.latents]
    imageNames = values[Keys.images] ?? values[Keys.image].map { [$0] } ?? []
    // A watch's own settings of inversions are no reason against a code.
    guard use != nil else { return }
    for key in [Keys.invert, Keys.compare] as [any DeclaredKey] where given.isGiven(key) {
      throw given.place(of: key).error("the code of 'use' is taken as it is; remove use, or \(key.field.name)")
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
    if values.isGiven(Keys.image), values.isGiven(Keys.images) {
      throw values.place(of: Keys.images).error("a job has either 'image' or 'images'; remove one of them")
    }
    guard values.isGiven(Keys.image) || values.isGiven(Keys.images) else {
      throw values.place.error("a job needs 'image: NAME' or 'images: [NAME, …]': the photographs to work on")
    }
    let names = values[Keys.images] ?? []
    if let twice = names.first(where: { name in names.count { Name($0) == Name(name) } > 1 }) {
      throw values.place(of: Keys.images).error("\(quoted(twice)) is listed twice in images")
    }
  }

  private static func reconstruction(at place: YAMLPlace) -> EditRequest {
    EditRequest(
      name: Reconstruct.declaration.name, values: FieldValues(Reconstruct.declaration, at: place), place: place)
  }
}

extension Sidecar {
  /// - Parameter alignment: the pack's, which decides where nothing is said.
  package func fit(_ alignment: Alignment) -> PhotographFit { givenFit ?? (alignment == .ffhq ? .align : .crop) }

  /// Whether frames are put back into the whole photograph.
  package func pastes(_ alignment: Alignment) -> Bool { givenPaste ?? (fit(alignment) == .align || mask != nil) }

  /// The inversion's settings: what was said, else the pack's, else the paper's.
  ///
  /// - Parameter method: nil for the sidecar's.
  package func inversionSettings(_ facts: ModelInfo, method: InversionMethod? = nil) -> InversionSettings {
    inversion.settings(facts, method: method)
  }

  /// Checks what depends on the pack: attributes, layers, boxes.
  package func check(_ facts: ModelInfo) throws(YAMLError) {
    try checkMethods(facts)
    if mask != nil, !pastes(facts.alignment) {
      throw values.place(of: Keys.mask).error("mask says where frames are pasted; write paste: true, or leave mask out")
    }
    for key in [Keys.face, Keys.landmarks] as [any DeclaredKey] where values.isGiven(key) && fit(facts.alignment) != .align {
      let name = key.field.name
      throw values.place(of: key).error("\(name) is for fit: align; add that, or leave \(name) out")
    }
    if values.isGiven(Keys.face), landmarks != nil {
      throw values.place(of: Keys.face).error("landmarks name the face already; leave face out")
    }
    if use != nil, face == .all {
      throw values.place(of: Keys.use).error("a code is of one face; choose one, or remove use")
    }
    for edit in edits { try edit.check(facts) }
  }

  private func checkMethods(_ facts: ModelInfo) throws(YAMLError) {
    let invert = inversion.values
    for method in [inversion.method] + compared {
      let settings = inversionSettings(facts, method: method)
      if method == .conventional, !facts.hasConventionalEncoder {
        let isOwn = method == inversion.method
        let place = isOwn ? invert.place(of: InversionRequest.Keys.method) : values.place(of: Keys.compare)
        let remedy = isOwn ? "write method: encoder or in-domain" : "take it out of compare"
        throw place.error("\(facts.name) has no conventional encoder (\(PackFileName.conventional)); \(remedy)")
      }
      let weights = settings.effectiveWeights
      if settings.updates > 0, weights.pixel == 0, weights.perceptual == 0, weights.domain == 0 {
        throw invert.place(of: InversionRequest.Keys.weights).error(
          "every weight that \(method.rawValue) uses is 0, so there is nothing to optimize; write method: encoder, or a weight")
      }
    }
  }
}
