/// A letter as lines of one thickness, drawn for this project.
///
/// Units: 70 is the height of a capital, 50 that of an x, 0 the baseline, -20 the lowest point.
struct Glyph {
  struct Point: Equatable {
    var x: Float
    var y: Float
  }

  /// Straight pieces; a dot is a piece without length.
  struct Piece {
    let start: Point
    let end: Point
    let isDot: Bool
  }

  let pieces: [Piece]
  let width: Float

  /// Reads a path: `m` moves, `l` draws a line, `h` and `v` a quarter of an ellipse that leaves horizontally or vertically,
  /// `q` a quadratic curve (two points), `d` sets a dot. Nil where the text is no such path.
  init?(path: String) {
    var pieces: [Piece] = []
    var pen = Point(x: 0, y: 0)
    var control: Point?
    func curve(_ steps: Int, _ point: (Float) -> Point) {
      var last = pen
      for step in 1...steps {
        let next = point(Float(step) / Float(steps))
        pieces.append(Piece(start: last, end: next, isDot: false))
        last = next
      }
    }
    for word in path.split(separator: " ") {
      let numbers = word.drop { $0.isLetter }.split(separator: ",").compactMap { Float($0) }
      guard numbers.count == 2 else { return nil }
      let target = Point(x: numbers[0], y: numbers[1])
      let start = pen
      switch word.first {
      case "m": break
      case "l": pieces.append(Piece(start: start, end: target, isDot: false))
      case "d": pieces.append(Piece(start: target, end: target, isDot: true))
      case "h", "v":
        for (step, (cosine, sine)) in Self.quarter.enumerated() where step > 0 {
          let (alongX, alongY) = word.first == "h" ? (sine, 1 - cosine) : (1 - cosine, sine)
          let next = Point(x: start.x + (target.x - start.x) * alongX, y: start.y + (target.y - start.y) * alongY)
          pieces.append(Piece(start: pen, end: next, isDot: false))
          pen = next
        }
      case "q":
        control = target
        continue
      default:
        guard let through = control, word.first?.isNumber == true || word.first == "-" else { return nil }
        curve(6) { t in
          let (a, b, c) = ((1 - t) * (1 - t), 2 * t * (1 - t), t * t)
          return Point(
            x: a * start.x + b * through.x + c * target.x, y: a * start.y + b * through.y + c * target.y)
        }
        control = nil
      }
      pen = target
    }
    guard control == nil else { return nil }
    self.pieces = pieces
    width = pieces.flatMap { [$0.start.x, $0.end.x] }.max() ?? 0
  }

  /// Cosine and sine of 0°, 15° … 90°.
  private static let quarter: [(Float, Float)] = [
    (1, 0), (0.965926, 0.258819), (0.866025, 0.5), (0.707107, 0.707107), (0.5, 0.866025), (0.258819, 0.965926), (0, 1),
  ]
}

/// The glyphs of printable ASCII and of the signs that labels use; a box for everything else.
enum StrokeFont {
  static let letterSpacing: Float = 19
  static let spaceWidth: Float = 12

  static func glyph(_ character: Character) -> Glyph? {
    glyphs[character] ?? glyphs["\u{fffd}"]
  }

  static let glyphs: [Character: Glyph] = paths.reduce(into: [:]) { $0[$1.key] = Glyph(path: $1.value) }

  static let paths: [Character: String] = [
    "a": "m20,50 h40,25 v20,0 h0,25 v20,50 m40,50 l40,0",
    "b": "m0,70 l0,0 m20,50 h40,25 v20,0 h0,25 v20,50",
    "c": "m37,41 q31,50 21,50 h0,25 v21,0 q31,0 37,9",
    "d": "m40,70 l40,0 m20,50 h40,25 v20,0 h0,25 v20,50",
    "e": "m0,26 l41,26 v21,50 h0,25 v22,0 q32,0 38,9",
    "f": "m27,70 l24,70 h12,57 l12,0 m0,48 l25,48",
    "g": "m40,50 l40,-3 v21,-20 q9,-20 3,-13 m20,50 h40,25 v20,0 h0,25 v20,50",
    "h": "m0,70 l0,0 m0,30 v20,50 h38,30 l38,0",
    "i": "m0,49 l0,0 d0,66",
    "j": "m8,49 l8,-9 v-3,-20 d8,66",
    "k": "m0,70 l0,0 m33,49 l0,19 m12,30 l36,0",
    "l": "m0,70 l0,11 v10,0",
    "m": "m0,50 l0,0 m0,33 v16,50 h31,34 l31,0 m31,34 v47,50 h62,34 l62,0",
    "n": "m0,50 l0,0 m0,30 v20,50 h38,30 l38,0",
    "o": "m21,50 h42,25 v21,0 h0,25 v21,50",
    "p": "m0,50 l0,-20 m20,50 h40,25 v20,0 h0,25 v20,50",
    "q": "m40,50 l40,-20 m20,50 h40,25 v20,0 h0,25 v20,50",
    "r": "m0,50 l0,0 m0,30 v18,50 l24,50",
    "s": "m33,42 q28,50 17,50 h2,38 q2,29 17,26 q34,22 34,12 v17,0 q6,0 0,9",
    "t": "m11,65 l11,12 v22,0 l25,0 m0,48 l25,48",
    "u": "m0,50 l0,20 v19,0 h38,20 m38,50 l38,0",
    "v": "m0,50 l20,0 l40,50",
    "w": "m0,50 l15,0 l30,47 l45,0 l60,50",
    "x": "m0,50 l37,0 m37,50 l0,0",
    "y": "m0,50 l20,1 m40,50 l16,-11 q12,-20 3,-20",
    "z": "m2,50 l36,50 l0,0 l37,0",
    "A": "m0,0 l27,70 l54,0 m9,23 l45,23",
    "B": "m0,0 l0,70 l24,70 h42,53 v24,37 l0,37 m24,37 h46,18 v24,0 l0,0",
    "C": "m54,57 q46,70 31,70 h0,35 v31,0 q46,0 54,13",
    "D": "m0,0 l0,70 l22,70 h53,35 v22,0 l0,0",
    "E": "m42,70 l0,70 l0,0 l42,0 m0,37 l37,37",
    "F": "m41,70 l0,70 l0,0 m0,36 l36,36",
    "G": "m54,57 q46,70 31,70 h0,35 v31,0 h56,25 l56,32 l34,32",
    "H": "m0,0 l0,70 m50,0 l50,70 m0,37 l50,37",
    "I": "m0,0 l0,70",
    "J": "m28,70 l28,18 v14,0 h0,14",
    "K": "m0,0 l0,70 m44,70 l0,26 m16,42 l47,0",
    "L": "m0,70 l0,0 l39,0",
    "M": "m0,0 l0,70 l31,20 l62,70 l62,0",
    "N": "m0,0 l0,70 l50,0 l50,70",
    "O": "m31,70 h62,35 v31,0 h0,35 v31,70",
    "P": "m0,0 l0,70 l24,70 h45,51 v24,32 l0,32",
    "Q": "m31,70 h62,35 v31,0 h0,35 v31,70 m38,17 l58,-4",
    "R": "m0,0 l0,70 l24,70 h45,51 v24,33 l0,33 m24,33 l47,0",
    "S": "m43,58 q37,70 23,70 h3,53 q3,41 22,37 q46,32 46,18 v23,0 q6,0 0,14",
    "T": "m0,70 l52,70 m26,70 l26,0",
    "U": "m0,70 l0,24 v25,0 h50,24 l50,70",
    "V": "m0,70 l27,0 l54,70",
    "W": "m0,70 l20,0 l40,66 l60,0 l80,70",
    "X": "m0,70 l48,0 m48,70 l0,0",
    "Y": "m0,70 l25,34 l50,70 m25,34 l25,0",
    "Z": "m2,70 l46,70 l0,0 l47,0",
    "0": "m21,70 h42,35 v21,0 h0,35 v21,70",
    "1": "m0,57 l18,70 l18,0",
    "2": "m2,53 v21,70 h39,51 q39,39 26,26 l0,0 l41,0",
    "3": "m2,58 q9,70 20,70 h38,54 v20,38 l13,38 m20,38 h41,19 v20,0 q6,0 0,13",
    "4": "m31,0 l31,70 l0,19 l43,19",
    "5": "m37,70 l7,70 l4,38 q11,45 21,45 h41,22 v20,0 q6,0 0,12",
    "6": "m36,62 q31,70 23,70 h0,32 l0,22 v21,0 h42,22 v21,44 h0,22",
    "7": "m0,70 l41,70 l14,0",
    "8": "m21,70 h38,54 v21,38 h4,54 v21,70 m21,38 h42,19 v21,0 h0,19 v21,38",
    "9": "m6,8 q11,0 19,0 h42,38 l42,48 v21,70 h0,48 v21,26 h42,48",
    "!": "m0,70 l0,21 d0,2", "\"": "m0,70 l0,53 m14,70 l14,53",
    "#": "m15,68 l7,2 m37,68 l29,2 m3,46 l45,46 m0,24 l42,24",
    "$": "m43,58 q37,70 23,70 h3,53 q3,41 22,37 q46,32 46,18 v23,0 q6,0 0,14 m23,80 l23,-10",
    "%": "m11,70 h22,55 v11,40 h0,55 v11,70 m49,30 h60,15 v49,0 h38,15 v49,30 m50,70 l10,0",
    "&": "m52,0 l12,50 q8,55 8,59 v19,70 h31,59 q31,50 16,40 q0,30 0,18 v18,0 q40,0 48,30",
    "'": "m0,70 l0,53", "(": "m14,76 q0,58 0,30 q0,2 14,-16", ")": "m0,76 q14,58 14,30 q14,2 0,-16",
    "*": "m14,70 l14,42 m2,63 l26,49 m26,63 l2,49", "+": "m0,32 l42,32 m21,53 l21,11", ",": "m5,4 l0,-12",
    "-": "m0,28 l22,28", ".": "d0,2", "/": "m28,76 l0,-8", ":": "d0,2 d0,44", ";": "m5,4 l0,-12 d5,44",
    "<": "m38,54 l0,32 l38,10", "=": "m0,42 l42,42 m0,22 l42,22", ">": "m0,54 l38,32 l0,10",
    "?": "m0,55 v17,70 h34,53 q34,44 25,37 q17,31 17,21 d17,2",
    "@": "m52,-3 q43,-9 32,-9 h0,29 v33,66 h66,32 q66,12 55,12 h47,22 l47,44 m33,46 h47,30 v33,14 h19,30 v33,46",
    "[": "m14,76 l0,76 l0,-14 l14,-14", "\\": "m0,76 l28,-8", "]": "m0,76 l14,76 l14,-14 l0,-14",
    "^": "m0,44 l18,70 l36,44", "_": "m0,-12 l44,-12", "`": "m0,72 l10,60",
    "{": "m18,76 q8,76 8,66 l8,42 q8,31 0,31 q8,31 8,20 l8,-4 q8,-14 18,-14", "|": "m0,76 l0,-14",
    "}": "m0,76 q10,76 10,66 l10,42 q10,31 18,31 q10,31 10,20 l10,-4 q10,-14 0,-14",
    "~": "m0,27 q5,38 13,37 q19,36 25,30 q34,22 40,36",
    "×": "m4,49 l36,17 m36,49 l4,17", "−": "m0,32 l42,32", "±": "m0,38 l42,38 m21,58 l21,18 m0,4 l42,4",
    "–": "m0,30 l38,30", "—": "m0,30 l70,30", "…": "d0,2 d22,2 d44,2", "·": "d0,32", "•": "d0,32",
    "→": "m0,32 l56,32 m39,48 l56,32 l39,16", "←": "m0,32 l56,32 m17,48 l0,32 l17,16",
    "↔": "m0,32 l64,32 m17,48 l0,32 l17,16 m47,48 l64,32 l47,16", "°": "m10,72 h20,62 v10,52 h0,62 v10,72",
    "‘": "m0,56 l4,70", "’": "m4,70 l0,54", "“": "m0,56 l4,70 m13,56 l17,70", "”": "m4,70 l0,54 m17,70 l13,54",
    "ä": "m20,50 h40,25 v20,0 h0,25 v20,50 m40,50 l40,0 d11,66 d30,66",
    "ö": "m21,50 h42,25 v21,0 h0,25 v21,50 d12,66 d31,66",
    "ü": "m0,50 l0,20 v19,0 h38,20 m38,50 l38,0 d10,66 d29,66",
    "é": "m0,26 l41,26 v21,50 h0,25 v22,0 q32,0 38,9 m17,62 l28,74",
    "\u{fffd}": "m0,0 l0,70 l42,70 l42,0 l0,0",
  ]
}
