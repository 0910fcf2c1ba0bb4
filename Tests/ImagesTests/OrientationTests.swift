import Images
import TestSupport
import Testing

/// A picture stands upright wherever its file says how it lies.
@Suite struct OrientationTests {
  static let picture = EncodingTests.noise(width: 12, height: 7)

  static func xmp(_ body: String) -> [UInt8] {
    let start = "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
    return [UInt8]("\(start)<rdf:Description rdf:about=\"\" \(body)</rdf:RDF></x:xmpmeta>".utf8)
  }

  static let space = "xmlns:tiff=\"http://ns.adobe.com/tiff/1.0/\""

  static func xmpDocuments(_ value: Int) -> [[UInt8]] {
    [
      xmp("\(space) tiff:Orientation=\"\(value)\"/>"),
      xmp("\(space) tiff:Orientation = '\(value)'/>"),
      xmp("\(space)><tiff:Orientation>\(value)</tiff:Orientation></rdf:Description>"),
      xmp("\(space)>\n<tiff:Orientation rdf:datatype=\"x\">\n \(value)\n</tiff:Orientation></rdf:Description>"),
      xmp("xmlns:exif='e' xmlns:t = 'http://ns.adobe.com/tiff/1.0/' exif:Orientation='5' t:Orientation='\(value)'/>"),
    ]
  }

  private func expect(_ bytes: [UInt8], _ value: Int, _ comment: String, sourceLocation: SourceLocation = #_sourceLocation)
    throws
  {
    let decoded = try Picture.decode(bytes, name: comment)
    #expect(decoded.info.orientation.rawValue == value, "\(comment)", sourceLocation: sourceLocation)
    #expect(decoded.warnings.isEmpty, "\(comment)", sourceLocation: sourceLocation)
  }

  @Test(arguments: 1...8)
  func aJPEGSaysItInEveryWay(value: Int) throws {
    let jpeg = try Fixtures.bytes("images/formats/420.jpg")
    let preamble = [UInt8]("Exif\0\0".utf8)
    for type in [1, 3, 4] {
      for isLittleEndian in [false, true] {
        let exif = Made.exif(value, type: type, isLittleEndian: isLittleEndian)
        try expect(Made.jpeg(jpeg, Made.segment(0xe1, preamble + exif)), value, "EXIF of type \(type)")
      }
    }
    for document in Self.xmpDocuments(value) {
      let segment = Made.segment(0xe1, [UInt8]("http://ns.adobe.com/xap/1.0/\0".utf8) + document)
      try expect(Made.jpeg(jpeg, segment), value, "XMP")
      let exif = Made.segment(0xe1, preamble + Made.exif(6))
      try expect(Made.jpeg(jpeg, segment, exif), 6, "EXIF counts, though XMP comes first")
      // EXIF without an orientation, or with one that does not exist, says nothing.
      try expect(Made.jpeg(jpeg, Made.segment(0xe1, preamble + Made.exif(9)), segment), value, "XMP beside bad EXIF")
    }
  }

  @Test(arguments: 1...8)
  func aPNGSaysItInEveryWay(value: Int) throws {
    let exif = Made.exif(value)
    let preamble = [UInt8]("Exif\0\0".utf8)
    let picture = Self.picture
    try expect(Made.png(picture, Made.chunk("eXIf", exif)), value, "eXIf")
    try expect(Made.png(picture, Made.chunk("eXIf", preamble + exif)), value, "eXIf with a preamble")
    try expect(Made.png(picture, Made.chunk("eXIf", Made.exif(value, type: 4))), value, "eXIf with 32 bits")
    for name in ["exif", "EXIF", "APP1", "app1"] {
      for content in [exif, preamble + exif] {
        let keyword = [UInt8]("Raw profile type \(name)\0".utf8)
        let text = Made.rawProfile(name.lowercased(), content)
        try expect(Made.png(picture, Made.chunk("tEXt", keyword + text)), value, "tEXt \(name)")
        try expect(Made.png(picture, Made.chunk("zTXt", keyword + [0] + Made.deflated(text))), value, "zTXt \(name)")
        try expect(Made.png(picture, Made.chunk("iTXt", keyword + [0, 0, 0, 0] + text)), value, "iTXt \(name)")
      }
    }
    for document in Self.xmpDocuments(value) {
      let keyword = [UInt8]("XML:com.adobe.xmp\0".utf8)
      try expect(Made.png(picture, Made.chunk("iTXt", keyword + [0, 0, 0, 0] + document)), value, "iTXt")
      try expect(
        Made.png(picture, Made.chunk("iTXt", keyword + [1, 0] + [UInt8]("en\0x\0".utf8) + Made.deflated(document))), value,
        "compressed iTXt")
      let raw = [UInt8]("Raw profile type xmp\0\0".utf8) + Made.deflated(Made.rawProfile("xmp", document))
      try expect(Made.png(picture, Made.chunk("zTXt", raw)), value, "raw profile of XMP")
    }
  }

  /// After the pixels is a place too.
  @Test func aPNGMaySayItAtItsEnd() throws {
    let bytes = try Self.picture.pngBytes()
    let end = bytes.count - 12
    try expect(bytes[..<end] + Made.chunk("eXIf", Made.exif(8)) + bytes[end...], 8, "eXIf at the end")
  }

  static let nonsense: [[UInt8]] = [
    [], [UInt8]("Exif\0\0".utf8), [UInt8]("tiff:Orientation".utf8), [UInt8]("tiff:Orientation=".utf8),
    [UInt8]("tiff:Orientation=\"".utf8), xmp("tiff:Orientation=\"0\"/>"), xmp("tiff:Orientation=\"9\"/>"),
    xmp("tiff:Orientation=\"16\"/>"), xmp("tiff:Orientation=\"x\"/>"), [UInt8]("=\"http://ns.adobe.com/tiff/1.0/".utf8),
    [UInt8]("http://ns.adobe.com/tiff/1.0/".utf8), Made.rawProfile("exif", [1, 2, 3]), [UInt8]("\nexif\n".utf8),
    [UInt8]("\nexif\n 4\nabcx".utf8), [UInt8]("\nexif\n 4\nabc".utf8),
  ]

  @Test(arguments: nonsense)
  func whatCannotBeUnderstoodIsUpright(bytes: [UInt8]) throws {
    let picture = Self.picture
    try expect(Made.png(picture, Made.chunk("eXIf", bytes)), 1, "eXIf")
    try expect(Made.png(picture, Made.chunk("tEXt", [UInt8]("Raw profile type exif\0".utf8) + bytes)), 1, "tEXt")
    try expect(Made.png(picture, Made.chunk("zTXt", [UInt8]("Raw profile type exif\0\0".utf8) + bytes)), 1, "zTXt")
    try expect(Made.png(picture, Made.chunk("iTXt", [UInt8]("XML:com.adobe.xmp\0\0\0\0\0".utf8) + bytes)), 1, "iTXt")
    let jpeg = try Fixtures.bytes("images/formats/420.jpg")
    let segment = Made.segment(0xe1, [UInt8]("http://ns.adobe.com/xap/1.0/\0".utf8) + bytes)
    try expect(Made.jpeg(jpeg, segment), 1, "APP1")
  }

  /// Each inflates to more than a text may have; looking into all would take minutes.
  @Test func manyCompressedTextsCostNothing() throws {
    let black = try Picture(width: 2000, height: 1500, color: .black).pngBytes()
    let data = try #require(black.indices.dropLast(3).first { black[$0..<$0 + 4].elementsEqual("IDAT".utf8) })
    let length = black[(data - 4)..<data].reduce(0) { $0 << 8 | Int($1) }
    let stream = black[(data + 4)..<(data + 4 + length)]
    let bomb = Made.chunk("zTXt", [UInt8]("Raw profile type exif\0\0".utf8) + stream)
    let bytes = try Self.picture.pngBytes()
    var many = Array(bytes[..<33])
    for _ in 0..<2000 { many += bomb }
    #expect(HostileFileTests.refusal(of: many + bytes[33...], name: "a.png") == nil)
  }
}
