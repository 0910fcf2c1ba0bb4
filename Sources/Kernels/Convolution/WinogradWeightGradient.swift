import KernelInterface

/// The gradient of a 3×3 convolution's weights as the adjoint of Winograd F(4×4, 3×3): sums of outer products at each of 36
/// positions, transformed to nine taps. A quarter of the direct sum's products.
struct WinogradWeightGradient {
  let outputs: Int
  let inputs: Int
  let height: Int
  let width: Int

  private static let positions = 36

  func run(_ x: Source, _ gy: Source, into gw: Target, batch: Int) {
    let workers = Workers.current, kernels = Processor.table.convolution
    let (inputs, outputs, height, width, planeSize) = (inputs, outputs, height, width, height * width * 16)
    let tilesPerRow = (width + 3) / 4, outputBlocks = blockCount(outputs)
    let products = TiledOuterProducts(
      tiles: (height + 3) / 4 * tilesPerRow, batch: batch, pairs: (0..<Self.positions).map { ($0, $0) })
    let sums = products.sums(
      .init(planes: Self.positions, blocks: blockCount(inputs)) { plane, first, count, v, stride in
        kernels.winograd.input(
          x + plane * planeSize, nil, 0, nil, height, width, tilesPerRow, first, count, v, stride)
      },
      .init(planes: Self.positions, blocks: outputBlocks) { plane, first, count, m, stride in
        kernels.winograd.gradientInput(
          gy + plane * planeSize, nil, 0, nil, height, width, tilesPerRow, first, count, m, stride)
      })
    let pitch = outputBlocks * 16, size = blockCount(inputs) * 16 * pitch
    let scratch = FloatBuffer(count: workers.threads * 144)
    workers.run(inputs) { input, worker in
      let taps = scratch.base + worker * 144
      for block in 0..<outputBlocks {
        kernels.winogradWeightGradient(sums.base + input * pitch + block * 16, size, taps)
        for lane in 0..<min(16, outputs - block * 16) {
          let target = gw + ((block * 16 + lane) * inputs + input) * 9
          for tap in 0..<9 { target[tap] = taps[tap * 16 + lane] }
        }
      }
    }
    withExtendedLifetime((sums, scratch)) {}
  }
}
