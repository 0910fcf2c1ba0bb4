import Kernels
import Tensors
import TestSupport

// Operations in the blocked layout on weights that are trained.

private func blocked(
  _ name: String, _ shapes: [[Int]], _ run: @escaping @Sendable (_ map: Tensor, _ others: [Tensor]) throws -> Tensor,
  _ twin: @escaping @Sendable ([Reference]) -> Reference
) -> OperationCase {
  OperationCase(
    name: name, shapes: shapes, run: { try run($0[0].blocked(), Array($0.dropFirst())).plain() }, twin: twin)
}

/// Small, with partial blocks and tiles; large enough for several chunks of tiles; of one pixel's kernel.
private let convolutions: [OperationCase] = [
  (3, 17, 5, 3, 8), (1, 16, 33, 3, 5), (2, 5, 3, 3, 4), (9, 3, 18, 3, 21), (2, 3, 20, 1, 6), (9, 33, 3, 1, 4),
].map { batch, inputs, outputs, kernel, side in
  blocked(
    "convolve", [[batch, inputs, side, side + 2], [outputs, inputs, kernel, kernel]],
    { try convolve($0, weights: $1[0], padding: kernel / 2) }, { Twin.convolve($0[0], $0[1], kernel / 2) })
}

/// Few numbers: a difference quotient must not cross a bend.
private let activated: [OperationCase] = [
  (3, 3, Activation.leakyReLU), (1, 3, .leakyReLU), (3, 2, .relu), (1, 17, .none),
].flatMap { kernel, outputs, activation in
  let shapes = [[1, 3, 4, 3], [outputs, 3, kernel, kernel], [outputs]]
  let twin: @Sendable ([Reference]) -> Reference = { r in
    let map = Twin.convolve(r[0], r[1], kernel / 2)
    return activate(Reference(map.shape) { map.at($0) + r[2].values[$0[1]] }, activation)
  }
  @Sendable func run(_ x: Tensor, _ w: [Tensor]) throws -> Tensor {
    try convolve(x, weights: w[0], bias: w[1], activation: activation, padding: kernel / 2)
  }
  return [
    blocked("activatedConvolve", shapes, run, twin),
    OperationCase(name: "activatedConvolve", shapes: shapes, run: { try run($0[0], [$0[1], $0[2]]) }, twin: twin),
  ]
}

private let activations: [OperationCase] = [(2, Activation.leakyReLU), (17, .relu), (3, .none)].map { channels, activation in
  blocked(
    "activate", [[1, channels, 2, 2], [channels]], { try activate($0, bias: $1[0], activation) },
    { r in activate(Reference(r[0].shape) { r[0].at($0) + r[1].values[$0[1]] }, activation) })
}

private let mapShapes = [[3, 17, 4, 6], [1, 5, 6, 2]]

private func each(
  _ name: String, _ run: @escaping @Sendable (Tensor) throws -> Tensor, _ twin: @escaping @Sendable (Reference) -> Reference
) -> [OperationCase] {
  mapShapes.map { shape in blocked(name, [shape], { x, _ in try run(x) }, { twin($0[0]) }) }
}

private let maps: [OperationCase] =
  each("sumPool", sumPool, Twin.sumPool) + each("blockedAveragePool", averagePool, Twin.averagePool)
  + each("upsampleNearest", upsampleNearest, Twin.upsampleNearest) + each("blur", blur, Twin.blur)

private let channels: [OperationCase] = mapShapes.flatMap { shape in
  let add: @Sendable ([Reference]) -> Reference = { r in
    Reference(shape) { r[0].at($0) + r[1].values[$0[1]] }
  }
  let total: @Sendable ([Reference]) -> Reference = { r in
    let squares = r[0].map { $0 * $0 }
    return Reference([shape[1]], Twin.summed(squares, [1, shape[1], 1, 1]).values)
  }
  return [
    blocked("channelAdd", [shape, [shape[1]]], { try channelAdd($0, $1[0]) }, add),
    OperationCase(name: "channelSum", shapes: [shape], run: { try channelSum(($0[0] * $0[0]).blocked()) }, twin: total),
  ]
}

/// Sides of the small map: partial blocks and tiles, several chunks of tiles.
private let upConvolutions: [OperationCase] = [(3, 5, 17, 3, 4), (1, 17, 3, 4, 2), (9, 16, 20, 11, 14)].flatMap {
  batch, inputs, outputs, height, width in
  let small = [batch, inputs, height, width], filters = [outputs, inputs, 3, 3]
  let large = [batch, inputs, 2 * height, 2 * width]
  return [
    blocked(
      "trainedUpConvolve", [small, filters], { try upConvolve($0, weights: $1[0]) },
      { Twin.convolve(Twin.upsampleNearest($0[0]), $0[1], 1) }),
    blocked(
      "downConvolve", [large, filters], { try downConvolve($0, weights: $1[0]) },
      { Twin.averagePool(Twin.convolve($0[0], $0[1], 1)) }),
  ]
}

private let turned = OperationCase(
  name: "transposedFilters", shapes: [[3, 5, 3, 3]], run: { try transposedFilters($0[0] * $0[0]) },
  twin: { r in Reference([5, 3, 3, 3]) { i in r[0].map { $0 * $0 }.at([i[1], i[0], 2 - i[2], 2 - i[3]]) } })

/// Operations on blocked maps that are differentiable twice.
let blockedCases = convolutions + activated + activations + maps + channels + upConvolutions + [turned]

private let epilogues: [OperationCase] = [(1, 3, 4), (3, 17, 8)].flatMap { batch, channels, side in
  [(false, batch), (true, batch), (true, 1)].map { blurs, maps in
    var random = SeededGenerator(seed: 71)
    let noise = random.normals(maps * side * side)
    let shapes = [[batch, channels, side, side], [batch, 2 * channels], [channels], [channels]]
    return OperationCase(
      name: "trainedEpilogue", shapes: shapes,
      run: { t in
        let parameters = EpilogueParameters(noise: Tensor(noise, [maps, 1, side, side]), noiseWeight: t[2], bias: t[3])
        return try epilogue(t[0], blurs: blurs, parameters, style: t[1]).plain()
      },
      twin: { r in
        let x = blurs ? Twin.blur(r[0]) : r[0]
        let noisy = Reference(x.shape) { i in
          let pixel = (maps == 1 ? 0 : i[0]) * side * side + i[2] * side + i[3]
          return x.at(i) + Double(noise[pixel]) * r[2].values[i[1]] + r[3].values[i[1]]
        }
        return Twin.modulate(Twin.instanceNormalize(activate(noisy, .leakyReLU)), r[1])
      })
  }
}

private let normalizations: [OperationCase] = [[3, 17, 4, 6], [5, 3, 2, 2]].map { shape in
  OperationCase(
    name: "batchNormalizeActivate", shapes: [shape, [shape[1]], [shape[1]]],
    run: { try batchNormalizeActivate($0[0], weight: $0[1], bias: $0[2]).y.plain() },
    twin: { activate(Twin.batchNormalize($0[0], $0[1], $0[2]), .leakyReLU) })
}

/// Fused operations on weights that are trained, differentiable once.
let trainedCases = epilogues + normalizations
