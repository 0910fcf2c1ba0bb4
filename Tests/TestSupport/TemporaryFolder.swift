package import Foundation

/// Runs `body` with a fresh folder that only this user may enter, and removes it afterwards.
package func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = try makeTemporaryFolder()
  defer { remove(folder) }
  return try body(folder)
}

/// The same for a body that waits.
package func withTemporaryFolder<Result>(
  isolation: isolated (any Actor)? = #isolation, _ body: (URL) async throws -> Result
) async throws -> Result {
  let folder = try makeTemporaryFolder()
  defer { remove(folder) }
  return try await body(folder)
}

private func makeTemporaryFolder() throws -> URL {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("idinvert-test-\(UUID().uuidString)")
  try FileManager.default.createDirectory(
    at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  return folder.resolvingSymlinksInPath()
}

private func remove(_ folder: URL) {
  // A test may have removed it already, and a folder left behind harms no other test.
  try? FileManager.default.removeItem(at: folder)
}
