/// What an operation means. The list below is what tests walk through: an operation without a twin in plain loops and a
/// gradient check fails them.
package struct OperationDescription: Sendable {
  package enum Differentiability: Sendable { case once, twice }

  package let name: String
  package let formula: String
  package let shapes: String
  package let differentiability: Differentiability
}

private func twice(_ name: String, _ formula: String, _ shapes: String) -> OperationDescription {
  OperationDescription(name: name, formula: formula, shapes: shapes, differentiability: .twice)
}

private func once(_ name: String, _ formula: String, _ shapes: String) -> OperationDescription {
  OperationDescription(name: name, formula: formula, shapes: shapes, differentiability: .once)
}

/// Every operation of the engine.
package let operationDescriptions: [OperationDescription] = [
  // MARK: Element by element
  twice("add", "a + b", "equal"),
  twice("subtract", "a - b", "equal"),
  twice("multiply", "a · b", "equal"),
  twice("scale", "x · factor", "any"),
  twice("offset", "x + constant", "any"),
  twice("power", "x^exponent", "any"),
  twice("tanh", "tanh x", "any"),
  twice("leakyReLU", "x > 0 ? x : slope · x", "any"),
  twice("relu", "x > 0 ? x : 0", "any"),
  twice("softplus", "log(1 + eˣ)", "any"),
  twice("logistic", "1 / (1 + e⁻ˣ)", "any"),

  // MARK: Axes
  twice("reshaped", "the same elements", "equal counts"),
  twice("broadcast", "repeats along axes of length 1", "[…, 1, …] → […, n, …]"),
  twice("summed", "sums along axes", "[…, n, …] → […, 1, …]"),
  twice("averaged", "means along axes", "[…, n, …] → […, 1, …]"),
  twice("sliced", "a range of an axis", "[…, n, …] → […, m, …]"),
  twice("padded", "zeros before and after an axis", "[…, n, …] → […, m, …]"),
  twice("permuted", "axes in another order", "any"),
  twice("reversed", "an axis backwards", "any"),
  twice("concatenated", "one behind another", "equal but for the axis"),
  twice("blocked", "channels in groups of sixteen innermost", "[n, c, h, w]"),

  // MARK: Linear maps
  twice("matrixProduct", "a · b, each transposed or not", "[m, k], [k, n] → [m, n]"),
  twice("dense", "x · Wᵀ + b", "[n, i], [o, i], [o] → [n, o]"),
  twice("convolve", "Σ w[o, i, a, b] · x[n, i, y + a - p, x + b - p]", "[n, i, h, w], [o, i, k, k] → [n, o, h', w']"),
  twice("activatedConvolve", "activation(convolve(x) + bias)", "[n, i, h, w], [o, i, k, k], [o] → [n, o, h, w]"),
  twice("trainedUpConvolve", "convolve(upsampleNearest(x))", "[n, i, h, w], [o, i, 3, 3] → [n, o, 2h, 2w]"),
  twice("downConvolve", "averagePool(convolve(x))", "[n, i, 2h, 2w], [o, i, 3, 3] → [n, o, h, w]"),
  twice("transposedFilters", "w[i, o, k - 1 - a, k - 1 - b]", "[o, i, k, k] → [i, o, k, k]"),

  // MARK: Pooling and resampling
  twice("sumPool", "sum of 2×2", "[n, c, 2h, 2w] → [n, c, h, w]"),
  twice("averagePool", "mean of 2×2", "[n, c, 2h, 2w] → [n, c, h, w]"),
  twice("maximumPool", "largest of 2×2", "[n, c, 2h, 2w] → [n, c, h, w]"),
  twice("windowMaximumPool", "largest of k×k, two apart", "[n, c, h, w] → [n, c, ⌈(h - k) / 2⌉ + 1, ⌈(w - k) / 2⌉ + 1]"),
  twice("upsampleNearest", "each pixel four times", "[n, c, h, w] → [n, c, 2h, 2w]"),
  twice("zeroInsertUpsample", "each pixel and three zeros", "[n, c, h, w] → [n, c, 2h, 2w]"),
  twice("stride2Downsample", "upper left of 2×2", "[n, c, 2h, 2w] → [n, c, h, w]"),
  twice("blur", "[1 2 1] × [1 2 1] / 16, zero padding", "[n, c, h, w]"),

  // MARK: Normalization and modulation
  twice("instanceNormalize", "(x - mean) / sqrt(mean square + 1e-8)", "[n, c, h, w]"),
  twice("pixelNormalize", "x / sqrt(mean square + 1e-8)", "[n, i]"),
  twice("modulate", "x · (scale + 1) + shift", "[n, c, h, w], [n, 2c]"),
  twice("channelAffine", "x · scale + shift", "[n, c, …], [c], [c]"),
  twice("channelMultiply", "x · scale", "[n, c, …], [c]"),
  twice("channelAdd", "x + bias", "[n, c, …], [c]"),
  twice("batchNormalize", "(x - mean) / sqrt(variance + 1e-5) · weight + bias, over batch and places", "[n, c, …], [c], [c]"),
  twice("activate", "activation(x + bias)", "[n, c, h, w], [c]"),
  twice("channelSum", "sums over batch and places", "[n, c, h, w] → [c]"),
  twice("blockedAveragePool", "mean of 2×2", "[n, c, 2h, 2w] → [n, c, h, w]"),
  twice("appendMinibatchDeviation", "mean deviation over groups of items, as a channel", "[n, c, h, w] → [n, c + 1, h, w]"),

  // MARK: Losses
  twice("meanSquaredDifference", "mean (a - b)² of each item", "[n, …], [n, …] → [n]"),
  twice("sum", "Σ x", "any → []"),

  // MARK: Frozen and fused, blocked layout
  once("frozenConvolve", "activation(w * x + b), 3×3 or 1×1", "[n, i, h, w] → [n, o, h, w]"),
  once("frozenImageConvolve", "the same of a plain picture", "[n, 3, h, w] → [n, o, h, w]"),
  once("averageConvolve", "mean of 2×2 of such a convolution", "[n, 3, 2h, 2w] → [n, o, h, w]"),
  once("upConvolve", "doubling and convolution", "[n, i, h, w] → [n, o, 2h, 2w]"),
  once("epilogue", "style(instance norm(lrelu(x + noise · weight + bias))), x blurred or not", "[n, c, h, w], [n, 2c]"),
  once("styledConvolve", "epilogue of a convolution, with what is left of the epilogue before", "[n, c, h, w], [n, 2c]"),
  once("toRGB", "tanh(w · x + b)", "[n, c, h, w] → [n, 3, h, w]"),
  once("frozenDense", "x · Wᵀ + b", "[n, i] → [n, o]"),
  once("denseDistance", "mean (x · Wᵀ + b - target)² of each item", "[n, i], [n, o] → [n]"),
  once("trainedEpilogue", "epilogue with gradients for noise weight and bias", "[n, c, h, w], [n, 2c], [c], [c]"),
  once("batchNormalizeActivate", "lrelu(batch norm)", "[n, c, h, w], [c], [c]"),
  once("blockedAverageOfSum", "mean of 2×2 of a + b", "[n, c, 2h, 2w], [n, c, 2h, 2w] → [n, c, h, w]"),
  once("blockedMaximumPool", "largest of 2×2", "[n, c, 2h, 2w] → [n, c, h, w]"),
]
