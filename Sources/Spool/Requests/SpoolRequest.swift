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
  /// A job's identifier, or the name of its result; for `retry` the name of a folder in `failed`, or its path below that.
  package var job: Name
  /// The inbox meant, where several have that name; nil for any.
  package var inbox: String?

  /// Whether the reason of a refusal is to be left where the request was, for `refusal`.
  package var wantsAnswer: Bool?

  package init(_ action: Action, job: Name, inbox: String? = nil, wantsAnswer: Bool? = nil) {
    self.action = action
    self.job = job
    self.inbox = inbox
    self.wantsAnswer = wantsAnswer
  }

  static let refusalSuffix = ".refused"
  static func refusalName(_ request: Name) -> Name { request + refusalSuffix }

  /// Whether a name can stand for a job or a failure: plain, or of folders with slashes between them.
  package static func isValid(_ job: Name) -> Bool {
    let parts = job.bytes.split(separator: 0x2F, omittingEmptySubsequences: false)
    return (1...18).contains(parts.count) && parts.allSatisfy { Name(bytes: Array($0)).isPlain }
  }

  /// What became of a request.
  package enum Outcome: Sendable, Equatable {
    case done
    case refused(String)
    /// Nobody has taken it up.
    case open
  }

  /// Asks what became of a request that wanted an answer; a refusal is given once.
  package static func outcome(of request: Name, state: String) throws(FileError) -> Outcome {
    let requests = try Folder(path: Name(state)).folder(JobStore.requestsName)
    // In this order: the refusal is there before the request is gone.
    if try requests.contains(request) { return .open }
    let refusal = refusalName(request)
    guard try requests.contains(refusal) else { return .done }
    let text = try requests.read(refusal, limit: 1 << 16).bytes
    try? requests.remove(refusal)  // else the service does
    return .refused(String(decoding: text, as: UTF8.self))
  }

  /// Leaves the request in the state folder, durably.
  ///
  /// - Returns: its name, for `outcome`.
  @discardableResult
  package func submit(state: String) throws(FileError) -> Name {
    let requests = try Folder(path: Name(state)).folder(JobStore.requestsName)
    let name = Name("\(action.rawValue)-\(UUID().uuidString).json")
    try requests.write(name, try encodeJSON(self, requests.printablePath(of: name)), mode: 0o660, replacing: false)
    return name
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
    guard request.format == 1, isValid(request.job) else { throw FileError(.read, path, "it is not a request") }
    return request
  }
}
