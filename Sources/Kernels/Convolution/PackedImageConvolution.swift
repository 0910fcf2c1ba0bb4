import KernelInterface

/// A 3×3 (padding 1) or 1×1 convolution of a plain picture of one to four channels to a blocked map, with bias and
/// activation; its gradient is plain again.
///
/// Of the roofline, 3→64 at 256 px, two threads of a Cascade Lake with AVX-512: 53 / 39 %. Forward writing the map binds,
/// backward the sums over channels.
package final class PackedImageConvolution: Sendable {
  package let outputChannels: Int
  package let inputChannels: Int
  package let height: Int
  package let width: Int
  package let activation: Activation

  private let kernel: Int
  /// Row by row, since strips of rows need not be whole tiles.
  private var signBitmap: SignBitmap { SignBitmap(rows: height, width: width) }
  private let bias: FloatBuffer?
  private let forwardPanels: WeightPanels
  private let forwardWeights: FloatBuffer
  /// `[row][block of outputs][column][input][16]`, rows and columns of the kernel in reverse.
  private let backwardWeights: FloatBuffer

  /// See `PackedConvolution.init`; `inputChannels` is 1...4.
  package init(
    weights: [Float], bias: [Float]?, outputChannels: Int, inputChannels: Int, kernel: Int, height: Int, width: Int,
    activation: Activation, preparesGradient: Bool
  ) {
    precondition(kernel == 3 || kernel == 1, "the kernel is 3×3 or 1×1")
    precondition(1...4 ~= inputChannels && outputChannels > 0, "a picture has one to four channels")
    let products = kernel * kernel * inputChannels
    precondition(weights.count == outputChannels * products, "the weights do not fit the channel counts")
    self.outputChannels = outputChannels
    self.inputChannels = inputChannels
    self.kernel = kernel
    self.height = height
    self.width = width
    self.activation = activation
    self.bias = bias.map { paddedToBlocks($0, outputChannels) }
    forwardPanels = WeightPanels(depth: products, outputs: outputChannels)
    forwardWeights = FloatBuffer(repeating: 0, count: forwardPanels.count)
    let blocks = blockCount(outputChannels), taps = kernel * kernel
    backwardWeights = FloatBuffer(repeating: 0, count: preparesGradient ? products * blocks * 16 : 0)
    for output in 0..<outputChannels {
      for product in 0..<products {
        let value = weights[output * products + product]
        forwardWeights.base[forwardPanels.index(product, output)] = value
        guard preparesGradient else { continue }
        let channel = product / taps, tap = taps - 1 - product % taps
        let line = tap / kernel * blocks + output / 16
        backwardWeights.base[((line * kernel + tap % kernel) * inputChannels + channel) * 16 + output % 16] = value
      }
    }
  }

  package func outputShape(batch: Int) -> BlockedShape {
    BlockedShape(batch: batch, channels: outputChannels, height: height, width: width)
  }

  /// Even, for the mean of 2×2; four strips at least, where they are not too short.
  private var stripRows: Int { max(2, min(height, 4096 / width, max(8, height / 4)) / 2 * 2) }
  private var strips: WorkPartition { WorkPartition(height, length: stripRows) }

  /// See `PackedConvolution.makeSigns`.
  package func makeSigns(batch: Int) -> SignBits? {
    signBitmap.room(outputShape(batch: batch), activation)
  }

  /// - Parameters:
  ///   - plain: `[batch][inputChannels][height][width]`.
  ///   - signs: from `makeSigns`; gets y's.
  package func forward(_ plain: FloatBuffer, into y: FloatBuffer, signs: SignBits? = nil, batch: Int) {
    precondition(y.count >= outputShape(batch: batch).count, "the output is too small")
    forward(plain, y, isAveraged: false, signs, batch)
  }

  /// Only the means of 2×2 pixels of y, taken while these are in the caches; the sides must be even.
  package func forward(_ plain: FloatBuffer, averagedInto means: FloatBuffer, signs: SignBits? = nil, batch: Int) {
    precondition(halves && means.count >= outputShape(batch: batch).count / 4, "no room for means")
    forward(plain, means, isAveraged: true, signs, batch)
  }

  private func forward(_ plain: FloatBuffer, _ y: FloatBuffer, isAveraged: Bool, _ signs: SignBits?, _ batch: Int) {
    precondition(plain.count >= batch * inputChannels * height * width, "the picture is too small")
    precondition(signs == nil || signs!.count >= outputShape(batch: batch).planes * signBitmap.planeSize, "no room for signs")
    let table = Processor.table, workers = Workers.current
    let pad = kernel / 2, paddedWidth = width + 2 * pad, paddedRows = stripRows + 2 * pad
    let blocks = forwardPanels.blocks, pixels = height * width, strips = strips
    var offsets: [Int] = []
    for channel in 0..<inputChannels {
      for dy in 0..<kernel { for dx in 0..<kernel { offsets.append((channel * paddedRows + dy) * paddedWidth + dx) } }
    }
    let scratchSize = inputChannels * paddedRows * paddedWidth
    let scratch = FloatBuffer(count: workers.threads * scratchSize)
    // Two rows of each block, of which the means are taken.
    let pair = 2 * width * 16, pairs = FloatBuffer(count: isAveraged ? workers.threads * blocks * pair : 0)
    let signRow = signBitmap.planeSize / height
    let panels = forwardPanels, w = UnsafePointer(forwardWeights.base), activation = activation.code
    let sumsInDouble = ConvolutionAlgorithm.sumsInDouble(
      inputs: inputChannels, outputs: outputChannels, height: height, width: width)
    let multiply = sumsInDouble ? table.matrix.doubleOffsetPanel : table.matrix.offsetPanel
    offsets.withUnsafeBufferPointer { offsets in
      let offsets = offsets.baseAddress!
      workers.run(batch * strips.count) { piece, worker in
        let image = piece / strips.count, strip = strips[piece % strips.count]
        let first = strip.lowerBound, rows = strip.count
        let picture = scratch.base + worker * scratchSize
        picture.update(repeating: 0, count: scratchSize)
        for channel in 0..<inputChannels {
          for row in max(0, first - pad)..<min(height, first + rows + pad) {
            (picture + (channel * paddedRows + row - first + pad) * paddedWidth + pad).update(
              from: plain.base + ((image * inputChannels + channel) * height + row) * width, count: width)
          }
        }
        for row in 0..<rows {
          let line = first + row, stride = isAveraged ? pair : pixels * 16
          let out = isAveraged
            ? pairs.base + worker * blocks * pair + line % 2 * width * 16
            : y.base + (image * blocks * pixels + line * width) * 16
          for panel in 0..<panels.panels {
            OffsetPanelCall(
              rows: width, depth: panels.depth, a: picture + row * paddedWidth, offsets: offsets, b: w + panels.offset(of: panel),
              blocks: panels.blocks(in: panel), c: out + panel * panels.panelBlocks * stride, cStride: stride
            ).run(multiply)
          }
          for block in 0..<blocks {
            let plane = image * blocks + block
            if bias != nil || activation != 0 {
              table.convolution.finish(
                out + block * stride, width, bias.map { UnsafePointer($0.base) + block * 16 }, activation,
                signs.map { $0.base + (plane * height + line) * signRow })
            }
            if isAveraged && line % 2 == 1 {
              let two = pairs.base + (worker * blocks + block) * pair
              table.map.average(two, width, 0, 1, y.base + (plane * pixels + line / 2 * width * 2) * 4)
            }
          }
        }
      }
    }
    withExtendedLifetime((plain, y, signs, scratch, pairs)) {}
  }

  private var halves: Bool { height % 2 == 0 && width % 2 == 0 }

  /// `gx = convᵀ(gy · activation'(y))`, plain.
  ///
  /// - Parameters:
  ///   - isOfAverage: whether `gy` is the gradient of the means of 2×2.
  ///   - signs: what `forward` gave; not read without an activation.
  package func backward(
    _ gy: FloatBuffer, isOfAverage: Bool = false, signs: SignBits?, into gx: FloatBuffer, batch: Int
  ) {
    precondition(backwardWeights.count > 0, "the layer was made without its gradient")
    precondition(gx.count >= batch * inputChannels * height * width, "the picture's gradient is too small")
    let size = outputShape(batch: batch).count
    precondition(gy.count >= (isOfAverage ? size / 4 : size) && (!isOfAverage || halves), "the gradient is too small")
    let signSize = outputShape(batch: batch).planes * signBitmap.planeSize, signRow = signBitmap.planeSize / height
    precondition(activation == .none || signs != nil && signs!.count >= signSize, "no signs")
    let table = Processor.table, workers = Workers.current, activation = activation.code
    let pad = kernel / 2, blocks = blockCount(outputChannels), pixels = height * width
    let strips = strips
    // The last rows of the masked gradient of the output, with a margin of zeros. Row r is number (r + pad) % kernel.
    let line = ((width + 7) / 8 * 8 + 2 * pad) * 16, lines = kernel * blocks, ring = lines * line
    let scratch = FloatBuffer(repeating: 0, count: workers.threads * ring)
    // Two rows of each block that share the gradient of a row of means.
    let pair = 2 * width * 16, pairs = FloatBuffer(count: isOfAverage ? workers.threads * blocks * pair : 0)
    let offsets = (0..<kernel).flatMap { first in (0..<lines).map { (first * blocks + $0) % lines * line } }
    offsets.withUnsafeBufferPointer { offsets in
      let offsets = offsets.baseAddress!
      workers.run(batch * strips.count) { piece, worker in
        let image = piece / strips.count, strip = strips[piece % strips.count]
        let first = strip.lowerBound, rows = strip.count
        let masked = scratch.base + worker * ring
        withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: blocks) { ahead in
          for row in first - pad..<first + rows + pad {
            let slot = masked + (row + pad) % kernel * blocks * line
            let isInside = row >= 0 && row < height
            if !isInside { slot.update(repeating: 0, count: blocks * line) }
            for block in 0..<blocks {
              let plane = (image * blocks + block) * pixels * 16, at = plane + row * width * 16
              let target = slot + block * line + pad * 16
              var g = UnsafePointer(gy.base) + at
              ahead[block] = g + width * 16
              if isOfAverage {
                let two = pairs.base + (worker * blocks + block) * pair, top = row / 2 * pair
                g = UnsafePointer(two) + row % 2 * width * 16
                ahead[block] = UnsafePointer(gy.base) + (plane / 4 + (row / 2 + 1) * width * 8)
                if isInside && (row % 2 == 0 || row == first - pad) {
                  table.map.averageGradient(gy.base + plane / 4, width, row / 2, 1, two - top)
                }
              }
              guard isInside else { continue }
              if let signs, activation != 0 {
                let words = signs.base + ((image * blocks + block) * height + row) * signRow
                table.convolution.mask(g, words, target, width, activation)
              } else {
                target.update(from: g, count: width * 16)
              }
            }
            let result = row - pad
            guard result >= first else { continue }
            // Multiplying needs no memory, so the next row comes meanwhile.
            CorrelateCall(
              rows: masked, offsets: offsets + result % kernel * lines, lines: lines, taps: kernel, w: backwardWeights.base,
              channels: inputChannels, width: width, out: gx.base + (image * inputChannels * height + result) * width,
              outStride: pixels, ahead: ahead.baseAddress!, streams: blocks
            ).run(table.image.correlate)
          }
        }
      }
    }
    withExtendedLifetime((gy, signs, scratch, pairs)) {}
  }
}
