import Inversion
import Tensors

/// A model whose encoder gives a fixed code for one picture: a run from exactly the reference's start. How near the
/// encoder comes to that code is a test of its own, with its own tolerance.
struct StartingAt: InversionModel {
  let model: any InversionModel
  let picture: [Float]
  let start: Tensor

  init(_ start: Tensor, of picture: Tensor, _ model: any InversionModel) {
    self.model = model
    self.picture = picture.values
    self.start = start
  }

  var layers: Int { model.layers }
  var width: Int { model.width }
  var resolution: Int { model.resolution }
  var averageCode: Tensor { model.averageCode }
  func synthesize(_ codes: Tensor) throws -> Tensor { try model.synthesize(codes) }
  func features(_ pictures: Tensor) throws -> Tensor { try model.features(pictures) }
  func encode(_ pictures: Tensor) throws -> Tensor {
    !pictures.recordsGradient && pictures.values == picture ? start : try model.encode(pictures)
  }
}
