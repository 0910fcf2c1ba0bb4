package import Images
internal import ModelPacks
package import StrictYAML

/// Something that is done with an inverted picture. An edit is a value made from checked fields; it says which other
/// pictures it needs, and gives codes, which the editor turns into pictures.
package protocol Edit: Sendable {
  /// Its name and fields: the one source of parser, schema, help and tables.
  static var declaration: Declaration { get }

  /// Takes what was read, and the defaults, into properties.
  init(_ values: FieldValues)

  /// What was read, with its places.
  var values: FieldValues { get }

  /// What tells it from others of its kind, for its folder and its row: an attribute, the name of a picture.
  var subject: String? { get }

  /// The other pictures of the drop that it names, and where.
  var partners: (key: any DeclaredKey, names: [String])? { get }

  /// The mask of a piece to take.
  var piece: (key: any DeclaredKey, name: String)? { get }

  /// The mask outside of which the photograph stays as it is; nil to show the whole picture.
  var keptMask: String? { get }

  /// Pictures it makes.
  var frameCount: Int { get }

  /// Refuses what this pack cannot do, before anything is computed.
  func check(_ facts: ModelInfo) throws(YAMLError)

  /// Computes the codes of the frames.
  func run(in editing: EditContext) throws -> EditResult
}

extension Edit {
  package var subject: String? { nil }
  package var partners: (key: any DeclaredKey, names: [String])? { nil }
  package var piece: (key: any DeclaredKey, name: String)? { nil }
  package var keptMask: String? { nil }
  package var frameCount: Int { 1 }
  package func check(_ facts: ModelInfo) throws(YAMLError) {}

  /// `manipulate redness`, `interpolate tomato`.
  package var title: String {
    [Self.declaration.name, subject].compactMap { $0 }.joined(separator: " ")
  }

  /// Refuses more pictures than one edit may make.
  func checkFrames(_ key: some DeclaredKey, _ words: String) throws(YAMLError) {
    guard frameCount > EditLimits.maximumFrames else { return }
    throw values.place(of: key).error(
      "\(words) are \(frameCount) pictures; at most \(EditLimits.maximumFrames) are made")
  }

  /// Refuses layers that the pack does not have.
  func check(_ layers: LayerList?, _ key: Key<LayerList?>, _ facts: ModelInfo) throws(YAMLError) {
    guard let last = layers?.indices.last, last >= facts.layers else { return }
    throw values.place(of: key).error(
      "\(key.field.name): there is no layer \(last); \(facts.name) has layers 0 to \(facts.layers - 1)")
  }
}

/// Keys that several edits have.
enum SharedKeys {
  /// Of edits that may be limited to a part of the photograph.
  static let keep = Key(
    "keep", .image,
    help: "a mask: where it is white the edit is pasted into the photograph, where it is black the photograph stays",
    defaultText: "none, the whole picture")
}

/// What an edit gives: pictures as codes, in order, and what else is worth seeing.
package struct EditResult: Sendable {
  package struct Frame: Sendable {
    /// A few letters for the sheet: `-3`, `0.5`.
    package let label: String
    package let code: LatentCode
  }

  /// A picture that took part, for the sheet and the folder.
  package struct Ingredient: Sendable {
    /// The file's name without its ending.
    package let name: String
    package let label: String
    package let pixels: Picture
  }

  /// How the sheet and the page arrange it.
  package struct Row: Sendable {
    package enum Cell: Hashable, Sendable {
      /// The subject as the model sees it.
      case photograph
      case ingredient(Int)
      case frame(Int)
      case empty
    }

    package let label: String
    package let cells: [Cell]
  }

  /// An optimization behind it.
  package struct Run: Sendable {
    /// Which one, where there are several.
    package let label: String
    package let report: RunReport
  }

  package var frames: [Frame]
  package var ingredients: [Ingredient] = []
  /// nil for one row of everything.
  package var rows: [Row]?
  package var runs: [Run] = []
  package var warnings: [String] = []
}
