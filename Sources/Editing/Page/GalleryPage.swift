internal import PrintableText

/// A page of an outbox's gallery: results, newest first, and failures with their reasons. It needs no network.
package struct GalleryPage {
  /// A result or a failure.
  package struct Entry: Hashable, Sendable {
    /// The answer's folder, relative to the page.
    package var folder: String
    /// Why it failed; nil for a result.
    package var reason: String?
    /// Nanoseconds since 1970.
    package var time: Int64
    /// A small picture, relative to the page.
    package var picture: String?
    /// What the picture is, before the folder's name.
    package var pictureText = "Inversion of"
    package var hasPage: Bool

    package init(folder: String, reason: String? = nil, time: Int64, picture: String? = nil, hasPage: Bool = false) {
      self.folder = folder
      self.reason = reason
      self.time = time
      self.picture = picture
      self.hasPage = hasPage
    }
  }

  /// By this a page of ours is told from somebody else's file.
  package static let mark = "<!-- idinvert gallery -->"

  /// Newest first.
  private let entries: [Entry]
  /// All that the gallery has, on all pages.
  private let total: Int
  private let newer: String?
  private let older: String?

  /// - Parameters:
  ///   - entries: newest first.
  ///   - newer, older: the neighbors' file names; nil at the ends.
  package init(_ entries: [Entry], of total: Int, newer: String?, older: String?) {
    self.entries = entries
    self.total = total
    self.newer = newer
    self.older = older
  }

  package var bytes: [UInt8] {
    let failures = entries.count { $0.reason != nil }
    var parts = [ReportPage.head("Results"), Self.mark, "<style>\(Self.style)</style>", "<h1>Results</h1>"]
    parts.append(
      "<p class=\"facts\">\(entries.count) of \(total), newest first\(failures > 0 ? ", \(failures) failed" : "")</p>")
    let ways = [(newer, "newer", "prev"), (older, "older", "next")].compactMap { file, word, relation in
      file.map { "<a rel=\"\(relation)\" href=\"\(linkPath($0))\">\(word)</a>" }
    }
    let navigation = ways.isEmpty ? "" : "<nav aria-label=\"Pages\">\(ways.joined(separator: " · "))</nav>"
    parts += [navigation, "<ul class=\"gallery\">"]
    parts += entries.map(item)
    parts += ["</ul>", navigation, "<script>\(Self.script)</script></body></html>"]
    return Array((parts.joined(separator: "\n") + "\n").utf8)
  }

  private func item(_ entry: Entry) -> String {
    let name = htmlEscaped(entry.folder), target = entry.folder + (entry.reason != nil ? "/error.txt" : entry.hasPage ? "/report.html" : "/")
    let time = "<time data-time=\"\(entry.time / 1_000_000)\"></time>"
    let picture = entry.picture.map { "<img loading=\"lazy\" src=\"\(linkPath($0))\" alt=\"\(entry.pictureText) \(name)\">" }
    // A path that begins like an address is still one of a file here.
    let link = "./" + linkPath(target)
    guard let reason = entry.reason else {
      return "<li><a href=\"\(link)\">\(picture ?? "<span class=\"none\">no picture</span>")<b>\(name)</b></a>\(time)</li>"
    }
    return "<li class=\"failed\"><a href=\"\(link)\"><b>\(name)</b></a><p>failed: \(htmlEscaped(reason))</p>\(time)</li>"
  }

  private static let style = """
    .gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,11rem),1fr))}
    .gallery li{border:1px solid var(--line);padding:.5rem;overflow-wrap:anywhere}.gallery img{width:100%;height:auto}
    .gallery b{display:block;font-weight:600}.gallery p{margin:.3rem 0;font-size:.875rem}time,.none{opacity:.75;font-size:.875rem}
    .failed{border-left:4px solid #d97706!important}.gallery a:focus-visible{outline:2px solid #3b82f6;outline-offset:2px}
    """

  /// Times in the reader's own zone, and arrow keys from result to result.
  private static let script = """
    for (const time of document.querySelectorAll('time')) {
      const date = new Date(Number(time.dataset.time));
      time.dateTime = date.toISOString();
      time.textContent = date.toLocaleString();
    }
    const links = [...document.querySelectorAll('.gallery a')];
    addEventListener('keydown', event => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step || event.altKey || event.ctrlKey || event.metaKey || !links.length) return;
      const place = links.indexOf(document.activeElement);
      links[place < 0 ? 0 : Math.min(Math.max(place + step, 0), links.length - 1)].focus();
      event.preventDefault();
    });
    """
}
