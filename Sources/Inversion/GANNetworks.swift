package import NeuralNetworks
import Synchronization
package import Tensors

/// A pack's three networks, as the method uses them.
package struct GANNetworks: InversionModel {
  package let generator: Generator
  package let encoder: Encoder
  package let perceptual: PerceptualNetwork
  private let conventional: OnDemand<Encoder>?

  /// - Parameter conventional: makes the encoder of the paper's baseline, which hardly anybody needs.
  package init(
    generator: Generator, encoder: Encoder, perceptual: PerceptualNetwork,
    conventional: (@Sendable () throws -> Encoder)? = nil
  ) {
    self.generator = generator
    self.encoder = encoder
    self.perceptual = perceptual
    self.conventional = conventional.map(OnDemand.init)
  }

  package var layers: Int { generator.settings.layers }
  package var width: Int { generator.settings.wDimension }
  package var resolution: Int { generator.settings.resolution }
  package var averageCode: Tensor { generator.averageCode }

  package func synthesize(_ codes: Tensor) throws -> Tensor { try generator.synthesize(codes) }
  package func encode(_ pictures: Tensor) throws -> Tensor { try encoder.encode(pictures) }
  package func conventionalCode(_ pictures: Tensor) throws -> Tensor {
    guard let conventional else { throw InversionError.noConventionalEncoder }
    return try conventional.value().encode(pictures)
  }
  package func domainDistance(_ codes: Tensor, _ pictures: Tensor) throws -> Tensor {
    try encoder.distance(codes, from: pictures)
  }
  package func features(_ pictures: Tensor) throws -> Tensor { try perceptual.features(pictures) }
}

/// A value that is made when it is first needed, once.
final class OnDemand<Value: Sendable>: Sendable {
  private let known = Mutex<Value?>(nil)
  private let make: @Sendable () throws -> Value

  init(_ make: @escaping @Sendable () throws -> Value) { self.make = make }

  func value() throws -> Value {
    try known.withLock { known in
      if let known { return known }
      let new = try make()
      known = new
      return new
    }
  }
}
