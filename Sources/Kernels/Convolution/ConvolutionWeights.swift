/// Plain weights `[outputs][inputs][kernel][kernel]`, or the same seen from the gradient's side: outputs and inputs
/// change places and the kernel is turned by half a turn.
struct ConvolutionWeights: Sendable {
  let values: [Float]
  let outputs: Int
  let inputs: Int
  let kernel: Int
  let isTransposed: Bool

  init(_ values: [Float], outputs: Int, inputs: Int, kernel: Int) {
    precondition(values.count == outputs * inputs * kernel * kernel, "the weights do not fit the channel counts")
    self.init(values, outputs, inputs, kernel, isTransposed: false)
  }

  private init(_ values: [Float], _ outputs: Int, _ inputs: Int, _ kernel: Int, isTransposed: Bool) {
    self.values = values
    self.outputs = outputs
    self.inputs = inputs
    self.kernel = kernel
    self.isTransposed = isTransposed
  }

  var transposed: ConvolutionWeights {
    ConvolutionWeights(values, inputs, outputs, kernel, isTransposed: !isTransposed)
  }

  /// Offset of the first tap of (output, input) in `values`; taps follow one by one, backwards if transposed.
  func offset(_ output: Int, _ input: Int) -> Int {
    (isTransposed ? input * outputs + output : output * inputs + input) * kernel * kernel
  }
}
