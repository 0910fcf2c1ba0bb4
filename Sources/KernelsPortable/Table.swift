package import KernelInterface

#if VARIANT_AVX512
package enum AVX512Kernels { package static var table: KernelTable { makeTable() } }
#elseif VARIANT_AVX2
package enum AVX2Kernels { package static var table: KernelTable { makeTable() } }
#else
package enum PortableKernels { package static var table: KernelTable { makeTable() } }
#endif

private func makeTable() -> KernelTable {
  KernelTable(
    panelBlocks: panelBlocks,
    matrix: MatrixKernels(
      panel: panel, offsetPanel: offsetPanel, turnedPanel: turnedPanel, turn: turn, turnTiles: turnTiles,
      doublePanel: doublePanel, doubleOffsetPanel: doubleOffsetPanel, outer: outer),
    convolution: ConvolutionKernels(
      gather: gather, scatter: scatter, finish: finish, mask: mask, signs: signs,
      winograd: WinogradKernels(
        input: winogradInput, output: winogradOutput, gradientInput: winogradGradientInput,
        gradientOutput: winogradGradientOutput, weights: winogradWeights),
      smallWinograd: WinogradKernels(
        input: smallWinogradInput, output: smallWinogradOutput, gradientInput: smallWinogradGradientInput,
        gradientOutput: smallWinogradGradientOutput, weights: smallWinogradWeights),
      winogradWeightGradient: winogradWeightGradient),
    up: UpKernels(
      input: upInput, output: upOutput, gradientInput: upGradientInput, gradientOutput: upGradientOutput, blur: blur,
      tileInput: upTileInput, tileOutput: upTileOutput, tileGradientInput: upTileGradientInput,
      tileGradientOutput: upTileGradientOutput, tileWeightInput: upTileWeightInput),
    map: MapKernels(
      affineActivate: affineActivate, shiftedSums: shiftedSums, slope: slope, noiseSums: noiseSums, combine: combine,
      add: add, activate: activate, scaleShift: scaleShift, gradientSums: gradientSums, gradientApply: gradientApply,
      average: average, averageGradient: averageGradient, maximum: maximum, maximumGradient: maximumGradient,
      activateDouble: activateDouble, scaleShiftDouble: scaleShiftDouble),
    image: ImageKernels(
      block: block, unblock: unblock, correlate: correlate, spread: spread, hyperbolicTangent: hyperbolicTangent),
    dense: DenseKernels(
      forward: denseForward, backward: denseBackward, forwardPacked: denseForwardPacked,
      backwardPacked: denseBackwardPacked, pack: packRow, forwardDouble: denseForwardDouble),
    roofline: RooflineKernels(multiplyAdd: rooflineMultiplyAdd, read: rooflineRead))
}
