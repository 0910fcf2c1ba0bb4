/// What follows a frozen convolution.
package enum Activation: Sendable, Hashable {
  case none
  /// Derivative 0 at exactly 0.
  case relu
  /// Slope 0.2 below zero; derivative 0.2 at exactly 0.
  case leakyReLU

  var code: Int {
    switch self {
    case .none: 0
    case .relu: 1
    case .leakyReLU: 2
    }
  }
}
