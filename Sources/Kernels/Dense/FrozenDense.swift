import KernelInterface

/// A dense layer with weights that never change, `y = W x + b`, on plain vectors.
///
/// Large layers are bound by reading the weights once; a batch shares one reading. `packed` keeps them in 20 bits instead
/// of 32, as whole numbers with a factor for each row: rounded to 1/2²⁰ of the row's largest, so that sums over many of
/// them are good to some 2e-6. (16-bit floats were only good to 1e-3, 16-bit whole numbers to 2e-5.)
package final class FrozenDense: Sendable {
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
  /// Rows of a band and columns of a tile; the last ones have less. Packed, what a tile takes from and adds to the input
  /// stays in the first level cache beside the weights.
  private let bandRows: Int
  private let tileColumns: Int

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
    bias: [Float]?, outputs: Int, inputs: Int, precision: Precision? = nil,
    row fill: @Sendable (_ row: Int, _ into: inout MutableSpan<Float>) -> Void
  ) {
    self.init(bias: bias, outputs: outputs, inputs: inputs, precision: precision) { row, target in
      var span = UnsafeMutableBufferPointer(start: target, count: inputs).mutableSpan
      fill(row, &span)
    }
  }

  private init(
    bias: [Float]?, outputs: Int, inputs: Int, precision chosen: Precision?, pointer fill: (_ row: Int, _ into: Target) -> Void
  ) {
    precondition(outputs > 0 && inputs > 0, "a dimension is empty")
    self.outputs = outputs
    self.inputs = inputs
    let precision = chosen ?? (outputs * inputs >= Self.packsFrom ? .packed : .single)
    self.precision = precision
    let padding = precision == .single ? 16 : 128, width = (inputs + padding - 1) / padding * padding
    self.width = width
    bandRows = precision == .single ? 4 : 64
    tileColumns = precision == .single ? width : 2048
    self.bias = FloatBuffer(bias ?? [Float](repeating: 0, count: outputs))
    precondition(self.bias.count == outputs, "the bias does not fit")
    let weights = FloatBuffer(count: precision == .single ? outputs * width : outputs * width / 32 * 20)
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

  private func bytes(_ weights: Int) -> Int { precision == .single ? weights * 4 : weights / 2 * 5 }

  /// Small layers are rounded once, for the reason `ConvolutionAlgorithm` gives; larger ones are bound by memory.
  private static func sumsInDouble(_ outputs: Int, _ width: Int) -> Bool { outputs * width <= 1 << 19 }

  /// - Parameters:
  ///   - x: `[batch][inputs]`.
  ///   - y: `[batch][outputs]`.
  package func forward(_ x: FloatBuffer, into y: FloatBuffer, batch: Int) {
    precondition(x.count >= batch * inputs && y.count >= batch * outputs, "a vector is too small")
    let table = Processor.table
    let single = Self.sumsInDouble(outputs, width) ? table.dense.forwardDouble : table.dense.forward
    let multiply = precision == .single ? single : table.dense.forwardPacked
    var source = x
    if width != inputs {
      source = FloatBuffer(repeating: 0, count: batch * width)
      for image in 0..<batch {
        (source.base + image * width).update(from: x.base + image * inputs, count: inputs)
      }
    }
    let rows = bandRows, w = UnsafeRawPointer(weights.base), isPacked = precision == .packed
    let offsets = isPacked ? FloatBuffer(repeating: 0, count: rows) : bias
    // Larger pieces for small layers: a fork costs more than a few rows of them.
    let rowsAtOnce = max(rows, min(64, (32 << 10) / width / rows * rows))
    Workers.current.run((outputs + rowsAtOnce - 1) / rowsAtOnce) { piece, _ in
      var row = piece * rowsAtOnce
      let end = min(outputs, row + rowsAtOnce)
      while row < end {
        let count = min(rows, end - row)
        for column in stride(from: 0, to: width, by: tileColumns) {
          let tile = w + bytes(row * width + count * column), columns = min(tileColumns, width - column)
          for image in 0..<batch {
            let sums = y.base + image * outputs + row
            let before = column > 0 ? sums : offsets.base + (isPacked ? 0 : row)
            multiply(tile, count, columns, source.base + image * width + column, before, sums)
          }
        }
        if isPacked {
          for image in 0..<batch {
            let sums = y.base + image * outputs + row
            for r in 0..<count { sums[r] = bias.base[row + r] + factors.base[row + r] * sums[r] }
          }
        }
        row += count
      }
    }
    withExtendedLifetime((x, source, offsets)) {}
  }

  /// `gx = Wᵀ gy`.
  package func backward(_ gy: FloatBuffer, into gx: FloatBuffer, batch: Int) {
    precondition(gx.count >= batch * inputs && gy.count >= batch * outputs, "a vector is too small")
    let table = Processor.table
    let multiply = precision == .single ? table.dense.backward : table.dense.backwardPacked
    var gy = gy
    if precision == .packed {
      let scaled = FloatBuffer(count: batch * outputs)
      for i in 0..<batch * outputs { scaled.base[i] = gy.base[i] * factors.base[i % outputs] }
      gy = scaled
    }
    let rows = bandRows, groups = min(Self.groups, (outputs + rows - 1) / rows)
    let group = ((outputs + groups - 1) / groups + rows - 1) / rows * rows
    let used = (outputs + group - 1) / group
    let partial = FloatBuffer(count: used * batch * width)
    let w = UnsafeRawPointer(weights.base)
    Workers.current.run(used) { piece, _ in
      let sums = partial.base + piece * batch * width
      sums.update(repeating: 0, count: batch * width)
      var row = piece * group
      let end = min(outputs, row + group)
      while row < end {
        let count = min(rows, end - row)
        for column in stride(from: 0, to: width, by: tileColumns) {
          let tile = w + bytes(row * width + count * column), columns = min(tileColumns, width - column)
          for image in 0..<batch {
            multiply(tile, count, columns, gy.base + image * outputs + row, sums + image * width + column)
          }
        }
        row += count
      }
    }
    for piece in 1..<max(1, used) {
      table.map.add(partial.base, partial.base + piece * batch * width, partial.base, batch * width)
    }
    for image in 0..<batch {
      (gx.base + image * inputs).update(from: partial.base + image * width, count: inputs)
    }
    withExtendedLifetime((gy, partial)) {}
  }
}
