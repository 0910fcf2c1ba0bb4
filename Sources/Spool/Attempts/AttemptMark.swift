internal import Files

/// One try of a job in a folder of its own, `attempts/NUMBER` in the job's.
///
/// Only the attempt that the job's record names, by number and token, counts. Whatever an earlier one still does, or too
/// late, is never looked at.
package struct AttemptMark: Sendable, Codable, Equatable {
  /// From 1; never used twice for a job.
  package let number: Int
  /// 32 random hexadecimal digits, which only the record, the task and its answer have.
  package let token: String

  package init(number: Int, token: String = AttemptMark.randomToken()) {
    self.number = number
    self.token = token
  }

  package static func randomToken() -> String {
    var generator = SystemRandomNumberGenerator()
    return hexadecimal((0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
  }
}

/// What a job's record says of its attempts.
package struct AttemptRecord: Sendable, Codable, Equatable {
  /// The last number that was given out.
  package var number: Int
  /// Of the attempt that counts; nil where it was given up.
  package var token: String?
  /// The executor that has it.
  package var executor: String
  /// What the executor has to know of it after a restart, in words of its own.
  package var notes: [String: String]

  /// The attempt that counts.
  package var mark: AttemptMark? { token.map { AttemptMark(number: number, token: $0) } }
}
