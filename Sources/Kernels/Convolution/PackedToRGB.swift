import KernelInterface

/// The generator's last layer: a 1×1 convolution from a blocked map to a plain picture, bias, and tanh if asked for.
///
/// Half of the roofline with 64 channels and 256 px (two threads of a Cascade Lake, AVX-512): bound by memory.
package final class PackedToRGB: Sendable {
  package let channels: Int
  package let outputChannels: Int
  package let tanh: Bool

  private let bias: [Float]
  private let panels: WeightPanels
  private let weights: FloatBuffer
  /// `[outputChannels][16 · blocks]`.
  private let rows: FloatBuffer

  private static let chunk = 1024

  /// - Parameters:
  ///   - weights: `[outputs][channels]`, scale folded in.
  ///   - bias: `[outputs]`, normally three, at most 16.
  package init(weights: [Float], bias: [Float], channels: Int, tanh: Bool) {
    precondition(1...16 ~= bias.count && weights.count == bias.count * channels, "the weights do not fit")
    self.channels = channels
    self.bias = bias
    self.tanh = tanh
    outputChannels = bias.count
    let padded = blockCount(channels) * 16
    panels = WeightPanels(depth: channels, outputs: bias.count)
    self.weights = FloatBuffer(repeating: 0, count: panels.count)
    rows = FloatBuffer(repeating: 0, count: bias.count * padded)
    for output in 0..<bias.count {
      for channel in 0..<channels {
        let value = weights[output * channels + channel]
        self.weights.base[panels.index(channel, output)] = value
        rows.base[output * padded + channel] = value
      }
    }
  }

  /// Whether `forward` takes an epilogue's style along: not where its sums are rounded once.
  package func takesStyles(pixels: Int) -> Bool { !sumsInDouble(pixels) }

  private func sumsInDouble(_ pixels: Int) -> Bool {
    ConvolutionAlgorithm.sumsInDouble(inputs: channels, outputs: outputChannels, height: 1, width: pixels)
  }

  /// - Parameters:
  ///   - style: factors from `Epilogue.forward`, applied to the weights: then x is what they are still to be applied to.
  ///   - plain: `[batch][outputs][pixels]`.
  package func forward(
    _ x: FloatBuffer, style: FloatBuffer? = nil, into plain: FloatBuffer, batch: Int, pixels: Int
  ) {
    let blocks = blockCount(channels)
    precondition(
      style == nil || takesStyles(pixels: pixels) && style!.count >= batch * blocks * 32, "factors that do not fit")
    precondition(x.count >= batch * blocks * pixels * 16, "the map is too small")
    precondition(plain.count >= batch * outputChannels * pixels, "the picture is too small")
    let table = Processor.table, workers = Workers.current
    let (weights, biases) = styled(style, batch)
    let chunks = WorkPartition(pixels, length: Self.chunk)
    let scratch = FloatBuffer(count: workers.threads * Self.chunk * 17)
    let multiply = sumsInDouble(pixels) ? table.matrix.doublePanel : table.matrix.panel
    workers.run(batch * chunks.count) { piece, worker in
      let image = piece / chunks.count, chunk = chunks[piece % chunks.count]
      let first = chunk.lowerBound, count = chunk.count
      let products = scratch.base + worker * Self.chunk * 17
      PanelCall(
        rows: count, depth: channels, a: x.base + (image * blocks * pixels + first) * 16, aStride: pixels * 16,
        b: weights.base + (style == nil ? 0 : image * panels.count), blocks: 1, c: products, cStride: 0, adds: false
      ).run(multiply)
      for channel in 0..<outputChannels {
        let out = plain.base + (image * outputChannels + channel) * pixels + first
        let b = biases[(style == nil ? 0 : image * outputChannels) + channel]
        if tanh {
          // By way of a row that may be longer than the chunk.
          let row = products + Self.chunk * 16, whole = (count + 3) / 4 * 4
          for i in 0..<count { row[i] = products[i * 16 + channel] + b }
          for i in count..<whole { row[i] = 0 }
          table.image.hyperbolicTangent(row, whole)
          out.update(from: row, count: count)
        } else {
          for i in 0..<count { out[i] = products[i * 16 + channel] + b }
        }
      }
    }
    withExtendedLifetime((x, scratch, weights)) {}
  }

  /// Weights and biases of each image that do what the style, then the layer does: `W (f₀ x + f₁) + b`.
  private func styled(_ style: FloatBuffer?, _ batch: Int) -> (weights: FloatBuffer, biases: [Float]) {
    guard let style else { return (weights, bias) }
    let all = FloatBuffer(repeating: 0, count: batch * panels.count), blocks = blockCount(channels)
    var biases: [Float] = []
    for image in 0..<batch {
      for output in 0..<outputChannels {
        var sum = Double(bias[output])
        for channel in 0..<channels {
          let f = style.base + (image * blocks + channel / 16) * 32 + channel % 16
          let place = panels.index(channel, output)
          sum += Double(weights.base[place]) * Double(f[16])
          all.base[image * panels.count + place] = weights.base[place] * f[0]
        }
        biases.append(Float(sum))
      }
    }
    return (all, biases)
  }

  /// - Parameter output: the picture that `forward` gave; read only with tanh.
  package func backward(
    _ gy: FloatBuffer, output: FloatBuffer, into gx: FloatBuffer, batch: Int, pixels: Int
  ) {
    let blocks = blockCount(channels)
    precondition(gx.count >= batch * blocks * pixels * 16, "the map's gradient is too small")
    precondition(gy.count >= batch * outputChannels * pixels, "the picture's gradient is too small")
    precondition(!tanh || output.count >= batch * outputChannels * pixels, "the picture is too small")
    let table = Processor.table, workers = Workers.current
    let chunks = WorkPartition(pixels, length: Self.chunk)
    let scratchSize = Self.chunk * outputChannels
    let scratch = FloatBuffer(count: workers.threads * scratchSize)
    workers.run(batch * chunks.count) { piece, worker in
      let image = piece / chunks.count, chunk = chunks[piece % chunks.count]
      let first = chunk.lowerBound, count = chunk.count
      let g = scratch.base + worker * scratchSize
      for channel in 0..<outputChannels {
        let o = (image * outputChannels + channel) * pixels + first
        for i in 0..<count {
          let slope = tanh ? 1 - output.base[o + i] * output.base[o + i] : 1
          g[channel * Self.chunk + i] = gy.base[o + i] * slope
        }
      }
      for block in 0..<blocks {
        table.image.spread(
          g, Self.chunk, outputChannels, rows.base + block * 16, blocks * 16, count,
          gx.base + ((image * blocks + block) * pixels + first) * 16)
      }
    }
    withExtendedLifetime((gy, output, scratch)) {}
  }
}
