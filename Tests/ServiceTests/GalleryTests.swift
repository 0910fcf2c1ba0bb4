import Editing
import Files
import Foundation
import Service
import TestSupport
import Testing

/// What the gallery of an outbox shows, and what it costs.
@Suite struct GalleryTests {
  private func entry(_ number: Int) -> GalleryPage.Entry { .init(folder: "r\(number)", time: Int64(number)) }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private func folders(_ page: String) -> [String] { page.matches(of: /<b>([^<]*)<\/b>/).map { String($0.1) } }

  @Test("Pages divide the results, newest first, each once", arguments: [0, 1, 99, 100, 101, 250, 300])
  func division(count: Int) {
    var list = GalleryList()
    list.add((0..<count).map(entry).shuffled())
    var shown: [String] = []
    for number in stride(from: list.fullPages, through: 1, by: -1) { shown += folders(text(list.page(number))) }
    let index = folders(text(list.index))
    #expect(index == (0..<count).reversed().prefix(index.count).map { "r\($0)" })
    #expect(index.count >= min(count, 100) && index.count < 200)
    let rest = (0..<count % 100).map { "r\(count - 1 - $0)" }
    #expect(rest + shown == (0..<count).reversed().map { "r\($0)" })
  }

  @Test("A result that is added changes no full page but the last, once in a hundred times")
  func cost() {
    var list = GalleryList()
    list.add((0..<350).map(entry))
    let before = (1...3).map { list.page($0) }
    for number in 350..<399 { list.add(entry(number)) }
    #expect((1...3).map { list.page($0) } == before)
    list.add(entry(399))
    #expect((1...2).map { list.page($0) } == Array(before.prefix(2)))
    #expect(list.fullPages == 4 && list.page(3) != before[2], "its neighbor is a page of its own now")
    list.add(entry(399))
    #expect(list.count == 400)
    #expect(list.remove(["r7"]) && !list.remove(["r7"]) && list.count == 399)
  }

  @Test("Names, reasons and folders are text, and links lead to files here")
  func escaping() {
    let name = "javascript:alert(1)/<b>&\"'"
    let page = text(GalleryPage(
      [.init(folder: name, reason: "<script>alert(1)</script>", time: 1), .init(folder: name, time: 2, picture: name + "/inverted.png", hasPage: true)],
      of: 2, newer: nil, older: "index-1.html"
    ).bytes)
    #expect(!page.contains("<script>alert") && !page.contains("<b>&\""))
    #expect(page.contains("href=\"./javascript%3Aalert%281%29/%3Cb%3E%26%22%27/report.html\""))
    #expect(page.contains("alt=\"Inversion of javascript:alert(1)/&lt;b&gt;&amp;&quot;&#39;\""))
    #expect(page.contains("rel=\"next\" href=\"index-1.html\"") && !page.contains("http:") && !page.contains("https:"))
  }

  // MARK: On disk

  private func answer(_ outbox: URL, _ path: String, failure: String? = nil, made: Int) throws {
    let folder = outbox.appendingPathComponent(path)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let marker = "{\"format\":1,\"id\":\"\(made)\",\"name\":\"x\",\"inbox\":\"/in\",\"subfolder\":\"\",\"isFailure\":\(failure != nil),\"isFolder\":false,\"originals\":[]}"
    try Data(marker.utf8).write(to: folder.appendingPathComponent(".job.json"))
    if let failure {
      try Data((failure + "\nmore\n").utf8).write(to: folder.appendingPathComponent("error.txt"))
    } else {
      for file in ["inverted.png", "report.html"] { try Data("x".utf8).write(to: folder.appendingPathComponent(file)) }
    }
    let date = Date(timeIntervalSince1970: Double(made))
    try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: folder.appendingPathComponent(".job.json").path)
  }

  private func page(_ outbox: URL, _ name: String = "index.html") throws -> String {
    try String(contentsOf: outbox.appendingPathComponent(name), encoding: .utf8)
  }

  private func path(_ outbox: URL, _ below: String) -> Name { Name(outbox.path + "/" + below) }

  @Test("The gallery finds what is there, takes what is added and drops what is gone")
  func life() throws {
    try withTemporaryFolder { outbox in
      try answer(outbox, "apple", made: 10)
      try answer(outbox, "sub/pear", made: 30)
      try answer(outbox, "failed/bad", failure: "bad.png: is empty", made: 20)
      try FileManager.default.createDirectory(at: outbox.appendingPathComponent("somebody"), withIntermediateDirectories: true)
      var gallery = OutboxGallery(outbox.path)
      try gallery.update()
      #expect(try folders(page(outbox)) == ["sub/pear", "failed/bad", "apple"])
      #expect(try page(outbox).contains("failed: bad.png: is empty</p>"))
      #expect(try page(outbox).contains("src=\"apple/inverted.png\"") && page(outbox).contains("href=\"./apple/report.html\""))
      try answer(outbox, "cherry", made: 40)
      try gallery.update(added: [path(outbox, "cherry"), path(outbox, "cherry"), Name("/elsewhere/x")])
      #expect(try folders(page(outbox)) == ["cherry", "sub/pear", "failed/bad", "apple"])
      try FileManager.default.removeItem(at: outbox.appendingPathComponent("sub"))
      try FileManager.default.removeItem(at: outbox.appendingPathComponent("apple"))
      try gallery.update(removed: [path(outbox, "apple")])
      #expect(try folders(page(outbox)) == ["cherry", "failed/bad"])
      // A crash forgets everything, and may leave half a page; the next start shows the same.
      let before = try page(outbox), draft = outbox.appendingPathComponent(".index.html.new").path
      try Data("<!doc".utf8).write(to: URL(fileURLWithPath: draft))
      var again = OutboxGallery(outbox.path)
      try again.update()
      #expect(try page(outbox) == before && !FileManager.default.fileExists(atPath: draft))
    }
  }

  @Test("A training is shown by its samples")
  func training() throws {
    try withTemporaryFolder { outbox in
      try answer(outbox, "my-model", made: 10)
      let folder = outbox.appendingPathComponent("my-model")
      for file in ["inverted.png", "report.html"] { try FileManager.default.removeItem(at: folder.appendingPathComponent(file)) }
      try Data("x".utf8).write(to: folder.appendingPathComponent("samples.png"))
      var gallery = OutboxGallery(outbox.path)
      try gallery.update()
      #expect(try page(outbox).contains("src=\"my-model/samples.png\" alt=\"Samples of my-model\""))
    }
  }

  @Test("At rest no page is written, and a job writes one")
  func writes() throws {
    try withTemporaryFolder { outbox in
      for number in 1...205 { try answer(outbox, "r\(number)", made: number) }
      func inodes() throws -> [String: UInt64] {
        var found: [String: UInt64] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: outbox.path) where name.hasPrefix("index") {
          found[name] = try FileManager.default.attributesOfItem(atPath: outbox.path + "/" + name)[.systemFileNumber] as? UInt64
        }
        return found
      }
      var gallery = OutboxGallery(outbox.path)
      try gallery.update()
      let first = try inodes()
      #expect(Set(first.keys) == ["index.html", "index-1.html", "index-2.html"])
      try gallery.update()
      var fresh = OutboxGallery(outbox.path)
      try fresh.update()
      #expect(try inodes() == first)
      try answer(outbox, "new", made: 999)
      try fresh.update(added: [path(outbox, "new")])
      let second = try inodes()
      #expect(second["index.html"] != first["index.html"])
      #expect(second["index-1.html"] == first["index-1.html"] && second["index-2.html"] == first["index-2.html"])
      for number in 1...150 { try FileManager.default.removeItem(at: outbox.appendingPathComponent("r\(number)")) }
      try fresh.update(removed: (1...150).map { path(outbox, "r\($0)") })
      #expect(try Set(inodes().keys) == ["index.html"], "pages that nobody fills are gone")
      #expect(try folders(page(outbox)).count == 56)
    }
  }

  @Test("Somebody else's index.html stays, and an empty one of a power cut is replaced")
  func foreign() throws {
    try withTemporaryFolder { outbox in
      try answer(outbox, "apple", made: 10)
      let file = outbox.appendingPathComponent("index.html")
      try Data("<h1>mine</h1>".utf8).write(to: file)
      var gallery = OutboxGallery(outbox.path)
      #expect(refusal { try gallery.update() } == "\(outbox.path)/index.html: is not the service's, so no gallery is written; move it away, or write output: {report: false} in the watch's defaults")
      #expect(try page(outbox) == "<h1>mine</h1>")
      try Data().write(to: file)
      try gallery.update()
      #expect(try folders(page(outbox)) == ["apple"])
      try FileManager.default.removeItem(at: file)
      try FileManager.default.createSymbolicLink(at: file, withDestinationURL: outbox.appendingPathComponent("apple/inverted.png"))
      var second = OutboxGallery(outbox.path)
      #expect(refusal { try second.update() } == "\(outbox.path)/index.html: is not the service's, so no gallery is written; move it away, or write output: {report: false} in the watch's defaults")
      #expect(try String(contentsOf: outbox.appendingPathComponent("apple/inverted.png"), encoding: .utf8) == "x")
    }
  }

  @Test("No answer is called like a page of the gallery", arguments: [
    ("index.html", true), ("INDEX.HTML", true), ("index-7.html", true), ("Index-12.HTML", true), ("failed", true), ("FAILED", true),
    ("index", false), ("index-.html", false), ("index-a.html", false), ("index.html-2", false), ("apple", false),
  ])
  func names(_ name: String, _ isOurs: Bool) {
    #expect(AnswerNames.isOfOutbox(Name(name)) == isOurs)
  }
}
