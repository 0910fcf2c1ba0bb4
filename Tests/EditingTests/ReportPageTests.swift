import Editing
import Foundation
import Images
import StrictYAML
import TestSupport
import Testing

@Suite("The page of a result", .serialized) struct ReportPageTests {
  private func run(_ text: String, photographs: [InputFile]) throws -> [String: [UInt8]] {
    let bytes = Array(text.utf8), writer = MemoryWriter()
    let input = JobInput(
      photographs: photographs, others: [], sidecar: try Sidecar(bytes, file: "a.yaml"),
      sidecarFile: InputFile(name: "a.yaml", bytes: bytes))
    try Editor(model: try TinyModel.model.get(), options: EditorOptions(decoder: DirectDecoder(), programVersion: "1.0", memoryLimitInBytes: 4 << 30))
      .run(input, into: writer)
    return writer.files
  }

  private func page(_ files: [String: [UInt8]], _ path: String = "report.html") throws -> String {
    String(decoding: try #require(files[path]), as: UTF8.self)
  }

  @Test("shows pictures that are there, and asks nothing of anybody") func links() throws {
    let files = try run(
      "invert: {steps: 3, snapshots: 1}\nedits: [reconstruct, manipulate: {attribute: redness, frames: 12}]",
      photographs: [try picture("apple.png", seed: 1)])
    let page = try page(files)
    let links = page.matches(of: /(?:src|href)="([^"]+)"/).map { String($0.1) }.filter { !$0.hasPrefix("data:") }
    #expect(links.count > 10)
    for link in links { #expect(files[try #require(link.removingPercentEncoding)] != nil, "\(link)") }
    // All twelve frames under the slider, some of them below it.
    #expect(page.contains(#"max="11""#) && page.contains("02-manipulate-redness/11.png"))
    #expect(!page.contains("http:") && !page.contains("https:"))
    #expect(page.contains("<polyline") && page.contains("steps") && page.contains("manipulate"))
    let result = try #require(files["result.json"])
    let report = try JSONSerialization.jsonObject(with: Data(result)) as? [String: Any]
    #expect((report?["files"] as? [String])?.contains("report.html") == true)
  }

  @Test("takes names and texts for text") func escaping() throws {
    let name = "<img src=x onerror=alert(1)>&\"'.png"
    let page = try page(run("# </pre><script>alert(2)</script>\ninvert: {method: encoder}", photographs: [try picture(name, seed: 1)]))
    #expect(!page.contains("<img src=x") && !page.contains("<script>alert"))
    #expect(page.contains("&lt;img src=x onerror=alert(1)&gt;&amp;&quot;&#39;.png"))
    #expect(page.contains("# &lt;/pre&gt;&lt;script&gt;alert(2)&lt;/script&gt;\n"))
  }

  @Test("is left out when it is not wanted") func unwanted() throws {
    let files = try run("invert: {method: encoder}\noutput: {report: false}", photographs: [try picture("apple.png", seed: 1)])
    #expect(files["report.html"] == nil && files["sheet.png"] != nil)
  }

  @Test("of several photographs leads to each one's") func several() throws {
    let photographs = try ["a b.png", "c#1.png"].enumerated().map { try picture($0.element, seed: $0.offset) }
    let files = try run("invert: {method: encoder}", photographs: photographs)
    let overview = try page(files)
    for link in overview.matches(of: /(?:src|href)="([^"]+)"/).map({ String($0.1) }) where !link.hasPrefix("data:") {
      #expect(files[try #require(link.removingPercentEncoding)] != nil, "\(link)")
    }
    #expect(overview.contains("a b.png") && overview.contains("c#1.png"))
  }
}
