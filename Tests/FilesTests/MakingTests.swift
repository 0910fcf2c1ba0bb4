import Files
import Foundation
import Testing

@Suite struct MakingTests {
  @Test func whatIsMissingIsMadeAndWhatIsThereStays() throws {
    let temporary = try TemporaryFolder()
    let path = Name(temporary.path + "/a/b/c")
    _ = try Folder.making(path).write("kept", [1])
    #expect(try Folder.making(path).read("kept", limit: 8).bytes == [1])
    #expect(try Folder.making(Name(temporary.path + "/a/b/c/")).contains("kept"))
  }

  /// As home folders of clusters are.
  @Test func linksInThePathAreFollowed() throws {
    let temporary = try TemporaryFolder()
    _ = try Folder.making(Name(temporary.path + "/real"))
    try FileManager.default.createSymbolicLink(atPath: temporary.path + "/link", withDestinationPath: "real")
    _ = try Folder.making(Name(temporary.path + "/link/deep/er"))
    #expect(try Folder(path: Name(temporary.path + "/real/deep")).contains("er"))
  }

  @Test func aFileInTheWayIsNamed() throws {
    let temporary = try TemporaryFolder()
    try temporary.folder.write("file", [1])
    let error = #expect(throws: FileError.self) { try Folder.making(Name(temporary.path + "/file/below")) }
    #expect(error?.path.contains("/file") == true)
  }
}
