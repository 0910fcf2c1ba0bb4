import Inversion
import Synchronization
import Tensors
import TestSupport

/// A model small enough to follow by hand: dense layers with fixed random weights, 4×4 pictures, codes of 2 × 3.
struct ToyModel: InversionModel {
  /// Makes the picture of one item NaN from some call of `synthesize` on.
  final class Poison: Sendable {
    private let calls = Mutex(0)
    let item: Int
    let firstCall: Int

    init(item: Int, firstCall: Int) {
      self.item = item
      self.firstCall = firstCall
    }

    func isActive() -> Bool { calls.withLock { $0 += 1; return $0 >= firstCall } }
  }

  let layers = 2
  let width = 3
  let resolution = 4
  private let generator: Tensor
  private let encoder: Tensor
  private let poison: Poison?

  init(poison: Poison? = nil) {
    var random = SeededGenerator(seed: 5)
    generator = Tensor(random.normals(48 * 6, scale: 0.4), [48, 6])
    encoder = Tensor(random.normals(6 * 48, scale: 0.2), [6, 48])
    self.poison = poison
  }

  var averageCode: Tensor { Tensor([0.1, 0.2, 0.3, 0.1, 0.2, 0.3], [1, 2, 3]) }

  func synthesize(_ codes: Tensor) throws -> Tensor {
    let n = codes.shape[0]
    let picture = try tanh(dense(codes.reshaped([n, 6]), weights: generator)).reshaped([n, 3, 4, 4])
    guard let poison, poison.isActive() else { return picture }
    let factors = (0..<n).map { $0 == poison.item ? Float.nan : 1 }
    return try picture * Tensor(factors, [n, 1, 1, 1]).broadcast(to: picture.shape)
  }

  func encode(_ pictures: Tensor) throws -> Tensor {
    let n = pictures.shape[0]
    return try dense(pictures.reshaped([n, 48]), weights: encoder).reshaped([n, 2, 3])
  }

  func features(_ pictures: Tensor) throws -> Tensor { pictures * 100 }

  /// Some pictures to invert.
  static func targets(_ count: Int) -> Tensor {
    var random = SeededGenerator(seed: 9)
    return Tensor((0..<count * 48).map { _ in random.signedUnit() }, [count, 3, 4, 4])
  }
}
