import Kernels
import Tensors

/// The mapping network from z to w, with truncation.
///
/// Source: Karras et al. 2019; the learning-rate multiplier 0.01 is in the weight scale and on the bias, as released.
struct Mapping: Sendable {
  static let multiplier = 0.01
  let settings: GeneratorSettings
  private let layers: [PackedDense]
  /// `[w]`, the same for every layer.
  private let averageW: [Float]

  init(_ settings: GeneratorSettings, _ weights: some WeightSource) throws {
    self.settings = settings
    let outputs = settings.repeatW ? settings.wDimension : settings.layers * settings.wDimension
    var layers: [PackedDense] = []
    for index in 0..<settings.mappingLayers {
      let fanIn = index == 0 ? settings.zDimension : settings.fmapsMax
      let fanOut = index == settings.mappingLayers - 1 ? outputs : settings.fmapsMax
      layers.append(PackedDense(
        weights: try weights.floats(
          named: "mapping.dense\(index).fc.weight", shape: [fanOut, fanIn],
          times: heScale(fanIn) * Self.multiplier),
        bias: try weights.floats(
          named: "mapping.dense\(index).wscale.bias", shape: [fanOut], times: Self.multiplier),
        outputs: fanOut, inputs: fanIn, precision: .single))
    }
    self.layers = layers
    averageW = try weights.floats(named: "truncation.w_avg", shape: [settings.wDimension])
  }

  /// `[batch, z]` to `[batch, w]`, or `[batch, layers · w]` where the layers differ.
  func w(_ z: Tensor) throws -> Tensor {
    try layers.reduce(try pixelNormalize(z)) { x, layer in leakyReLU(try dense(x, layer)) }
  }

  /// The average code in every layer, `[1, layers, w]`.
  var averageCode: Tensor {
    Tensor((0..<settings.layers).flatMap { _ in averageW }, [1, settings.layers, settings.wDimension])
  }

  /// Pulls the first layers towards the average: `average + (w - average) · psi`. `[batch, layers, w]`.
  func truncated(_ w: Tensor) throws -> Tensor {
    let batch = w.shape[0], width = settings.wDimension
    let expected = settings.repeatW ? width : settings.layers * width
    guard w.shape == [batch, expected] else {
      throw ShapeError("truncation", "w of shape \(w.shape); expected [batch, \(expected)]")
    }
    var code = stretched(w.values, batch: batch).values
    let psi = Float(settings.truncationPsi)
    for index in code.indices where index / width % settings.layers < settings.truncationLayers {
      let middle = averageW[index % width]
      code[index] = middle + (code[index] - middle) * psi
    }
    return Tensor(code, [batch, settings.layers, width])
  }

  private func stretched(_ w: [Float], batch: Int) -> Tensor {
    let width = settings.wDimension
    guard settings.repeatW else { return Tensor(w, [batch, settings.layers, width]) }
    var code: [Float] = []
    for item in 0..<batch {
      for _ in 0..<settings.layers { code += w[item * width..<(item + 1) * width] }
    }
    return Tensor(code, [batch, settings.layers, width])
  }
}
