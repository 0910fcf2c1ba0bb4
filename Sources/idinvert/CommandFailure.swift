import Service

/// Why a command ends without success: one line and the exit code that scripts rely on.
struct CommandFailure: Error {
  let code: Int32
  let message: String

  static func job(_ message: String) -> CommandFailure { CommandFailure(code: 1, message: message) }
  static func usage(_ message: String) -> CommandFailure { CommandFailure(code: 2, message: message) }
  static func configuration(_ message: String) -> CommandFailure { CommandFailure(code: 3, message: message) }
  static func model(_ message: String) -> CommandFailure { CommandFailure(code: 4, message: message) }
}
