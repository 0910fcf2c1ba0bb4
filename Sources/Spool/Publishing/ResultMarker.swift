internal import Files
internal import Foundation

/// The hidden file in each answer that says which job it answers: what `retry` and retention go by.
struct ResultMarker: Codable, Sendable {
  struct Original: Codable, Sendable {
    var name: Name
    var isCopy: Bool
  }

  var format = 1
  var id: String
  var name: Name
  var inbox: String
  var subfolder: Name
  var isFailure: Bool
  var isFolder: Bool
  var originals: [Original]

  init(_ record: JobRecord) {
    id = record.id
    name = record.name
    inbox = record.inbox
    subfolder = record.subfolder
    isFailure = record.isFailure
    isFolder = record.isFolder
    // Without its image a job cannot be tried again, whoever has the file it was copied from.
    originals = record.entries.map { Original(name: $0.name, isCopy: $0.isCopy && $0.role == .reference) }
  }

  /// Reads the marker of an answer; nil where it is none of ours or cannot be understood.
  static func read(in folder: Folder) throws(FileError) -> ResultMarker? {
    guard try folder.contains(AnswerNames.marker) else { return nil }
    let contents = try folder.read(AnswerNames.marker, limit: JobStore.recordLimit)
    guard let marker = try? JSONDecoder().decode(ResultMarker.self, from: Data(contents.bytes)),  // not ours then
      marker.format == 1, marker.originals.allSatisfy(\.name.isPlain), marker.name.isPlain
    else { return nil }
    return marker
  }
}
