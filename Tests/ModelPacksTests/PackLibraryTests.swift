import Foundation
import ModelPacks
import TestSupport
import Testing

@Suite struct PackLibraryTests {
  @Test func packsAreFoundInOrderAndByTheirOwnNames() throws {
    try withTemporaryFolder { folder in
      let first = folder.appendingPathComponent("first")
      let second = folder.appendingPathComponent("second")
      _ = try PackOnDisk(in: first, name: "tiny")
      _ = try PackOnDisk(in: second, name: "tiny", seed: 2)
      let other = try PackOnDisk(in: second, name: "other")
      try FileManager.default.moveItem(at: other.folder, to: second.appendingPathComponent("renamed"))
      let library = PackLibrary(folders: [first.path, folder.path + "/none", second.path], executable: nil)
      #expect(try library.folder(ofPackNamed: "tiny") == first.path + "/tiny")
      #expect(try library.folder(ofPackNamed: "other") == second.path + "/renamed")
      #expect(try library.folder(ofPack: second.path + "/tiny") == second.path + "/tiny")
      #expect(try library.load("tiny").description.name == "tiny")
      #expect(
        library.entries().map(\.folder) == [first.path + "/tiny", second.path + "/renamed", second.path + "/tiny"])
    }
  }

  @Test func aMissingPackListsWhatThereIs() throws {
    try withTemporaryFolder { folder in
      _ = try PackOnDisk(in: folder, name: "tiny")
      let library = PackLibrary(folders: [folder.path], executable: nil)
      #expect(
        message { try library.load("tny") }
          == "no pack is named 'tny'; did you mean 'tiny'?; there are: tiny (looked in \(folder.path))")
      #expect(
        message { try library.folder(ofPackNamed: folder.path + "/tiny") }?.hasPrefix("no pack is named '/") == true)
      #expect(message { try library.load(folder.path) } == "\(folder.path): is no pack; it has no pack.yaml")
      #expect(
        message { try PackLibrary(folders: [folder.path + "/none"], executable: nil).load("tiny") }
          == "no pack is named 'tiny'; there are no packs (looked in \(folder.path)/none)")
      #expect(
        message { try PackLibrary(folders: [], executable: nil).load("tiny") }
          == "no pack is named 'tiny'; there are no packs (no folder of packs is configured)")
    }
  }

  @Test func aBrokenPackHidesNoOther() throws {
    try withTemporaryFolder { folder in
      let broken = try PackOnDisk(in: folder, name: "broken")
      try broken.replace("resolution: 32", by: "resolution: 33")
      _ = try PackOnDisk(in: folder, name: "tiny")
      let library = PackLibrary(folders: [folder.path], executable: nil)
      #expect(try library.load("tiny").description.name == "tiny")
      #expect(
        message { try library.load("broken") }
          == "pack 'broken' in \(folder.path)/broken cannot be used: pack.yaml:8:13: resolution must be a power of two from 8 to 1024; found '33'"
      )
    }
  }

  @Test func whatIsBesideTheProgramIsSearchedLast() {
    #expect(
      PackLibrary(folders: ["/a"], executable: "/usr/local/bin/idinvert").folders
        == ["/a", "/usr/local/share/idinvert/models"])
    #expect(
      PackLibrary(folders: [], executable: "/src/idinvert/.build/x86_64-unknown-linux-gnu/release/idinvert").folders
        == ["/src/idinvert/.build/x86_64-unknown-linux-gnu/share/idinvert/models", "/src/idinvert/Models"])
    #expect(PackLibrary.runningExecutable?.hasPrefix("/") == true)
  }

  @Test func theShippedPackIsFoundFromTheSourceTree() throws {
    let library = PackLibrary(folders: [], executable: Fixtures.project.path + "/.build/release/idinvert")
    let pack = try library.load("fruits64", verification: .sizes)
    let lines = PackSummary(pack.description, folder: pack.folder, hash: pack.hash).lines
    #expect(lines.first?.value == "fruits64, version 1")
    #expect(lines.contains { $0.label == "encoder" && $0.value == "24 to 192 channels" })
    #expect(lines.contains { $0.label == "attribute size" && $0.value == "smaller to larger, layers 0-9, -3.0 to 3.0" })
  }
}
