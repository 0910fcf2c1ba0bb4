extension EncoderSettings {
  /// From a picture to its code.
  package var layerList: [NetworkLayer] {
    var list = [convolution("block0.conv", bias: nil, normalization: "block0.bn", 3, channels(ofBlock: 0), 3, resolution)]
    for block in 1..<max(1, blocks - 1) {
      let side = resolution >> block, name = "block\(block)."
      let inputs = channels(ofBlock: block - 1), outputs = channels(ofBlock: block), hidden = min(inputs, outputs)
      if inputs != outputs {
        list.append(convolution(name + "conv", bias: nil, normalization: name + "bn", inputs, outputs, 1, side))
      }
      list.append(convolution(
        name + "conv1", bias: name + "wscale1", normalization: name + "bn1", inputs, hidden, 3, side))
      list.append(convolution(
        name + "conv2", bias: name + "wscale2", normalization: name + "bn2", hidden, outputs, 3, side))
    }
    let last = "block\(blocks - 1)", inputs = channels(ofBlock: blocks - 2) * 16, outputs = layers * wDimension
    return list + [
      NetworkLayer(
        .dense(inputs: inputs, outputs: outputs),
        [NetworkTensor(last + ".fc.weight", [outputs, inputs], .normal(deviation: 1))]
          + self.normalization(last + ".bn", outputs))
    ]
  }

  private func convolution(
    _ name: String, bias: String?, normalization: String, _ inputs: Int, _ outputs: Int, _ kernel: Int, _ side: Int
  ) -> NetworkLayer {
    // Weights that are not scaled in use start as large as scaled ones (He et al. 2015).
    let deviation = wscale ? 1 : heScale(inputs * kernel * kernel)
    var tensors = [NetworkTensor(name + ".weight", [outputs, inputs, kernel, kernel], .normal(deviation: deviation))]
    if let bias {
      // Batch normalization takes a bias away again: its gradient is nothing but rounding.
      tensors.append(NetworkTensor(bias + ".bias", [outputs], .constant(0), isTrained: !batchNorm))
    }
    return NetworkLayer(
      .convolution(inputs: inputs, outputs: outputs, kernel: kernel, side: side),
      tensors + self.normalization(normalization, outputs))
  }

  private func normalization(_ name: String, _ channels: Int) -> [NetworkTensor] {
    guard batchNorm else { return [] }
    return [
      NetworkTensor(name + ".bn.weight", [channels], .constant(1)),
      NetworkTensor(name + ".bn.bias", [channels], .constant(0)),
      NetworkTensor(name + ".bn.running_mean", [channels], .constant(0), isTrained: false),
      NetworkTensor(name + ".bn.running_var", [channels], .constant(1), isTrained: false),
    ]
  }

  /// Every tensor of an encoder's file.
  package var tensors: [NetworkTensor] { layerList.tensors }

  /// One picture's code.
  package var layerShapes: [LayerShape] { layerList.shapes }
}
