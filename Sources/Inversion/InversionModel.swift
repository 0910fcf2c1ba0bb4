package import Tensors

/// The three frozen networks of the method, as the mathematics here needs them.
///
/// Pictures are `[n, 3, resolution, resolution]`, RGB, from -1 to 1; codes are `[n, layers, w]`. Items of a batch do
/// not influence each other.
package protocol InversionModel: Sendable {
  /// Style vectors a code holds.
  var layers: Int { get }
  /// Numbers in a style vector.
  var width: Int { get }
  /// Side of a picture in pixels.
  var resolution: Int { get }
  /// The mean of the mapping's output in every layer, `[1, layers, w]`.
  var averageCode: Tensor { get }

  /// The picture of a code, untruncated.
  func synthesize(_ codes: Tensor) throws -> Tensor
  /// The domain-guided encoder's code of a picture.
  func encode(_ pictures: Tensor) throws -> Tensor
  /// The mean squared difference of codes and the encoder's codes of pictures, `[n]`.
  func domainDistance(_ codes: Tensor, _ pictures: Tensor) throws -> Tensor
  /// The code of the encoder that was trained on generated pictures only.
  /// - Throws: `InversionError.noConventionalEncoder` where there is none.
  func conventionalCode(_ pictures: Tensor) throws -> Tensor
  /// What the perceptual term compares.
  func features(_ pictures: Tensor) throws -> Tensor
}

extension InversionModel {
  package func conventionalCode(_ pictures: Tensor) throws -> Tensor { throw InversionError.noConventionalEncoder }
  package func domainDistance(_ codes: Tensor, _ pictures: Tensor) throws -> Tensor {
    try meanSquaredDifference(codes, encode(pictures))
  }
}
