package import Images
import ModelPacks
package import StrictYAML

/// Something that is done with an inverted picture. An edit is a value made from checked fields; it says which other
/// pictures it needs, and gives codes, which the editor turns into pictures.
package protocol Edit: Sendable {
  /// Its name and fields: the one source of parser, schema, help and tables.
  static var declaration: Declaration { get }

  init(_ values: FieldValues)

  var values: FieldValues { get }

  /// What tells it from others of its kind, for its folder and its row: an attribute, the name of a picture.
  var subject: String? { get }

  /// The fields that name other pictures of the drop.
  var imageFields: [String] { get }

  /// Refuses what this pack cannot do, before anything is computed.
  func check(_ facts: ModelInfo) throws(YAMLError)

  /// Computes the codes of the frames.
  func run(in studio: EditContext) throws -> EditResult
}

extension Edit {
  package var subject: String? { nil }
  package var imageFields: [String] { [] }
  package func check(_ facts: ModelInfo) throws(YAMLError) {}

  /// `manipulate redness`, `interpolate tomato`.
  package var title: String {
    [Self.declaration.name, subject].compactMap { $0 }.joined(separator: " ")
  }

  /// The pictures named by the edit's fields.
  package var imageNames: [String] { imageFields.flatMap(values.names) }

  /// Refuses layers that the pack does not have.
  func checkLayers(_ field: String, _ facts: ModelInfo) throws(YAMLError) {
    guard let last = values.layers(field)?.indices.last, last >= facts.layers else { return }
    throw values.place(of: field).error(
      "\(field): there is no layer \(last); \(facts.name) has layers 0 to \(facts.layers - 1)")
  }
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

  package var frames: [Frame]
  package var ingredients: [Ingredient] = []
  /// The optimization behind it, where there was one.
  package var run: RunReport?
  package var warnings: [String] = []
}
