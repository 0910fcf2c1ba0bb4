internal import Files

/// A folder of photographs, ready: squares of one side, each once, and what is known of them.
package struct PreparedPhotographs: Sendable, Equatable {
  package struct Photograph: Sendable, Equatable, Codable {
    package var name: String
    package var bytes: Int64
    /// Of the file.
    package var sha256: String
    package var isHeldOut: Bool
    /// From `labels.csv`; `folder` is the subfolder it lies in.
    package var labels: [String: String]

    package init(name: String, bytes: Int64, sha256: String, isHeldOut: Bool, labels: [String: String]) {
      self.name = name
      self.bytes = bytes
      self.sha256 = sha256
      self.isHeldOut = isHeldOut
      self.labels = labels
    }
  }

  package struct Refusal: Sendable, Equatable, Codable {
    package var name: String
    package var reason: String
  }

  package var side: Int
  /// How they were decoded, in words; part of the fingerprint.
  package var preparation: String
  /// In the order of their names, but for one that took the place of the same picture without labels.
  package var photographs: [Photograph]
  package var refused: [Refusal]
  /// Three equal channels.
  package var grayCount: Int
  /// Smaller than `side`, hence blurred.
  package var enlargedCount: Int
  /// RGB bytes, pixel after pixel, photograph after photograph.
  package var pixels: [UInt8]

  package init(
    side: Int, preparation: String, photographs: [Photograph], refused: [Refusal] = [], grayCount: Int = 0,
    enlargedCount: Int = 0, pixels: [UInt8]
  ) {
    self.side = side
    self.preparation = preparation
    self.photographs = photographs
    self.refused = refused
    self.grayCount = grayCount
    self.enlargedCount = enlargedCount
    self.pixels = pixels
  }

  package var count: Int { photographs.count }
  package var bytesEach: Int { side * side * 3 }

  /// Numbers of the photographs to train with, and of those kept apart.
  package var training: [Int] { photographs.indices.filter { !photographs[$0].isHeldOut } }
  package var heldOut: [Int] { photographs.indices.filter { photographs[$0].isHeldOut } }

  package func pixels(of index: Int) -> ArraySlice<UInt8> { pixels[index * bytesEach..<(index + 1) * bytesEach] }

  /// What ties a checkpoint to its photographs.
  package var fingerprint: String {
    var digest = Digest()
    digest.add(Array("photographs \(side) \(preparation)\n".utf8))
    for item in photographs { digest.add(Array("\(item.name)\t\(item.bytes)\t\(item.sha256)\t\(item.isHeldOut)\n".utf8)) }
    return digest.finish()
  }

  /// The first thing in which a folder differs from the one that was prepared, in words; nil when nothing does.
  func firstDifference(from list: PhotographList?) -> String? {
    if list?.labels == nil, photographs.contains(where: { !Set($0.labels.keys).isSubset(of: ["folder"]) }) {
      return "its labels.csv is gone"
    }
    var known: [String: Photograph] = [:]
    for item in photographs { known[item.name] = item }
    let refused = Set(self.refused.map(\.name))
    var missing = Set(known.keys)
    for entry in list?.entries ?? [] {
      if let item = known[entry.name] {
        if item.bytes != entry.bytes { return "\(entry.name) has \(entry.bytes) bytes instead of \(item.bytes)" }
        if let column = firstDifference(item.labels, list?.labels(of: entry) ?? [:]) {
          return "its labels.csv says something else of \(entry.name): \(column)"
        }
        missing.remove(entry.name)
      } else if !refused.contains(entry.name) {
        return "\(entry.name) is new"
      }
    }
    return missing.min().map { "\($0) is gone" }
  }

  private func firstDifference(_ known: [String: String], _ now: [String: String]) -> String? {
    Set(known.keys).union(now.keys).sorted().first { known[$0] != now[$0] }
  }
}
