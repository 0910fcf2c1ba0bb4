/// Where kernels read.
package typealias Source = UnsafePointer<Float>
/// Where kernels write.
package typealias Target = UnsafeMutablePointer<Float>

/// The inner loops of one instruction set: plain functions over pointers, chosen once (`Kernels/Processor.swift`).
///
/// A *block* is 16 channels; a *blocked plane* is `[height][width][16]` floats; `activation` is 0 (none), 1 (ReLU) or
/// 2 (leaky ReLU, slope 0.2). Nothing here allocates, starts threads or checks sizes: the entries in `Kernels` do.
package struct KernelTable: Sendable {
  package init(panelBlocks: Int, matrix: MatrixKernels, convolution: ConvolutionKernels, up: UpKernels, map: MapKernels,
               image: ImageKernels, dense: DenseKernels, roofline: RooflineKernels) {
    self.panelBlocks = panelBlocks
    self.matrix = matrix
    self.convolution = convolution
    self.up = up
    self.map = map
    self.image = image
    self.dense = dense
    self.roofline = roofline
  }

  /// Output blocks that one packed weight panel holds (the last panel of a matrix may hold fewer).
  package let panelBlocks: Int
  package let matrix: MatrixKernels
  package let convolution: ConvolutionKernels
  package let up: UpKernels
  package let map: MapKernels
  package let image: ImageKernels
  package let dense: DenseKernels
  package let roofline: RooflineKernels
}
