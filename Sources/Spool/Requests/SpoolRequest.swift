package import Files
internal import Foundation

/// What another process can ask of the service: a small file in the state folder, taken up at once where the service
/// runs and at its next start where it does not.
package struct SpoolRequest: Sendable, Codable, Equatable {
  package enum Action: String, Sendable, Codable {
    /// End a job: it goes to `failed` with the reason "cancelled".
    case cancel
    /// Put the originals of a failure back in the inbox.
    case retry
  }

  package var format = 1
  package var action: Action
  /// A job's identifier, or the name of its result; for `retry` the name of a folder in `failed`.
  package var job: Name
  /// The inbox meant, where several have that name; nil for any.
  package var inbox: String?

  package init(_ action: Action, job: Name, inbox: String? = nil) {
    self.action = action
    self.job = job
    self.inbox = inbox
  }

  /// Leaves the request in the state folder, durably.
  package func submit(state: String) throws(FileError) {
    let requests = try Folder(path: Name(state)).folder(JobStore.requestsName)
    let name = Name("\(action.rawValue)-\(UUID().uuidString).json")
    try requests.write(name, try encodeJSON(self, requests.printablePath(of: name)), mode: 0o660, replacing: false)
  }

  static func read(_ name: Name, in folder: Folder) throws(FileError) -> SpoolRequest {
    let contents = try folder.read(name, limit: 1 << 16)
    let path = folder.printablePath(of: name)
    let request: SpoolRequest
    do {
      request = try JSONDecoder().decode(SpoolRequest.self, from: Data(contents.bytes))
    } catch {
      throw FileError(.read, path, "it is not a request")
    }
    guard request.format == 1, request.job.isPlain else { throw FileError(.read, path, "it is not a request") }
    return request
  }
}
