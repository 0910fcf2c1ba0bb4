internal import PrintableText

/// What people and their editors do to YAML that a parser only trips over later, or not at all: looked for line by line,
/// so that the place and the remedy are told where they arise.
struct WritingHabits {
  private let file: String
  /// Without line ends.
  private let lines: [[Unicode.Scalar]]

  init(_ text: [UInt8], file: String) {
    self.file = file
    var lines: [[Unicode.Scalar]] = [[]]
    var isAfterReturn = false
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      if scalar == "\n", isAfterReturn {
        isAfterReturn = false
        continue
      }
      isAfterReturn = scalar == "\r"
      if scalar == "\n" || scalar == "\r" { lines.append([]) } else { lines[lines.count - 1].append(scalar) }
    }
    self.lines = lines
  }

  /// Refuses what parses and cannot be meant.
  ///
  /// - Parameter covered: lines, from 1, that begin inside of a quoted or block text.
  func check(except covered: Set<Int>) throws(YAMLError) {
    for (index, line) in lines.enumerated() where !covered.contains(index + 1) {
      if let finding = Line(line).certain { throw error(finding, index) }
    }
  }

  /// A better reason for a syntax error, where one stands at or before it.
  func explanation(of error: YAMLError) -> YAMLError? {
    for (index, line) in lines.prefix(error.line).enumerated() {
      let line = Line(line)
      if let finding = line.certain ?? line.likely { return self.error(finding, index) }
    }
    guard error.message.contains("<document start>"), let first = lines.first(where: { Line($0).hasContent }) else { return nil }
    let indentation = first.prefix { $0 == " " }.count
    guard indentation > 0 else { return nil }
    return YAMLError(
      file: file, line: error.line, column: error.column,
      message: "the first line is indented by \(indentation), this one is not; begin the keys of one mapping in the same column")
  }

  private func error(_ finding: Line.Finding, _ index: Int) -> YAMLError {
    YAMLError(file: file, line: index + 1, column: finding.column + 1, message: finding.message)
  }
}

/// One line, looked at without what stands around it.
private struct Line {
  struct Finding {
    let column: Int
    let message: String
  }

  private let scalars: [Unicode.Scalar]
  /// Where the text begins, after indentation and the hyphens of lists.
  private let start: Int
  private let isInList: Bool
  /// A plain ASCII word at the start.
  private let word: ArraySlice<Unicode.Scalar>
  /// Where a comment begins; the end without one.
  private let comment: Int
  /// How many brackets are open there.
  private let openBrackets: Int

  init(_ scalars: [Unicode.Scalar]) {
    self.scalars = scalars
    var start = scalars.prefix { $0 == " " || $0 == "\t" || Self.isSpaceLike($0) }.count
    var isInList = false
    while start + 1 < scalars.count, scalars[start] == "-", scalars[start + 1] == " " {
      isInList = true
      start += 2
      while start < scalars.count, scalars[start] == " " { start += 1 }
    }
    self.start = start
    self.isInList = isInList
    word = scalars[start...].prefix { ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "_" }
    (comment, openBrackets) = Self.comment(in: scalars)
  }

  var hasContent: Bool { scalars.contains { $0 != " " && $0 != "\t" } && comment > start }

  private static func isSpaceLike(_ scalar: Unicode.Scalar) -> Bool { LookAlike(scalar)?.kind == .space }

  /// The first comment sign outside of quotes that has a space or nothing before it.
  private static func comment(in scalars: [Unicode.Scalar]) -> (Int, openBrackets: Int) {
    var quote: Unicode.Scalar?
    var depth = 0
    for (index, scalar) in scalars.enumerated() {
      if let open = quote {
        if scalar == open, open == "'" || scalars[index - 1] != "\\" { quote = nil }
        continue
      }
      let previous: Unicode.Scalar = index == 0 ? " " : scalars[index - 1]
      switch scalar {
      case "\"", "'": if " [{,:\t".unicodeScalars.contains(previous) { quote = scalar }
      case "{", "[": depth += 1
      case "}", "]": depth = max(0, depth - 1)
      case "#": if previous == " " || previous == "\t" { return (index, depth) }
      default: continue
      }
    }
    return (scalars.count, depth)
  }

  // MARK: What is certain

  /// What is wrong with the line whatever stands around it.
  var certain: Finding? { indentation ?? dash ?? colon ?? color ?? cutName }

  private var indentation: Finding? {
    guard let index = scalars.prefix(start).firstIndex(where: Self.isSpaceLike), let found = LookAlike(scalars[index]) else {
      return nil
    }
    return Finding(column: index, message: "\(found.name) (\(found.codePoint)) indents this line; write plain spaces")
  }

  private var dash: Finding? {
    guard start < comment, let found = LookAlike(scalars[start]), found.kind == .dash else { return nil }
    let next = start + 1 < scalars.count ? scalars[start + 1] : " "
    guard next == " " || Self.isSpaceLike(next) else { return nil }
    return Finding(column: start, message: "\(found.clause) and a space, to begin an item of a list")
  }

  private var colon: Finding? {
    let after = word.endIndex
    guard !word.isEmpty, after < comment else { return nil }
    let next = after + 1 < scalars.count ? scalars[after + 1] : " "
    let isEnd = next == " " || Self.isSpaceLike(next)
    if let found = LookAlike(scalars[after]), found.kind == .colon, isEnd || !isInList {
      return Finding(column: after, message: "\(found.clause) and a space after '\(text(word))'")
    }
    if scalars[after] == ":", let found = LookAlike(next), found.kind == .space {
      return Finding(column: after + 1, message: "\(found.clause) after '\(text(word)):'")
    }
    return nil
  }

  /// `background: #ffffff`, which says nothing.
  private var color: Finding? {
    guard comment < scalars.count else { return nil }
    let digits = scalars[(comment + 1)...].prefix { $0.properties.isASCIIHexDigit }
    let rest = scalars[digits.endIndex...].first
    let isColor = [6, 8].contains(digits.count) || (digits.count == 3 && digits.contains { ("0"..."9").contains($0) })
    guard isColor, rest == nil || " ,}]".unicodeScalars.contains(rest!),
      scalars[..<comment].last(where: { $0 != " " && $0 != "\t" }) == ":"
    else { return nil }
    return Finding(
      column: comment, message: "'#' begins a comment here, so that nothing is said; write the color in quotes: \"#\(text(digits))\"")
  }

  /// `with: tomato #2.jpg`, which names `tomato`.
  private var cutName: Finding? {
    guard comment > start, comment + 1 < scalars.count, scalars[comment + 1] != " " else { return nil }
    let said = text(scalars[comment...]).split(whereSeparator: { ",}]".contains($0) }).first.map(String.init) ?? ""
    let name = said.lowercased().replacing(/\s+$/, with: "")
    guard Self.endings.contains(where: { name.hasSuffix("." + $0) }) else { return nil }
    let before = scalars[..<comment].reversed().drop { $0 == " " }.prefix { !":[{,\"'".unicodeScalars.contains($0) }
    guard !before.isEmpty else { return nil }
    let whole = text(ArraySlice(before.reversed())).drop { $0 == " " || $0 == "-" } + " " + said
    return Finding(
      column: comment, message: "'#' begins a comment here, so that the name ends before it; write it in quotes: \(YAMLText.quoted(String(whole)))")
  }

  private static let endings = [
    "jpg", "jpeg", "jpe", "jfif", "png", "npy", "safetensors", "heic", "heif", "avif", "webp", "tif", "tiff", "gif", "bmp",
  ]

  // MARK: What explains a syntax error

  /// What may be meant as it stands, but not where nothing can be read.
  var likely: Finding? {
    if comment < scalars.count, openBrackets > 0 {
      return Finding(
        column: comment,
        message: "'#' begins a comment here, so that the brackets before it stay open; write a text with '#' in quotes")
    }
    let next = word.endIndex
    if !word.isEmpty, next + 1 < comment, scalars[next] == ":", scalars[next + 1] != " ", scalars[next + 1] != "/" {
      return Finding(column: next, message: "a space is missing after '\(text(word)):'")
    }
    if start + 1 < comment, scalars[start] == "-", scalars[start + 1].properties.isAlphabetic {
      return Finding(column: start, message: "a space is missing after '-'")
    }
    return nil
  }

  private func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    printable(String(String.UnicodeScalarView(scalars.prefix(60))))
  }
}
