package import Images
package import ModelPacks
import NeuralNetworks

/// What a job will need, so that one that cannot fit is refused before it takes the machine down.
package enum MemoryEstimate {
  /// Memory of one optimization: weights, and what one step of it keeps for the way back. A rough upper bound.
  package static func workingBytes(_ pack: PackDescription) -> Int {
    let weights = pack.files.reduce(0) { $0 + $1.bytes }
    var floats = 0
    for block in 0..<pack.generator.blocks {
      let side = pack.generator.side(ofBlock: block)
      // Two layers of a block keep their convolution's input and result, and the normalized map.
      floats += 2 * 3 * pack.generator.channels(atSide: side) * side * side
    }
    for block in 0..<pack.encoder.blocks {
      let side = pack.resolution >> max(0, block - (block == pack.encoder.blocks - 1 ? 1 : 0))
      floats += 6 * pack.encoder.channels(ofBlock: block) * side * side
    }
    // Two, two, three and three convolutions, each with its activation, at halved sides.
    let stages = [0, 0, 1, 1, 2, 2, 2, 3, 3, 3]
    for (width, stage) in zip(pack.perceptual.widths, stages) {
      let side = pack.resolution >> stage
      floats += 2 * width * side * side
    }
    // Weights are held in the layouts of both directions; of gradients there are at most as many as maps.
    return 3 * weights + 2 * 4 * floats
  }

  /// Memory of a job: its files, and the larger of one optimization and of decoding its largest picture.
  ///
  /// - Throws: `EditingError` for the first file that is no picture.
  package static func bytes(
    for input: JobInput, workingBytes: Int, limits: PictureLimits
  ) throws(EditingError) -> Int {
    var largest = workingBytes, files = 0
    for file in input.pictures {
      files += file.bytes.count
      do {
        let info = try PictureInfo(of: file.bytes, name: file.name, limits: limits)
        largest = max(largest, decodingBytes(width: info.width, height: info.height))
      } catch {
        throw EditingError(error.isTruncated ? .truncated : .refuse, error.description)
      }
    }
    return largest + files
  }

  /// Memory for decoding a picture and bringing it to the model's size: bytes, and float copies of rows and columns.
  package static func decodingBytes(width: Int, height: Int) -> Int {
    let (area, overflow) = width.multipliedReportingOverflow(by: height)
    return overflow || area > Int.max / 16 ? Int.max / 2 : area * 8
  }
}
