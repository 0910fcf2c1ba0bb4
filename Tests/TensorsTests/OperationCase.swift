import Tensors
import TestSupport

/// An operation on some inputs, and its twin.
struct OperationCase: Sendable {
  let name: String
  let shapes: [[Int]]
  /// Keeps inputs positive, for powers.
  var isPositive = false
  let run: @Sendable ([Tensor]) throws -> Tensor
  let twin: @Sendable ([Reference]) -> Reference

  func inputs(seed: UInt64) -> [[Float]] {
    var generator = SeededGenerator(seed: seed)
    return shapes.map { shape in
      generator.normals(shape.reduce(1, *)).map { isPositive ? abs($0) + 0.5 : $0 }
    }
  }
}

private func elementwise(
  _ name: String, shapes: [[Int]] = [[3, 5, 2, 7]], isPositive: Bool = false,
  _ run: @escaping @Sendable (Tensor) throws -> Tensor, _ twin: @escaping @Sendable (Double) -> Double
) -> [OperationCase] {
  shapes.map { shape in
    OperationCase(name: name, shapes: [shape], isPositive: isPositive, run: { try run($0[0]) }, twin: { $0[0].map(twin) })
  }
}

private let pictureShapes = [[1, 1, 2, 2], [3, 2, 4, 6], [2, 5, 6, 2], [1, 17, 8, 4]]

private func pictures(
  _ name: String, _ run: @escaping @Sendable (Tensor) throws -> Tensor, _ twin: @escaping @Sendable (Reference) -> Reference
) -> [OperationCase] {
  pictureShapes.map { shape in
    OperationCase(name: name, shapes: [shape], run: { try run($0[0]) }, twin: { twin($0[0]) })
  }
}

/// Cases of the operations that are differentiable twice, with odd sizes and batches of one and three.
let twiceDifferentiableCases: [OperationCase] =
  [
    OperationCase(name: "add", shapes: [[3, 5], [3, 5]], run: { try $0[0] + $0[1] }, twin: { Twin.elementwise($0[0], $0[1], +) }),
    OperationCase(
      name: "subtract", shapes: [[3, 5], [3, 5]], run: { try $0[0] - $0[1] }, twin: { Twin.elementwise($0[0], $0[1], -) }),
    OperationCase(
      name: "multiply", shapes: [[17], [17]], run: { try $0[0] * $0[1] }, twin: { Twin.elementwise($0[0], $0[1], *) }),
    OperationCase(
      name: "reshaped", shapes: [[2, 6]], run: { try ($0[0] * $0[0]).reshaped([3, 4]) },
      twin: { Reference([3, 4], $0[0].values.map { $0 * $0 }) }),
    OperationCase(
      name: "broadcast", shapes: [[2, 1, 3, 1]], run: { try $0[0].broadcast(to: [2, 5, 3, 2]) },
      twin: { Twin.broadcast($0[0], [2, 5, 3, 2]) }),
    OperationCase(
      name: "summed", shapes: [[2, 5, 3, 7]], run: { try $0[0].summed(to: [2, 1, 3, 1]) },
      twin: { Twin.summed($0[0], [2, 1, 3, 1]) }),
    OperationCase(
      name: "averaged", shapes: [[3, 5, 7]], run: { try $0[0].averaged(to: [1, 5, 1]) },
      twin: { Twin.averaged($0[0], [1, 5, 1]) }),
    OperationCase(
      name: "sliced", shapes: [[3, 7, 2]], run: { try $0[0].sliced(1, 2..<5) }, twin: { Twin.sliced($0[0], 1, 2..<5) }),
    OperationCase(
      name: "padded", shapes: [[3, 5, 2]], run: { try $0[0].padded(1, before: 2, after: 1) },
      twin: { Twin.padded($0[0], 1, 2, 1) }),
    OperationCase(
      name: "permuted", shapes: [[2, 3, 5, 7]], run: { try $0[0].permuted([2, 0, 3, 1]) },
      twin: { Twin.permuted($0[0], [2, 0, 3, 1]) }),
    OperationCase(name: "reversed", shapes: [[2, 3, 5]], run: { try $0[0].reversed(1) }, twin: { Twin.reversed($0[0], 1) }),
    OperationCase(
      name: "concatenated", shapes: [[2, 3, 2], [2, 1, 2]], run: { try concatenated([$0[0], $0[1], $0[0]], 1) },
      twin: { Twin.concatenated([$0[0], $0[1], $0[0]], 1) }),
    OperationCase(
      name: "blocked", shapes: [[3, 17, 2, 4]], run: { try ($0[0].blocked() * $0[0].blocked()).plain() },
      twin: { $0[0].map { $0 * $0 } }),
    OperationCase(
      name: "dense", shapes: [[3, 17], [5, 17], [5]], run: { try dense($0[0], weights: $0[1], bias: $0[2]) },
      twin: { Twin.dense($0[0], $0[1], $0[2]) }),
    OperationCase(
      name: "modulate", shapes: [[3, 5, 2, 4], [3, 10]], run: { try modulate($0[0], style: $0[1]) },
      twin: { Twin.modulate($0[0], $0[1]) }),
    OperationCase(
      name: "channelAffine", shapes: [[3, 5, 2, 4], [5], [5]],
      run: { try channelAffine($0[0], scale: $0[1], shift: $0[2]) },
      twin: { r in Reference(r[0].shape) { r[0].at($0) * r[1].values[$0[1]] + r[2].values[$0[1]] } }),
    OperationCase(
      name: "channelMultiply", shapes: [[3, 5], [5]], run: { try channelMultiply($0[0], $0[1]) },
      twin: { r in Reference(r[0].shape) { r[0].at($0) * r[1].values[$0[1]] } }),
    OperationCase(
      name: "channelAdd", shapes: [[3, 5, 2, 4], [5]], run: { try channelAdd($0[0], $0[1]) },
      twin: { r in Reference(r[0].shape) { r[0].at($0) + r[1].values[$0[1]] } }),
    OperationCase(
      name: "pixelNormalize", shapes: [[3, 17]], run: { try pixelNormalize($0[0]) }, twin: { Twin.pixelNormalize($0[0]) }),
    OperationCase(
      name: "meanSquaredDifference", shapes: [[3, 5, 2, 2], [3, 5, 2, 2]],
      run: { try meanSquaredDifference($0[0], $0[1]) }, twin: { Twin.meanSquaredDifference($0[0], $0[1]) }),
    OperationCase(
      name: "meanSquaredDifference", shapes: [[1, 5001], [1, 5001]],
      run: { try meanSquaredDifference($0[0], $0[1]) }, twin: { Twin.meanSquaredDifference($0[0], $0[1]) }),
    OperationCase(
      name: "sum", shapes: [[3, 5, 7]], run: { try sum($0[0] * $0[0]) },
      twin: { Reference([], [$0[0].values.reduce(0) { $0 + $1 * $1 }]) }),
  ]
  + elementwise("scale", { $0 * 1.7 }, { $0 * Double(Float(1.7)) })
  + elementwise("offset", { $0 + 0.25 }, { $0 + 0.25 })
  + [-1.5, -1, -0.5, 0.5, 1, 2, 3].flatMap { exponent in
    elementwise("power", isPositive: true, { power($0, exponent) }, { Foundation_pow($0, exponent) })
  }
  + elementwise("tanh", { tanh($0) }, { Foundation_tanh($0) })
  + elementwise("leakyReLU", { leakyReLU($0) }, { $0 > 0 ? $0 : Double(Float(0.2)) * $0 })
  + elementwise("softplus", { softplus($0 * 3) }, { max($0 * 3, 0) + Foundation_log1p(-abs($0 * 3)) })
  + elementwise("logistic", { logistic($0) }, { 1 / (1 + Foundation_exp(-$0)) })
  + [[3, 5, 2, 4], [6, 17]].map { shape in
    OperationCase(
      name: "batchNormalize", shapes: [shape, [shape[1]], [shape[1]]],
      run: { try batchNormalize($0[0], weight: $0[1], bias: $0[2]).y },
      twin: { Twin.batchNormalize($0[0], $0[1], $0[2]) })
  }
  + elementwise("relu", { relu($0) }, { $0 > 0 ? $0 : 0 })
  + [(false, false), (true, false), (false, true), (true, true)].flatMap { transposed in
    [(1, 1, 1), (3, 17, 5), (7, 5, 33), (9, 131, 35)].map { m, k, n in
      OperationCase(
        name: "matrixProduct", shapes: [transposed.0 ? [k, m] : [m, k], transposed.1 ? [n, k] : [k, n]],
        run: { try matrixProduct($0[0], $0[1], transposed: transposed) },
        twin: { Twin.matrixProduct($0[0], $0[1], transposed.0, transposed.1) })
    }
  }
  + [(1, 1, 1, 1, 5, 0), (3, 2, 3, 3, 5, 1), (1, 5, 17, 3, 7, 1), (2, 3, 2, 4, 5, 2), (3, 17, 5, 1, 3, 0), (2, 2, 2, 3, 4, 0)]
    .map { batch, inputs, outputs, kernel, side, padding in
      OperationCase(
        name: "convolve", shapes: [[batch, inputs, side, side + 2], [outputs, inputs, kernel, kernel]],
        run: { try convolve($0[0], weights: $0[1], padding: padding) }, twin: { Twin.convolve($0[0], $0[1], padding) })
    }
  + [[8, 2, 2, 2], [4, 3, 1, 5], [3, 5, 2, 3]].map { shape in
    OperationCase(
      name: "appendMinibatchDeviation", shapes: [shape], run: { try appendMinibatchDeviation($0[0]) },
      twin: { Twin.minibatchDeviation($0[0], 4) })
  }
  + pictures("sumPool", sumPool, Twin.sumPool)
  + pictures("averagePool", averagePool, Twin.averagePool)
  + pictures("maximumPool", maximumPool, Twin.maximumPool)
  + [[2, 3, 5, 8], [1, 17, 6, 3], [3, 1, 7, 7]].flatMap { shape in
    [2, 3].map { window in
      OperationCase(
        name: "windowMaximumPool", shapes: [shape], run: { try maximumPool($0[0], window: window) },
        twin: { Twin.maximumPool($0[0], window: window) })
    }
  }
  + pictures("upsampleNearest", upsampleNearest, Twin.upsampleNearest)
  + pictures("zeroInsertUpsample", zeroInsertUpsample, Twin.zeroInsertUpsample)
  + pictures("stride2Downsample", stride2Downsample, Twin.stride2Downsample)
  + pictures("blur", blur, Twin.blur)
  + pictures("instanceNormalize", instanceNormalize, Twin.instanceNormalize)
  + blockedCases
