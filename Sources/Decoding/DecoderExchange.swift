internal import Glibc
internal import Images
internal import PrintableText

/// What the parent puts before the file's bytes.
struct DecoderRequest: Equatable {
  let alpha: AlphaHandling
  let limits: PictureLimits
  let budget: DecoderBudget
  /// Who asks: the process ends where that is not its parent any more.
  let parent: Int

  static let length = 16 * 8
  private static let magic = 0x6964_6E76_6465_6331

  var bytes: [UInt8] {
    let color =
      switch alpha {
      case .drop: -1
      case .keep: -2
      case .over(let color): Int(color.red) << 16 | Int(color.green) << 8 | Int(color.blue)
      }
    let numbers = [
      Self.magic, color, limits.pixels, limits.side, limits.scans, limits.decoderMemoryInBytes, limits.chunks, budget.memory,
      budget.processorSeconds, budget.seconds, parent,
    ]
    return Numbers.bytes(numbers, Self.length)
  }

  init(alpha: AlphaHandling, limits: PictureLimits, budget: DecoderBudget, parent: Int) {
    self.alpha = alpha
    self.limits = limits
    self.budget = budget
    self.parent = parent
  }

  init?(_ bytes: [UInt8]) {
    let numbers = Numbers.read(bytes, 11)
    guard numbers.count == 11, numbers[0] == Self.magic else { return nil }
    let color = numbers[1]
    alpha =
      switch color {
      case -1: .drop
      case -2: .keep
      default: .over(PixelColor(red: UInt8(color >> 16 & 255), green: UInt8(color >> 8 & 255), blue: UInt8(color & 255)))
      }
    var limits = PictureLimits()
    (limits.pixels, limits.side, limits.scans) = (numbers[2], numbers[3], numbers[4])
    (limits.decoderMemoryInBytes, limits.chunks) = (numbers[5], numbers[6])
    self.limits = limits
    budget = DecoderBudget(memory: numbers[7], processorSeconds: numbers[8], seconds: numbers[9])
    parent = numbers[10]
  }
}

/// What the child puts before each piece of the pixels, and behind the last one.
struct PieceHead: Equatable {
  /// Bytes of the piece; 0 is the end.
  let count: Int

  static let length = 8
  static let end = PieceHead(count: 0)

  var bytes: [UInt8] { Numbers.bytes([count], Self.length) }

  init(count: Int) {
    self.count = count
  }

  /// - Parameter bytes: written by a process that is not trusted.
  init?(_ bytes: [UInt8]) {
    guard let count = Numbers.read(bytes, 1).first, count >= 0 else { return nil }
    self.count = count
  }
}

/// What the child says when all is known: how it went, the size, and texts.
package struct DecoderAnswer: Equatable {
  package enum Outcome: Int, CaseIterable {
    case picture, truncated, corrupt, unsupported, overLimit, outOfMemory, confinement
  }

  package let outcome: Outcome
  package let width: Int
  package let height: Int
  /// Warnings of a picture; what is wrong otherwise.
  package let texts: [String]

  /// With what fills it up.
  package static let length = 4096
  private static let magic = 0x6964_6E76_616E_7331
  private static let mostTexts = 6
  private static let longestText = 600

  package init(_ outcome: Outcome, width: Int = 0, height: Int = 0, texts: [String] = []) {
    self.outcome = outcome
    self.width = width
    self.height = height
    self.texts = texts
  }

  package var bytes: [UInt8] {
    let texts = texts.prefix(Self.mostTexts).map { [UInt8]($0.utf8.prefix(Self.longestText)) }
    let numbers = [Self.magic, outcome.rawValue, width, height, texts.count] + texts.map(\.count)
    return Numbers.bytes(numbers, 16 * 8) + texts.flatMap(\.self)
  }

  /// - Parameter bytes: written by a process that is not trusted.
  /// - Returns: nil where it is no answer. Texts are short and printable.
  package init?(_ bytes: [UInt8]) {
    let numbers = Numbers.read(bytes, 5 + Self.mostTexts)
    guard numbers.count == 5 + Self.mostTexts, numbers[0] == Self.magic, let outcome = Outcome(rawValue: numbers[1]),
      (0...Self.mostTexts).contains(numbers[4])
    else { return nil }
    var texts: [String] = []
    var position = 16 * 8
    for length in numbers[5..<5 + numbers[4]] {
      guard (0...Self.longestText).contains(length), position + length <= bytes.count else { return nil }
      texts.append(printable(String(decoding: bytes[position..<position + length], as: UTF8.self)))
      position += length
    }
    self.init(outcome, width: numbers[2], height: numbers[3], texts: texts)
  }
}

private enum Numbers {
  static func bytes(_ numbers: [Int], _ length: Int) -> [UInt8] {
    let bytes = numbers.flatMap { number in (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }
    return bytes + [UInt8](repeating: 0, count: length - bytes.count)
  }

  static func read(_ bytes: [UInt8], _ count: Int) -> [Int] {
    guard bytes.count >= count * 8 else { return [] }
    return (0..<count).map { index in
      Int(truncatingIfNeeded: (0..<8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[index * 8 + $1]) })
    }
  }
}
