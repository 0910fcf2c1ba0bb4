import KernelInterface

/// What a layer makes of a blocked map before it convolves it, on the way instead of in a pass over memory.
enum InputChange {
  /// `x · activation'`, by the output's signs.
  case mask(signs: Source, activation: Int)
  /// `scale · x + shift`, with `[plane][2][16]` factors: `Epilogue`'s style.
  case style(factors: Source)
  /// The gradient of `Epilogue`'s input: `(a · x + p · y + q) · lrelu'(y)`, with `[plane][3][16]` factors.
  case epilogueGradient(y: Source, factors: Source)
}

extension InputChange? {
  var signs: Source? { if case .mask(let signs, _) = self { signs } else { nil } }

  /// What lies beside a plane of `size` floats: its signs, `signSize` words, or a plane like it.
  func y(_ plane: Int, size: Int, signSize: Int) -> Source? {
    switch self {
    case .mask(let signs, _): signs + plane * signSize
    case .epilogueGradient(let y, _): y + plane * size
    case .style, nil: nil
    }
  }

  var activation: Int { if case .mask(_, let activation) = self { activation } else { 0 } }

  /// Those of a plane.
  func factors(_ plane: Int) -> Source? {
    switch self {
    case .style(let factors): factors + plane * 32
    case .epilogueGradient(_, let factors): factors + plane * 48
    case .mask, nil: nil
    }
  }
}
