/// What a file says about the colors of its pixels, as places in it: nothing is unpacked before it is needed.
struct ColorTags: Equatable, Sendable {
  /// A PNG's iCCP chunk.
  var compressedProfile: Range<Int>?
  /// An ICC profile as it is: a WebP's ICCP chunk, a TIFF's tag, a HEIF's colr box.
  var plainProfile: Range<Int>?
  /// Parts of an ICC profile in a JPEG's APP2 segments, each after its signature: number, count, data.
  var profileParts: [Range<Int>] = []
  /// A PNG's sRGB chunk.
  var saysSRGB = false
  var gamma: Int?
  /// A PNG's cHRM chunk: x and y of white, red, green and blue, times 100,000.
  var chromaticities: [Int]?
  /// A PNG's cICP chunk, or a HEIF's colr box.
  var codePoints: CodePoints?

  /// Code points of ITU-T H.273.
  struct CodePoints: Equatable, Sendable {
    let primaries: UInt8
    let transfer: UInt8
    let isFullRange: Bool
  }

  /// Whether colors may have to be converted.
  var saysSomething: Bool {
    compressedProfile != nil || plainProfile != nil || !profileParts.isEmpty || gamma != nil || chromaticities != nil || codePoints != nil
  }

  static let segmentSignature = [UInt8]("ICC_PROFILE\0".utf8)
  /// Profiles with tables for printing have 2 MB.
  static let maximumProfileBytes = 8 << 20

  /// Takes a chunk that stands before a PNG's pixels.
  mutating func add(chunk type: String, at place: Range<Int>, of bytes: [UInt8]) {
    let data = bytes[place]
    switch type {
    case "iCCP": compressedProfile = compressedProfile ?? place
    case "sRGB": saysSRGB = true
    case "gAMA" where place.count == 4: gamma = bytes.bigEndian32(at: place.lowerBound).flatMap { $0 > 0 ? $0 : nil }
    case "cHRM" where place.count == 32:
      chromaticities = stride(from: place.lowerBound, to: place.upperBound, by: 4).map {
        // Signed: blue of some wide color spaces is negative.
        bytes.bigEndian32(at: $0).map { Int(Int32(truncatingIfNeeded: $0)) } ?? 0
      }
    // The matrix has to be that of RGB.
    case "cICP" where place.count == 4 && data[place.lowerBound + 2] == 0:
      codePoints = CodePoints(
        primaries: data[place.lowerBound], transfer: data[place.lowerBound + 1], isFullRange: data[place.lowerBound + 3] != 0)
    default: return
    }
  }

  /// Finds the profile that the file's pixels are meant in.
  ///
  /// The order is PNG's (third edition, 4.3): cICP, then iCCP, then sRGB, then gAMA with cHRM.
  /// - Returns: nil for sRGB.
  /// - Throws: why what is said cannot be understood.
  func profile(in bytes: [UInt8]) throws(ColorProblem) -> ColorProfile? {
    if let codePoints, let profile = try ColorProfile(codePoints) { return profile }
    if let compressedProfile { return try Self.profile(inflating: bytes[compressedProfile]) }
    if let plainProfile { return try ColorProfile(icc: [UInt8](bytes[plainProfile].prefix(Self.maximumProfileBytes))) }
    if !profileParts.isEmpty { return try ColorProfile(icc: Self.joined(profileParts.map { bytes[$0] })) }
    if saysSRGB { return nil }
    if gamma != nil || chromaticities != nil { return try ColorProfile(gamma: gamma, chromaticities: chromaticities) }
    if codePoints != nil { throw ColorProblem("its color description (cICP) is not known") }
    return nil
  }

  private static func profile(inflating chunk: ArraySlice<UInt8>) throws(ColorProblem) -> ColorProfile {
    // A name of at most 79 letters, its zero, and the method.
    guard let end = chunk.prefix(80).firstIndex(of: 0), end + 2 <= chunk.endIndex,
      let profile = inflated(chunk[(end + 2)...], atMost: maximumProfileBytes)
    else { throw ColorProblem("its color profile is damaged") }
    return try ColorProfile(icc: profile)
  }

  /// Puts the parts of a JPEG's profile together, in whatever order they stand.
  static func joined(_ parts: [ArraySlice<UInt8>]) throws(ColorProblem) -> [UInt8] {
    let count = parts.first?.dropFirst().first.map { Int($0) } ?? 0
    var sorted = [ArraySlice<UInt8>?](repeating: nil, count: count)
    for part in parts {
      guard part.count >= 2, let number = part.first, (1...max(count, 1)).contains(Int(number)), count > 0 else { continue }
      sorted[Int(number) - 1] = sorted[Int(number) - 1] ?? part.dropFirst(2)
    }
    guard count > 0 else { throw ColorProblem("its color profile is damaged") }
    if let missing = sorted.firstIndex(of: nil) {
      throw ColorProblem("its color profile lacks part \(missing + 1) of \(count)")
    }
    return sorted.flatMap { $0.map([UInt8].init) ?? [] }
  }
}

/// Why colors are left as they are.
struct ColorProblem: Error, Equatable {
  let reason: String

  init(_ reason: String) {
    self.reason = reason
  }

  /// For a person, without the file's name.
  var warning: String { reason + "; its colors are taken as sRGB" }
}
