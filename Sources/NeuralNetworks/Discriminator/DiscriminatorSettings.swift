/// What a discriminator is made of.
package struct DiscriminatorSettings: Sendable, Equatable {
  package var resolution: Int
  /// Channels at side r are `min(fmapsBase / r, fmapsMax)`.
  package var fmapsBase: Int
  package var fmapsMax: Int

  package init(resolution: Int, fmapsBase: Int, fmapsMax: Int) {
    self.resolution = resolution
    self.fmapsBase = fmapsBase
    self.fmapsMax = fmapsMax
  }

  package func channels(atSide side: Int) -> Int { max(1, min(fmapsBase / side, fmapsMax)) }

  /// From a picture to its score, and the entries at smaller sides, which belong to growing.
  package var layerList: [NetworkLayer] {
    var list: [NetworkLayer] = []
    var side = resolution
    while side >= 4 {
      let channels = channels(atSide: side)
      list.append(convolution(
        "r\(side).from_rgb", 3, channels, 1, side, presence: side == resolution ? .required : .growing))
      if side > 4 {
        list.append(convolution("r\(side).conv", channels, channels, 3, side))
        list.append(convolution("r\(side).down", channels, self.channels(atSide: side / 2), 3, side))
      }
      side /= 2
    }
    let last = channels(atSide: 4)
    return list + [
      convolution("final.conv", last + 1, last, 3, 4), dense("final.dense", last * 16, last), dense("final.out", last, 1),
    ]
  }

  private func convolution(
    _ name: String, _ inputs: Int, _ outputs: Int, _ kernel: Int, _ side: Int,
    presence: NetworkTensor.Presence = .required
  ) -> NetworkLayer {
    NetworkLayer(
      presence == .required ? .convolution(inputs: inputs, outputs: outputs, kernel: kernel, side: side) : nil,
      [
        NetworkTensor(name + ".weight", [outputs, inputs, kernel, kernel], .normal(deviation: 1), presence: presence),
        NetworkTensor(name + ".bias", [outputs], .constant(0), presence: presence),
      ])
  }

  private func dense(_ name: String, _ inputs: Int, _ outputs: Int) -> NetworkLayer {
    NetworkLayer(
      .dense(inputs: inputs, outputs: outputs),
      [
        NetworkTensor(name + ".weight", [outputs, inputs], .normal(deviation: 1)),
        NetworkTensor(name + ".bias", [outputs], .constant(0)),
      ])
  }

  /// Every tensor of a discriminator's file.
  package var tensors: [NetworkTensor] { layerList.tensors }
}
