package import NeuralNetworks

/// Names and shapes are those of the released implementation (github.com/genforce/idinvert_pytorch).
extension TensorPlan {
  package init(_ settings: GeneratorSettings) {
    let hidden = settings.fmapsMax
    let outputs = settings.repeatW ? settings.wDimension : settings.wDimension * settings.layers
    for index in 0..<settings.mappingLayers {
      let inputs = index == 0 ? settings.zDimension : hidden
      let width = index == settings.mappingLayers - 1 ? outputs : hidden
      required["mapping.dense\(index).fc.weight"] = [width, inputs]
      required["mapping.dense\(index).wscale.bias"] = [width]
    }
    required["truncation.w_avg"] = [settings.wDimension]
    // The released loader replaces it by the settings.
    optional["truncation.truncation"] = [1, settings.layers, 1]
    optional["synthesis.lod"] = []
    for block in 0..<settings.blocks {
      let side = settings.side(ofBlock: block)
      let channels = settings.channels(atSide: side)
      addLayer(2 * block, side: side, settings)
      addLayer(2 * block + 1, side: side, settings)
      // Only the last block's output is used; the others belong to progressive training.
      let output = ["synthesis.output\(block).conv.weight": [3, channels, 1, 1], "synthesis.output\(block).bias": [3]]
      if block == settings.blocks - 1 {
        required.merge(output) { $1 }
      } else {
        optional.merge(output) { $1 }
      }
    }
  }

  private mutating func addLayer(_ index: Int, side: Int, _ settings: GeneratorSettings) {
    let name = "synthesis.layer\(index)"
    let channels = settings.channels(atSide: side)
    if index == 0 {
      required["\(name).const"] = [1, channels, 4, 4]
    } else if index.isMultiple(of: 2) {
      let inputs = settings.channels(atSide: side / 2)
      if settings.isFused(atSide: side) {
        required["\(name).weight"] = [3, 3, inputs, channels]
      } else {
        required["\(name).conv.weight"] = [channels, inputs, 3, 3]
      }
      optional["\(name).blur.kernel"] = [channels, 1, 3, 3]
    } else {
      required["\(name).conv.weight"] = [channels, channels, 3, 3]
    }
    let epilogue = "\(name).epilogue"
    required["\(epilogue).apply_noise.noise"] = [1, 1, side, side]
    required["\(epilogue).apply_noise.weight"] = [channels]
    required["\(epilogue).bias"] = [channels]
    required["\(epilogue).style_mod.dense.fc.weight"] = [2 * channels, settings.wDimension]
    required["\(epilogue).style_mod.dense.wscale.bias"] = [2 * channels]
  }

  package init(_ settings: EncoderSettings) {
    func normalize(_ name: String, _ channels: Int) {
      if settings.batchNorm { addBatchNormalization(name, channels: channels) }
    }
    let first = settings.channels(ofBlock: 0)
    required["block0.conv.weight"] = [first, 3, 3, 3]
    normalize("block0.bn", first)
    let last = settings.blocks - 1
    for block in 1..<last {
      let inputs = settings.channels(ofBlock: block - 1)
      let outputs = settings.channels(ofBlock: block)
      let hidden = min(inputs, outputs)
      let name = "block\(block)"
      if inputs != outputs {
        required["\(name).conv.weight"] = [outputs, inputs, 1, 1]
        normalize("\(name).bn", outputs)
      }
      required["\(name).conv1.weight"] = [hidden, inputs, 3, 3]
      required["\(name).wscale1.bias"] = [hidden]
      normalize("\(name).bn1", hidden)
      required["\(name).conv2.weight"] = [outputs, hidden, 3, 3]
      required["\(name).wscale2.bias"] = [outputs]
      normalize("\(name).bn2", outputs)
    }
    let codeLength = settings.layers * settings.wDimension
    required["block\(last).fc.weight"] = [codeLength, settings.channels(ofBlock: last - 1) * 16]
    normalize("block\(last).bn", codeLength)
  }

  package init(_ settings: PerceptualSettings) {
    for (position, index) in PerceptualNetwork.convolutionIndices.enumerated() {
      add("layer\(index)", position, settings, to: \.required)
    }
    // The rest of the fifth group of VGG16, behind the features.
    for (position, index) in zip(10..<settings.widths.count, [24, 26, 28]) {
      add("layer\(index)", position, settings, to: \.optional)
    }
  }

  private mutating func add(
    _ name: String, _ position: Int, _ settings: PerceptualSettings,
    to tensors: WritableKeyPath<TensorPlan, [String: [Int]]>
  ) {
    let inputs = position == 0 ? 3 : settings.widths[position - 1]
    self[keyPath: tensors]["\(name).weight"] = [settings.widths[position], inputs, 3, 3]
    self[keyPath: tensors]["\(name).bias"] = [settings.widths[position]]
  }

  package init(_ settings: DiscriminatorSettings) {
    required = Discriminator.shapes(settings)
    // The entries at smaller sides belong to progressive training.
    var side = settings.resolution / 2
    while side >= 4 {
      let channels = settings.channels(atSide: side)
      optional["r\(side).from_rgb.weight"] = [channels, 3, 1, 1]
      optional["r\(side).from_rgb.bias"] = [channels]
      side /= 2
    }
  }
}
