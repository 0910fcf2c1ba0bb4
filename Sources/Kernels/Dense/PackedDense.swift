import KernelInterface

/// A dense layer with weights that never change, `y = W x + b`, on plain vectors.
///
/// Large layers are bound by reading the weights once; a batch shares one reading. `packed` keeps them in 20 bits instead
/// of 32, as whole numbers with a factor for each row: rounded to 1/2²⁰ of the row's largest, so that sums over many of
/// them are good to some 2e-6. 16384→7168 reaches 73 % of the reading speed (two threads of a Cascade Lake): unpacking
/// binds, too. (16-bit floats were only good to 1e-3, 16-bit whole numbers to 2e-5.)
package final class PackedDense: Sendable {
  package enum Precision: Sendable { case single, packed }

  package let outputs: Int
  package let inputs: Int
  package let precision: Precision

  /// In the order in which both directions read them: bands of rows, of these tiles of columns, of these rows.
  private let weights: FloatBuffer
  /// What the whole numbers of each row are multiplied by; empty for `single`.
  private let factors: FloatBuffer
  private let bias: FloatBuffer
  /// The inputs padded to a multiple of 16, packed ones of 128.
  private let width: Int
  /// Columns of a tile; the last ones have less. Packed, what a tile takes from and adds to the input stays in the first
  /// level cache beside the weights.
  private let tileColumns: Int
  /// Rows of a band; the last one has less. Two bands of 16384 packed inputs stay in half a second level cache.
  private var bandRows: Int { 4 }

  /// From this many weights on (64 MiB as floats) a layer is packed unless told otherwise.
  private static let packsFrom = 1 << 24

  /// Pieces of the transposed product, each with sums of its own: fixed, so that the result is.
  private static let groups = 16

  /// - Parameters:
  ///   - weights: `[outputs][inputs]`, scale folded in.
  ///   - bias: `[outputs]`, or nil for none.
  package convenience init(
    weights: [Float], bias: [Float]?, outputs: Int, inputs: Int, precision: Precision? = nil
  ) {
    precondition(weights.count == outputs * inputs, "the weights do not fit")
    self.init(bias: bias, outputs: outputs, inputs: inputs, precision: precision) { row, target in
      weights.withUnsafeBufferPointer { target.update(from: $0.baseAddress! + row * inputs, count: inputs) }
    }
  }

  /// The same without a second copy of the plain weights: `fill` writes row after row, from several threads at once.
  package convenience init(
    bias: [Float]?, outputs: Int, inputs: Int, precision: Precision? = nil, row fill: WeightRows
  ) {
    self.init(bias: bias, outputs: outputs, inputs: inputs, precision: precision) { row, target in
      writeRow(row, of: fill, to: target, inputs)
    }
  }

  private init(
    bias: [Float]?, outputs: Int, inputs: Int, precision chosen: Precision?, pointer fill: (_ row: Int, _ into: Target) -> Void
  ) {
    precondition(outputs > 0 && inputs > 0, "a dimension is empty")
    self.outputs = outputs
    self.inputs = inputs
    let precision = chosen ?? Self.precision(outputs: outputs, inputs: inputs)
    self.precision = precision
    let width = Self.width(inputs, precision)
    self.width = width
    tileColumns = precision == .single ? width : 2048
    self.bias = FloatBuffer(bias ?? [Float](repeating: 0, count: outputs))
    precondition(self.bias.count == outputs, "the bias does not fit")
    let weights = FloatBuffer(count: Self.bytes(outputs * width, precision) / 4)
    self.weights = weights
    let factors = FloatBuffer(count: precision == .single ? 0 : outputs)
    self.factors = factors
    let table = Processor.table, workers = Workers.current
    let scratch = FloatBuffer(count: precision == .single ? 0 : workers.threads * width)
    workers.run(outputs) { row, worker in
      let target = precision == .single ? weights.base + row * width : scratch.base + worker * width
      (target + inputs).update(repeating: 0, count: width - inputs)
      fill(row, target)
      if precision == .packed {
        // Without signs, floats are ordered as their bits are.
        var bits: UInt32 = 0
        for i in 0..<inputs { bits = max(bits, target[i].magnitude.bitPattern) }
        let largest = Float(bitPattern: bits)
        // Subnormal rows would overflow the reciprocal; they count as zero.
        let factor = largest >= .leastNormalMagnitude * 4 && largest.isFinite ? 1 / largest : 0
        // A weight that is not finite must show.
        factors.base[row] = !largest.isFinite ? .nan : factor > 0 ? largest : 0
        let band = row / bandRows * bandRows, rows = min(bandRows, outputs - band)
        for column in stride(from: 0, to: width, by: tileColumns) {
          let columns = min(tileColumns, width - column)
          let place = bytes(band * width + rows * column + (row - band) * columns)
          table.dense.pack(target + column, columns, factor, UnsafeMutableRawPointer(weights.base) + place)
        }
      }
    }
    withExtendedLifetime(scratch) {}
  }

  /// - Parameters:
  ///   - x: `[batch][inputs]`.
  ///   - y: `[batch][outputs]`.
  package func forward(_ x: FloatBuffer, into y: FloatBuffer, batch: Int) {
    precondition(x.count >= batch * inputs && y.count >= batch * outputs, "a vector is too small")
    let source = padded(x, batch), offsets = offsets, rows = bandRows
    // Larger pieces for small layers: a fork costs more than a few rows of them.
    let rowsAtOnce = max(rows, min(64, (32 << 10) / width / rows * rows))
    Workers.current.run((outputs + rowsAtOnce - 1) / rowsAtOnce) { piece, _ in
      for band in bands(piece * rowsAtOnce..<min(outputs, (piece + 1) * rowsAtOnce)) {
        multiply(band, source.base, offsets.base, y.base, batch)
      }
    }
    withExtendedLifetime((x, source, offsets)) {}
  }

  /// `gx = Wᵀ gy`.
  package func backward(_ gy: FloatBuffer, into gx: FloatBuffer, batch: Int) {
    precondition(gx.count >= batch * inputs && gy.count >= batch * outputs, "a vector is too small")
    let scaled = FloatBuffer(count: batch * outputs)
    for i in 0..<batch * outputs { scaled.base[i] = withFactor(gy.base[i], i % outputs) }
    addUp(into: gx, batch) { band, _, sums in multiplyTransposed(band, scaled.base, sums, batch) }
    withExtendedLifetime((gy, scaled)) {}
  }

  /// `y = W x + b` and `gx = Wᵀ (y - target)`, the gradient of half the squared distance, for one reading of the
  /// weights: each band is multiplied both ways while it is in the caches.
  package func forward(
    _ x: FloatBuffer, into y: FloatBuffer, target: FloatBuffer, gradient gx: FloatBuffer, batch: Int
  ) {
    precondition(x.count >= batch * inputs && y.count >= batch * outputs, "a vector is too small")
    precondition(gx.count >= batch * inputs && target.count >= batch * outputs, "a vector is too small")
    let source = padded(x, batch), offsets = offsets, differences = FloatBuffer(count: batch * outputs)
    addUp(into: gx, batch) { band, next, sums in
      multiply(band, source.base, offsets.base, y.base, batch, then: next)
      for image in 0..<batch {
        for row in band {
          let i = image * outputs + row
          differences.base[i] = withFactor(y.base[i] - target.base[i], row)
        }
      }
      multiplyTransposed(band, differences.base, sums, batch, then: next)
    }
    withExtendedLifetime((x, source, offsets, target, differences)) {}
  }

  /// What a row's weights, as they are kept, are multiplied by in the transposed product.
  private func withFactor(_ g: Float, _ row: Int) -> Float { precision == .packed ? g * factors.base[row] : g }

  private func bytes(_ weights: Int) -> Int { Self.bytes(weights, precision) }
  private static func bytes(_ weights: Int, _ precision: Precision) -> Int {
    precision == .single ? weights * 4 : weights / 2 * 5
  }

  private static func precision(outputs: Int, inputs: Int) -> Precision {
    outputs * inputs >= packsFrom ? .packed : .single
  }

  private static func width(_ inputs: Int, _ precision: Precision) -> Int {
    let padding = precision == .single ? 16 : 128
    return (inputs + padding - 1) / padding * padding
  }

  /// Bytes of a layer's weights, packed unless there are few.
  package static func weightBytes(inputs: Int, outputs: Int) -> Int {
    let precision = precision(outputs: outputs, inputs: inputs)
    return bytes(outputs * width(inputs, precision), precision)
  }

  /// Where a band's tile begins.
  private func tile(_ band: Range<Int>, _ column: Int) -> UnsafeRawPointer {
    UnsafeRawPointer(weights.base) + bytes(band.lowerBound * width + band.count * column)
  }

  private func bands(_ rows: Range<Int>) -> some Sequence<Range<Int>> {
    stride(from: rows.lowerBound, to: rows.upperBound, by: bandRows).lazy.map { $0..<min(rows.upperBound, $0 + self.bandRows) }
  }

  /// What a row's sum begins with: its bias, packed nothing, since that sum is still to be multiplied.
  private var offsets: FloatBuffer { precision == .packed ? FloatBuffer(repeating: 0, count: outputs) : bias }

  private func padded(_ x: FloatBuffer, _ batch: Int) -> FloatBuffer {
    guard width != inputs else { return x }
    let padded = FloatBuffer(repeating: 0, count: batch * width)
    for image in 0..<batch { (padded.base + image * width).update(from: x.base + image * inputs, count: inputs) }
    return padded
  }

  /// Small layers are rounded once, for the reason `ConvolutionAlgorithm` gives; larger ones are bound by memory.
  package var sumsInDouble: Bool { outputs * width <= 1 << 19 }

  /// A band's outputs. Of `next`, the band that will be wanted then, half is asked for meanwhile.
  private func multiply(
    _ band: Range<Int>, _ x: Source, _ offsets: Source, _ y: Target, _ batch: Int, then next: Range<Int>? = nil
  ) {
    let table = Processor.table, row = band.lowerBound
    let multiply = sumsInDouble ? table.dense.forwardDouble : table.dense.forward
    for column in stride(from: 0, to: width, by: tileColumns) {
      let tile = tile(band, column), columns = min(tileColumns, width - column)
      for image in 0..<batch {
        let x = x + image * width + column, sums = y + image * outputs + row
        let before = column > 0 ? Source(sums) : offsets + row
        if precision == .packed {
          table.dense.forwardPacked(tile, band.count, columns, x, before, sums, ahead(next, column, image))
        } else {
          multiply(tile, band.count, columns, x, before, sums)
        }
      }
    }
    if precision == .packed {
      for image in 0..<batch {
        for row in band {
          let i = image * outputs + row
          y[i] = bias.base[row] + factors.base[row] * y[i]
        }
      }
    }
  }

  /// Adds to `sums`, `[batch][width]`, what a band's outputs give back; `g` contains the factors.
  private func multiplyTransposed(
    _ band: Range<Int>, _ g: Source, _ sums: Target, _ batch: Int, then next: Range<Int>? = nil
  ) {
    let table = Processor.table
    for column in stride(from: 0, to: width, by: tileColumns) {
      let tile = tile(band, column), columns = min(tileColumns, width - column)
      for image in 0..<batch {
        let g = g + image * outputs + band.lowerBound, sums = sums + image * width + column
        if precision == .packed {
          let half = bytes(band.count * columns) / 2
          table.dense.backwardPacked(tile, band.count, columns, g, sums, ahead(next, column, image).map { $0 + half })
        } else {
          table.dense.backward(tile, band.count, columns, g, sums)
        }
      }
    }
  }

  /// A tile of the next band, once for all images; only of a full one.
  private func ahead(_ next: Range<Int>?, _ column: Int, _ image: Int) -> UnsafeRawPointer? {
    guard image == 0, let next, next.count == bandRows else { return nil }
    return tile(next, column)
  }

  /// Goes through all bands in a fixed number of pieces with sums of their own, and adds these up.
  private func addUp(
    into gx: FloatBuffer, _ batch: Int, _ body: (_ band: Range<Int>, _ next: Range<Int>?, _ sums: Target) -> Void
  ) {
    let rows = bandRows, groups = min(Self.groups, (outputs + rows - 1) / rows)
    let group = ((outputs + groups - 1) / groups + rows - 1) / rows * rows, used = (outputs + group - 1) / group
    let partial = FloatBuffer(count: used * batch * width)
    Workers.current.run(used) { piece, _ in
      let sums = partial.base + piece * batch * width
      sums.update(repeating: 0, count: batch * width)
      let end = min(outputs, (piece + 1) * group)
      for band in bands(piece * group..<end) {
        let next = band.upperBound..<min(end, band.upperBound + rows)
        body(band, next.isEmpty ? nil : next, sums)
      }
    }
    for piece in 1..<max(1, used) {
      Processor.table.map.add(partial.base, partial.base + piece * batch * width, partial.base, batch * width)
    }
    for image in 0..<batch {
      (gx.base + image * inputs).update(from: partial.base + image * width, count: inputs)
    }
    withExtendedLifetime(partial) {}
  }
}
