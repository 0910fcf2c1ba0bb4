package import Tensors

/// The losses and their gradient at one set of codes.
package struct Evaluation: Sendable {
  /// One per item.
  package let losses: [LossTerms]
  /// Of the sum of the items' totals, row-major like the codes; empty when it was not asked for.
  package let gradient: [Float]
  /// What the generator made of the codes, `[n, 3, resolution, resolution]`, without a mask.
  package let pictures: Tensor

  package init(losses: [LossTerms], gradient: [Float], pictures: Tensor) {
    self.losses = losses
    self.gradient = gradient
    self.pictures = pictures
  }
}

/// What is minimized: for each item `y = G(z)` against its target `x`,
/// `pixel · mean((x - y)²) + perceptual · mean((F(x) - F(y))²) + domain · mean((z - E(y))²)`.
///
/// Each mean is over all elements of the item; items are summed, so that they do not influence each other. With a mask m,
/// both pictures are multiplied by it before anything else (outside it they are 0, mid-gray): the pixel term becomes
/// `mean((m·x - m·y)²)`, the perceptual one `mean((F(m·x) - F(m·y))²)`; the domain term has no mask. What the two means are
/// divided by says `Normalization`. Source: Zhu et al. 2020, equations 4 and 6, and the released code.
package struct Objective: Sendable {
  /// What a masked loss is divided by.
  package enum Normalization: String, CaseIterable, Hashable, Sendable {
    /// All pixels of the picture, as released.
    case picture
    /// The pixels inside the mask, a part of one for its share: the terms keep their size beside the domain term.
    case area
  }

  package let items: Int
  private let model: any InversionModel
  private let weights: LossWeights
  private let target: Tensor
  private let targetFeatures: Tensor?
  private let mask: Tensor?
  private let scale: Float

  /// Computes what stays the same at every step.
  ///
  /// - Parameters:
  ///   - target: `[n, 3, resolution, resolution]`.
  ///   - mask: `[1, 1, resolution, resolution]` from 0 to 1, for all items.
  package init(
    target: Tensor, model: any InversionModel, weights: LossWeights, mask: Tensor? = nil,
    normalization: Normalization = .picture
  ) throws {
    let side = model.resolution
    guard target.shape.rank == 4, target.shape[0] > 0, target.shape.dimensions.dropFirst() == [3, side, side] else {
      throw InversionError.shape(what: "the target", found: target.shape, expected: "[n, 3, \(side), \(side)]")
    }
    self.model = model
    self.weights = weights
    items = target.shape[0]
    var scale: Float = 1
    if let mask {
      guard mask.shape == [1, 1, side, side] else {
        throw InversionError.shape(what: "the mask", found: mask.shape, expected: "[1, 1, \(side), \(side)]")
      }
      if normalization == .area { scale = Float(side * side) / max(1, mask.values.reduce(0, +)) }
      let full = try mask.broadcast(to: target.shape)
      self.mask = full
      self.target = try target.detached * full
    } else {
      self.mask = nil
      self.target = target.detached
    }
    self.scale = scale
    targetFeatures = weights.perceptual == 0 ? nil : try model.features(self.target)
  }

  /// The losses and the gradient of codes `[n, layers, w]`.
  package func evaluate(_ codes: Tensor, wantsGradient: Bool = true) throws -> Evaluation {
    let expected: Shape = [items, model.layers, model.width]
    guard codes.shape == expected else {
      throw InversionError.shape(what: "the code", found: codes.shape, expected: "\(expected)")
    }
    let tape = Tape(), codes = codes.detached
    let variable = wantsGradient ? tape.variable(codes) : codes
    let synthesis = try model.synthesize(variable), picture = try mask.map { try synthesis * $0 } ?? synthesis

    let none = [Float](repeating: 0, count: items)
    var total: Tensor?, pictureGradient: Tensor?, codeGradient: Tensor?
    // Each term has a tape of its own: only one network's maps are kept at a time.
    func term(_ weight: Float, _ value: (_ picture: Tensor, _ codes: Tensor) throws -> Tensor) throws -> [Float] {
      guard weight != 0 else { return none }
      let own = Tape()
      let (picture, codes) = wantsGradient
        ? (own.variable(picture.detached), own.variable(codes)) : (picture, codes)
      let unweighted = try value(picture, codes), part = unweighted * weight
      total = try total.map { try $0 + part.detached } ?? part.detached
      if wantsGradient {
        let gradients = try own.gradients(of: sum(part), for: [picture, codes])
        pictureGradient = try pictureGradient.map { try gradients[0] + $0 } ?? gradients[0]
        codeGradient = try codeGradient.map { try gradients[1] + $0 } ?? gradients[1]
      }
      return unweighted.values
    }
    let pixel = try term(weights.pixel) { picture, _ in try scaled(meanSquaredDifference(target, picture)) }
    var perceptual = none
    if let targetFeatures {
      perceptual = try term(weights.perceptual) { picture, _ in
        try scaled(meanSquaredDifference(targetFeatures, model.features(picture)))
      }
    }
    let domain = try term(weights.domain) { picture, codes in try model.domainDistance(codes, picture) }

    var gradient: [Float] = []
    if wantsGradient {
      gradient = [Float](repeating: 0, count: codes.shape.count)
      if let pictureGradient, let codeGradient {
        let throughPicture = try tape.gradients(of: picture, along: pictureGradient, for: [variable])[0]
        gradient = try (codeGradient + throughPicture).values
      }
    }
    let totals = total?.values ?? none
    let losses = (0..<items).map {
      LossTerms(pixel: pixel[$0], perceptual: perceptual[$0], domain: domain[$0], total: totals[$0])
    }
    return Evaluation(losses: losses, gradient: gradient, pictures: synthesis.detached)
  }

  private func scaled(_ term: Tensor) -> Tensor { scale == 1 ? term : term * scale }
}
