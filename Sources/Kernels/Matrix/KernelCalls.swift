import KernelInterface

// A kernel is a plain function, whose arguments have no labels. Those that take many numbers are called through these.

/// A call of `MatrixKernels.Panel`.
struct PanelCall {
  let rows: Int
  let depth: Int
  let a: Source
  let aStride: Int
  let b: Source
  let blocks: Int
  let c: Target
  let cStride: Int
  let adds: Bool
  var ahead: Source?

  func run(_ kernel: MatrixKernels.Panel) { kernel(rows, depth, a, aStride, b, blocks, c, cStride, adds, ahead) }
}

/// A call of `MatrixKernels.OffsetPanel`.
struct OffsetPanelCall {
  let rows: Int
  let depth: Int
  let a: Source
  let offsets: UnsafePointer<Int>
  let b: Source
  let blocks: Int
  let c: Target
  let cStride: Int

  func run(_ kernel: MatrixKernels.OffsetPanel) { kernel(rows, depth, a, offsets, b, blocks, c, cStride) }
}

/// A call of `MatrixKernels.TurnedPanel`.
struct TurnedPanelCall {
  let channels: Int
  let b: Source
  let firstChannel: Int
  let depth: Int
  let blocks: Int
  let g: Source
  let parts: Int
  let sums: Target
  let c: Target
  let cStride: Int

  func run(_ kernel: MatrixKernels.TurnedPanel) { kernel(channels, b, firstChannel, depth, blocks, g, parts, sums, c, cStride) }
}

/// A call of `MatrixKernels.Outer`.
struct OuterCall {
  let depth: Int
  let a: Source
  let b: Source
  let bStride: Int
  let blocks: Int
  let c: Target
  let cPitch: Int
  let adds: Bool

  func run(_ kernel: MatrixKernels.Outer) { kernel(depth, a, b, bStride, blocks, c, cPitch, adds) }
}

/// A call of `ConvolutionKernels.Gather`.
struct GatherCall {
  let plane: Source
  let height: Int
  let width: Int
  let dy: Int
  let dx: Int
  let first: Int
  let count: Int
  let target: Target

  func run(_ kernel: ConvolutionKernels.Gather) { kernel(plane, height, width, dy, dx, first, count, target) }
}

/// A call of `ImageKernels.Correlate`.
struct CorrelateCall {
  let rows: Source
  let offsets: UnsafePointer<Int>
  let lines: Int
  let taps: Int
  let w: Source
  let channels: Int
  let width: Int
  let out: Target
  let outStride: Int
  let ahead: UnsafePointer<Source>
  let streams: Int

  func run(_ kernel: ImageKernels.Correlate) {
    kernel(rows, offsets, lines, taps, w, channels, width, out, outStride, ahead, streams)
  }
}

/// Tiles of a plane, and where their transforms lie: what the up layer's kernels are called with.
struct UpTiles {
  let height: Int
  let width: Int
  let tilesPerRow: Int
  let first: Int
  let count: Int
  let stride: Int

  func input(_ x: Source, factors: Source?, into v: Target, _ kernel: UpKernels.TileInput) {
    kernel(x, factors, height, width, tilesPerRow, first, count, v, stride)
  }

  func gradientInput(_ x: Source, into v: Target, _ kernel: UpKernels.TileGradientInput) {
    kernel(x, height, width, tilesPerRow, first, count, v, stride)
  }

  func output(_ m: Source, into y: Target, _ kernel: UpKernels.TileOutput) {
    kernel(m, stride, y, height, width, tilesPerRow, first, count)
  }
}
