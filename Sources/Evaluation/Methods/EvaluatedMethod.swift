package import Editing
package import Inversion

/// A way from a photograph to a code that an evaluation compares.
package enum EvaluatedMethod: String, CaseIterable, Sendable {
  case conventional
  case image2stylegan
  case encoder
  case inDomain = "in-domain"
  /// In-domain inversion with a domain weight of 0: what the domain term adds.
  case noDomain = "no-domain"

  /// - Parameter steps: nil for the pack's.
  package func settings(_ facts: ModelInfo, steps: Int?) -> InversionSettings {
    var settings = InversionSettings(
      steps: steps ?? facts.steps, learningRate: facts.learningRate, weights: facts.weights)
    switch self {
    case .conventional: settings.method = .conventional
    case .image2stylegan: settings.method = .image2stylegan
    case .encoder: settings.method = .encoder
    case .inDomain: settings.method = .inDomain
    case .noDomain: settings.weights.domain = 0
    }
    return settings
  }
}
