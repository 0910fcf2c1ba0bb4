internal import Tensors
internal import WeightFiles

/// The three networks of MTCNN (Zhang, Zhang, Li, Qiao 2016): each looks closer at what the one before let through.
/// Inputs are `(v - 127.5) / 128` of red, green and blue.
struct DetectorNetworks: Sendable {
  let proposals: ProposalNetwork
  let refinement: CropNetwork
  let output: CropNetwork

  init(_ file: SafetensorsFile) throws(WeightFileError) {
    proposals = try ProposalNetwork(file)
    refinement = try CropNetwork(
      file, "rnet", side: 24, convolutions: [(28, 3), (48, 3), (64, 2)], windows: [3, 3, nil], hidden: 128, hasPoints: false)
    output = try CropNetwork(
      file, "onet", side: 48, convolutions: [(32, 3), (64, 3), (64, 3), (128, 2)], windows: [3, 3, 2, nil], hidden: 256,
      hasPoints: true)
  }

  /// Values from 0 to 255 as the networks want them.
  static func prepared(_ values: [Float]) -> [Float] { values.map { ($0 - 127.5) * 0.0078125 } }
}

/// Looks at 12×12 pixels around every second pixel.
struct ProposalNetwork: Sendable {
  /// Pixels that a cell sees, per side.
  static let window = 12
  /// Cells for a side of so many pixels.
  static func cells(_ side: Int) -> Int { (side - 1) / 2 - 4 }

  struct Output {
    /// Rows of cells, each from the left.
    let probabilities: [Float]
    /// Four maps: how to move the sides of each cell's box.
    let regression: [Float]
  }

  private let layers: [SlopedConvolution]
  private let score: PointConvolution
  private let box: PointConvolution

  init(_ file: SafetensorsFile) throws(WeightFileError) {
    layers = [
      try SlopedConvolution(file, "pnet", 1, [10, 3, 3, 3]), try SlopedConvolution(file, "pnet", 2, [16, 10, 3, 3]),
      try SlopedConvolution(file, "pnet", 3, [32, 16, 3, 3]),
    ]
    score = try PointConvolution(file, "pnet", "score", inputs: 32, outputs: 2)
    box = try PointConvolution(file, "pnet", "box", inputs: 32, outputs: 4)
  }

  /// - Parameter values: prepared, `[3, height, width]`; both sides at least `window`.
  func callAsFunction(_ values: [Float], height: Int, width: Int) throws -> Output {
    let x = Tensor(values, [1, 3, height, width])
    let y = try layers[2](layers[1](maximumPool(layers[0](x), window: 2)))
    let logits = try score(y).values
    let count = logits.count / 2
    return Output(
      probabilities: (0..<count).map { faceProbability(logits[$0], logits[count + $0]) }, regression: try box(y).values)
  }
}

/// Judges square crops.
struct CropNetwork: Sendable {
  struct Output {
    let score: Float
    let regression: SIMD4<Float>
    /// Five x, then five y, in shares of the box; empty for a network without points.
    let points: [Float]
  }

  /// Of a crop.
  let side: Int
  private let convolutions: [SlopedConvolution]
  /// Of the pooling after each convolution.
  private let windows: [Int?]
  private let hidden: DenseLayer
  private let score: DenseLayer
  private let box: DenseLayer
  private let points: DenseLayer?

  init(
    _ file: SafetensorsFile, _ network: String, side: Int, convolutions sizes: [(outputs: Int, kernel: Int)],
    windows: [Int?], hidden width: Int, hasPoints: Bool
  ) throws(WeightFileError) {
    self.side = side
    self.windows = windows
    var convolutions: [SlopedConvolution] = []
    var (inputs, remaining) = (3, side)
    for (index, size) in sizes.enumerated() {
      convolutions.append(
        try SlopedConvolution(file, network, index + 1, [size.outputs, inputs, size.kernel, size.kernel]))
      inputs = size.outputs
      remaining -= size.kernel - 1
      if let window = windows[index] { remaining = (remaining - window + 1) / 2 + 1 }
    }
    self.convolutions = convolutions
    hidden = try DenseLayer(
      file, network, "hidden", inputs: inputs * remaining * remaining, outputs: width, slope: "prelu\(sizes.count + 1)")
    score = try DenseLayer(file, network, "score", inputs: width, outputs: 2)
    box = try DenseLayer(file, network, "box", inputs: width, outputs: 4)
    points = hasPoints ? try DenseLayer(file, network, "points", inputs: width, outputs: 10) : nil
  }

  /// - Parameter crops: prepared, `[3, side, side]` each.
  func callAsFunction(_ crops: [[Float]]) throws -> [Output] {
    var outputs: [Output] = []
    // Maps of a few dozen crops stay within megabytes.
    for batch in runs(of: crops.count, length: 32) {
      var x = Tensor(crops[batch].flatMap(\.self), [batch.count, 3, side, side])
      for (convolution, window) in zip(convolutions, windows) {
        x = try convolution(x)
        if let window { x = try maximumPool(x, window: window) }
      }
      let features = try hidden(x.reshaped([batch.count, x.shape.count / batch.count]))
      let (scores, boxes, places) = (try score(features).values, try box(features).values, try points?(features).values)
      for item in 0..<batch.count {
        outputs.append(
          Output(
            score: faceProbability(scores[item * 2], scores[item * 2 + 1]),
            regression: SIMD4(boxes[item * 4], boxes[item * 4 + 1], boxes[item * 4 + 2], boxes[item * 4 + 3]),
            points: places.map { Array($0[item * 10..<item * 10 + 10]) } ?? []))
      }
    }
    return outputs
  }
}
