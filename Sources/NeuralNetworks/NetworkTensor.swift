/// One tensor of a network: the only place where its name and shape are written down.
///
/// Names and shapes are those of the released implementation (github.com/genforce/idinvert_pytorch).
package struct NetworkTensor: Sendable, Equatable {
  /// Who needs it.
  package enum Presence: Sendable {
    /// A network cannot be loaded without it.
    case required
    /// Used only while a network grows; a file may lack it.
    case growing
    /// Found in released files, read by nothing but checks.
    case ignored
  }

  /// What it holds before training.
  package enum Start: Sendable, Equatable {
    case constant(Double)
    /// Normal numbers with mean 0.
    case normal(deviation: Double)
  }

  package let name: String
  package let shape: [Int]
  package let start: Start
  /// Whether an optimizer changes it. Stored noise, averages and running statistics are measured or drawn instead.
  package let isTrained: Bool
  package let presence: Presence

  init(_ name: String, _ shape: [Int], _ start: Start, isTrained: Bool = true, presence: Presence = .required) {
    self.name = name
    self.shape = shape
    self.start = start
    self.isTrained = isTrained
    self.presence = presence
  }

  package var count: Int { shape.reduce(1, *) }
}

/// One layer of a network: what it costs and what it is made of.
package struct NetworkLayer: Sendable, Equatable {
  /// Nil for what is no linear map: constants and averages.
  package let shape: LayerShape?
  package let tensors: [NetworkTensor]

  init(_ shape: LayerShape?, _ tensors: [NetworkTensor]) {
    self.shape = shape
    self.tensors = tensors
  }
}

extension Sequence<NetworkLayer> {
  package var tensors: [NetworkTensor] { flatMap(\.tensors) }
  package var shapes: [LayerShape] { compactMap(\.shape) }
}
