internal import Foundation

/// How far an attempt is: `progress.json`, replaced now and then, never put on disk.
package struct WorkProgress: Sendable, Codable, Equatable {
  package var format = 1
  package var token: String
  /// Grows with each sign of life, so that silence can be told from a long step.
  package var count: Int
  /// The picture being worked on, and what is done with it.
  package var picture: String
  package var phase: String
  /// Of the optimization; 0 of 0 outside of one.
  package var step = 0
  package var steps = 0
  package var loss: Double?
  /// Steps made since the attempt began.
  package var stepsInAll = 0
  /// Since its work began.
  package var seconds = 0.0
  package var model: String?

  package init(token: String, count: Int, picture: String = "", phase: String = "") {
    self.token = token
    self.count = count
    self.picture = picture
    self.phase = phase
  }

  /// - Returns: nil where the bytes are no progress that this program knows.
  package init?(json bytes: [UInt8]) {
    guard let progress = try? JSONDecoder().decode(WorkProgress.self, from: Data(bytes)), progress.format == 1 else {
      return nil  // shown as it was
    }
    self = progress
  }
}
