import Kernels
package import Tensors

/// What a VGG16-like network up to conv4_3 is made of.
package struct PerceptualSettings: Sendable, Equatable {
  /// Channels of the convolutions in order: two, two, three, three (and up to three more, which are not used).
  package var widths: [Int]
  /// Subtracted from blue, green and red on the scale of 0 to 255.
  package var meanBGR: [Double]

  package init(widths: [Int], meanBGR: [Double] = [103.939, 116.779, 123.68]) {
    self.widths = widths
    self.meanBGR = meanBGR
  }

  /// The network's input for pictures in [-1, 1]: scaled to 0 … 255, channels in the order B, G, R, means subtracted.
  func prepare(_ pictures: Tensor) throws -> Tensor {
    let scaled = (pictures + 1) * 127.5
    let channels = try scaled.reversed(1)
    return try channelAdd(channels, Tensor(meanBGR.map { -Float($0) }, [3]))
  }
}

/// Perceptual features: the activations of conv4_3 after its ReLU, of pictures in the network's own scale.
///
/// Source: Simonyan and Zisserman 2015; Zhu et al. 2020, section 2.2; numbers in `Fixtures/vgg16_goldens.safetensors`.
package final class PerceptualNetwork: Sendable {
  /// The convolutions' places in the released sequence; three poolings lie between.
  package static let convolutionIndices = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21]
  static let pooledBefore: Set<Int> = [5, 10, 17]

  /// Sides of the convolutions' maps, in the same order.
  static func sides(resolution: Int) -> [Int] {
    var side = resolution
    return convolutionIndices.map { index in
      if pooledBefore.contains(index) { side /= 2 }
      return side
    }
  }

  package let settings: PerceptualSettings
  /// Side of the pictures, a multiple of 8.
  package let resolution: Int
  private let first: PackedImageConvolution
  private let rest: [(index: Int, layer: PackedConvolution)]

  /// - Throws: what the source throws for a missing weight or a wrong shape; `WeightError` when `widths` are too few.
  package init(settings: PerceptualSettings, resolution: Int, weights: some WeightSource) throws {
    guard settings.widths.count >= Self.convolutionIndices.count, settings.meanBGR.count == 3, resolution % 8 == 0 else {
      throw WeightError("a perceptual network needs at least 10 widths, 3 means and a resolution divisible by 8")
    }
    self.settings = settings
    self.resolution = resolution
    func bias(_ position: Int) throws -> [Float] {
      try weights.floats(named: "layer\(Self.convolutionIndices[position]).bias", shape: [settings.widths[position]])
    }
    first = PackedImageConvolution(
      weights: try weights.floats(named: "layer0.weight", shape: [settings.widths[0], 3, 3, 3]), bias: try bias(0),
      outputChannels: settings.widths[0], inputChannels: 3, kernel: 3, height: resolution, width: resolution,
      activation: .relu, preparesGradient: true)
    let sides = Self.sides(resolution: resolution)
    var layers: [(Int, PackedConvolution)] = []
    for (position, index) in Self.convolutionIndices.enumerated().dropFirst() {
      layers.append((index, try PackedConvolution.load(
        "layer\(index).weight", outputs: settings.widths[position], inputs: settings.widths[position - 1],
        side: sides[position], bias: bias(position), activation: .relu, from: weights)))
    }
    rest = layers
  }

  /// Features of pictures.
  ///
  /// - Parameter pictures: `[batch, 3, resolution, resolution]`, RGB in [-1, 1].
  /// - Returns: `[batch, widths[9], resolution / 8, resolution / 8]`, in the blocked layout.
  /// - Throws: `ShapeError` when the pictures are of another size.
  package func features(_ pictures: Tensor, observe: Generator.Observer? = nil) throws -> Tensor {
    let input = try settings.prepare(pictures)
    observe?("input", input)
    var x = try convolve(input, first)
    observe?("layer1", x)
    for (index, layer) in rest {
      if Self.pooledBefore.contains(index) {
        x = try maximumPool(x)
        observe?("layer\(index - 1)", x)
      }
      x = try convolve(x, layer)
      observe?("layer\(index + 1)", x)
    }
    return x
  }
}
