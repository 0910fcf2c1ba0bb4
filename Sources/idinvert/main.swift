import ArgumentParser
import Decoding
import Glibc
import Kernels
import Service

// How the program decodes pictures: before anything else, for it is done for each of them.
if CommandLine.arguments.dropFirst().elementsEqual(["decode"]) { DecoderChild.run() }

BufferPool.returnLargeBlocks()
// A limit on files (ulimit -f) is an error of the write, which says what could not be written.
signal(SIGXFSZ, SIG_IGN)

// Exit codes: 0, 1 (the job failed), 2 (usage), 3 (configuration), 4 (model).
do {
  var command = try Idinvert.parseAsRoot()
  try command.run()
} catch let failure as CommandFailure {
  Terminal.complain("idinvert: \(failure.message)")
  exit(failure.code)
} catch let code as ExitCode {
  // What was wrong has been said.
  exit(code.rawValue)
} catch {
  let message = Idinvert.fullMessage(for: error)
  switch Idinvert.exitCode(for: error) {
  case .success:
    Terminal.say(message)
    exit(0)
  case .validationFailure:
    Terminal.complain(message)
    exit(2)
  default:
    Terminal.complain("idinvert: \(message.isEmpty ? "\(error)" : message)")
    exit(1)
  }
}
