internal import Editing
internal import Files
internal import Foundation
package import Images
internal import PrintableText
internal import Statistics
internal import Tensors

/// A photograph at the model's size.
package struct Photograph: Sendable {
  /// Relative to the folder.
  package let name: String
  /// Of the file.
  package let sha256: String
  package let picture: Picture

  var tensor: Tensor { ImageTensors.tensor(picture) }
}

/// The photographs of an evaluation: those that are inverted, and as many others to compare sets with.
package struct PhotographSet: Sendable {
  package let chosen: [Photograph]
  /// Never inverted: what a set of real photographs looks like beside another one.
  package let others: [Photograph]
  /// Photographs with labels, none of which is judged: what tells labels apart is trained on them.
  let examples: LabeledPictures?
  /// Names of files that could not be used, with the reason.
  package let refused: [(name: String, reason: String)]

  /// What `labels.csv` says of them.
  let labels: PhotographLabels?

  /// What halves of interpolations and other new pictures are compared with.
  var reference: [Photograph] { others.count >= 20 ? others : chosen }
  /// Whether the reference is the chosen photographs themselves.
  var referenceIsChosen: Bool { others.count < 20 }

  /// Reads a folder and everything below it, in an order that depends on contents and seed alone. The same file twice
  /// counts once.
  ///
  /// - Parameter examples: another folder, for `examples`; nil: the photographs that are not judged.
  /// - Throws: `EvaluationError` for a folder without two usable photographs.
  package init(
    folder: String, examples: String? = nil, resolution: Int, background: PixelColor, settings: EvaluationSettings,
    decoder: any PictureDecoding, limits: PictureLimits = PictureLimits()
  ) throws {
    func read(_ folder: String) throws -> Reading {
      try Reading(folder, resolution: resolution, background: background, decoder: decoder, limits: limits)
    }
    let reading = try read(folder)
    guard reading.photographs.count > 1 else {
      throw EvaluationError(
        "\(printable(folder)): has \(reading.photographs.count) usable photographs; at least 2 are needed, and 200 for intervals worth having")
    }
    var random = RandomNumbers(seed: settings.seed, stream: "photographs")
    let sorted = reading.photographs
    let shuffled = random.permutation(of: sorted.count).map { sorted[$0] }
    // Half for the floor, but not at the price of the least number for a claim.
    let count = min(settings.photographs, max(shuffled.count / 2, min(shuffled.count, settings.leastPhotographs)))
    chosen = Array(shuffled.prefix(count))
    others = Array(shuffled.dropFirst(count).prefix(settings.photographs))
    refused = reading.refused
    labels = PhotographLabels(folder: folder)
    guard let examples else {
      self.examples = labels.map { [others] in LabeledPictures(others, $0) }
      return
    }
    guard let labels = PhotographLabels(folder: examples) else {
      throw EvaluationError("\(printable(examples)): has no labels.csv with a column 'file', which examples need")
    }
    let judged = Set(chosen.map(\.sha256))
    self.examples = LabeledPictures(try read(examples).photographs.filter { !judged.contains($0.sha256) }, labels)
  }

  /// One hash for a list of photographs, in its order.
  static func hash(of photographs: [Photograph]) -> String {
    sha256(photographs.map { $0.sha256 + "\n" }.joined().utf8)
  }
}

/// Photographs that teach what labels look like.
struct LabeledPictures: Sendable {
  let pictures: [Picture]
  private let names: [String]
  private let labels: PhotographLabels

  init(_ photographs: [Photograph], _ labels: PhotographLabels) {
    pictures = photographs.map(\.picture)
    names = photographs.map(\.name)
    self.labels = labels
  }

  /// For each picture a number, or nil where there is no label; nil where no column fits the attribute.
  func numbers(_ attribute: String) -> [Double?]? { labels.numbers(attribute, for: names) }
}

/// The photographs of a folder and everything below it, in the order of their contents; the same file twice counts once.
private struct Reading {
  let photographs: [Photograph]
  private(set) var refused: [(name: String, reason: String)] = []

  init(
    _ folder: String, resolution: Int, background: PixelColor, decoder: any PictureDecoding, limits: PictureLimits
  ) throws(EvaluationError) {
    guard let paths = try? FileManager.default.subpathsOfDirectory(atPath: folder) else {
      throw EvaluationError("\(printable(folder)): is no folder that can be read")
    }
    var found: [String: Photograph] = [:]
    for path in paths.sorted() where PictureFormat.endings.contains((path as NSString).pathExtension.lowercased()) {
      do {
        let file = try readFile(Name(folder + "/" + path), limit: 1 << 28)
        let decoded = try decoder.decode(file.bytes, name: path, alpha: .over(background), limits: limits)
        found[file.sha256] = Photograph(
          name: path, sha256: file.sha256,
          picture: decoded.picture.fitted(to: resolution, by: .crop, background: background))
      } catch let error as FileError {
        refused.append((path, error.message))
      } catch {
        refused.append((path, "\(error)"))
      }
    }
    photographs = found.values.sorted { $0.sha256 < $1.sha256 }
  }
}
