import Inversion
import Tensors
import WeightFiles

extension Property {
  /// The stored state of an inversion, whatever its hash says: behind that is the reader.
  static let state = Property(
    "state", maximumLength: 1 << 14, words: ["idinvert-inversion-1", "adam", "fast", "optimizer/m", "0/start", "0.best", "__metadata__", "\"F32\""],
    seeds: {
      var seeds: [[UInt8]] = []
      for optimizer in OptimizerKind.allCases {
        for settings in [
          InversionSettings(steps: 3, optimizer: optimizer, snapshots: 2),
          InversionSettings(method: .image2stylegan, steps: 2, optimizer: optimizer, keep: .best),
        ] {
          _ = try invert(target: Sketch.target, model: Sketch(), settings: settings, identity: "x") { state in
            seeds.append(state.bytes)
            return .go
          }
        }
      }
      return seeds
    },
    body: { bytes in
      let file = try acceptedOrRefused(WeightFileError.self) {
        try SafetensorsFile(ReadOnlyFile(bytes: bytes, name: "state"))
      }
      guard let file, let state = try acceptedOrRefused(InversionError.self, { try InversionState(file) }) else { return false }
      let again = try InversionState(bytes: state.bytes)
      // Bytes are compared, because a value that is no number differs from itself.
      try require(again.bytes == state.bytes, "a state changes when it is written and read")
      for item in state.items { _ = (item.result(keep: .last), item.result(keep: .best)) }
      for optimizer in OptimizerKind.allCases {
        _ = try acceptedOrRefused(InversionError.self) {
          try invert(
            target: Sketch.target, model: Sketch(), settings: InversionSettings(steps: 4, optimizer: optimizer),
            identity: state.identity, resuming: state)
        }
      }
      return true
    })
}

/// The smallest model that an optimization can run on: a picture of one pixel, codes of 2 × 3.
private struct Sketch: InversionModel {
  let layers = 2
  let width = 3
  let resolution = 1

  static var target: Tensor { Tensor([0.5, -0.25, 0.125], [1, 3, 1, 1]) }

  var averageCode: Tensor { Tensor([0.1, 0.2, 0.3, 0.1, 0.2, 0.3], [1, 2, 3]) }

  func synthesize(_ codes: Tensor) throws -> Tensor {
    let factors = Tensor([1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1], [3, 6])
    return try tanh(dense(codes.reshaped([codes.shape[0], 6]), weights: factors)).reshaped([codes.shape[0], 3, 1, 1])
  }

  func encode(_ pictures: Tensor) throws -> Tensor {
    let n = pictures.shape[0]
    let factors = Tensor([1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1], [6, 3])
    return try dense(pictures.reshaped([n, 3]), weights: factors).reshaped([n, 2, 3])
  }

  func features(_ pictures: Tensor) throws -> Tensor { pictures * 100 }
}
