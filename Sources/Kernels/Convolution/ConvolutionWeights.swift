import KernelInterface

/// Plain weights `[outputs][inputs][kernel][kernel]`, or the same seen from the gradient's side: outputs and inputs
/// change places and the kernel is turned by half a turn.
struct ConvolutionWeights: Sendable {
  private enum Values: Sendable {
    case held(FloatBuffer)
    /// Still to be read, into a worker's scratch that is used again for the next ones.
    case rows(WeightRows)
  }

  private let values: Values
  let outputs: Int
  let inputs: Int
  let kernel: Int
  let isTransposed: Bool

  /// Still to be read: for one use, not from the gradient's side.
  init(rows: @escaping WeightRows, outputs: Int, inputs: Int, kernel: Int) {
    self.init(.rows(rows), outputs, inputs, kernel, isTransposed: false)
  }

  /// Plain weights as they are.
  init(held weights: FloatBuffer, outputs: Int, inputs: Int, kernel: Int) {
    self.init(.held(weights), outputs, inputs, kernel, isTransposed: false)
  }

  private init(_ values: Values, _ outputs: Int, _ inputs: Int, _ kernel: Int, isTransposed: Bool) {
    self.values = values
    self.outputs = outputs
    self.inputs = inputs
    self.kernel = kernel
    self.isTransposed = isTransposed
  }

  /// The same with all rows read, by all threads.
  var held: ConvolutionWeights {
    guard case .rows(let rows) = values else { return self }
    let pitch = outputPitch, values = FloatBuffer(count: outputs * pitch)
    Workers.current.run(outputs) { output, _ in writeRow(output, of: rows, to: values.base + output * pitch, pitch) }
    return ConvolutionWeights(.held(values), outputs, inputs, kernel, isTransposed: false)
  }

  var transposed: ConvolutionWeights {
    guard case .held = values else { preconditionFailure("rows that are not held") }
    return ConvolutionWeights(values, inputs, outputs, kernel, isTransposed: !isTransposed)
  }

  var taps: Int { kernel * kernel }
  /// From an output's weights to the next one's.
  var outputPitch: Int { isTransposed ? taps : inputs * taps }
  var inputPitch: Int { isTransposed ? outputs * taps : taps }

  /// Floats that `block` needs.
  var scratchSize: Int { if case .rows = values { 16 * inputs * taps } else { 0 } }

  /// The weights of outputs `16 · index` and up, at most sixteen, from input 0 on. Taps follow one by one, backwards if
  /// transposed. Valid as long as this and the scratch are.
  func block(_ index: Int, scratch: Target) -> Source {
    let first = index * 16
    switch values {
    case .held(let values): return Source(values.base + first * outputPitch)
    case .rows(let rows):
      for lane in 0..<min(16, outputs - first) {
        writeRow(first + lane, of: rows, to: scratch + lane * outputPitch, outputPitch)
      }
      return Source(scratch)
    }
  }
}
