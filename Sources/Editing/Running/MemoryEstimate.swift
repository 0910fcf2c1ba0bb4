package import Images
import Inversion
package import ModelPacks

/// What a job will need, so that one that cannot fit is refused before it takes the machine down.
package enum MemoryEstimate {
  /// Memory of one optimization; see `Networks.workingBytes`.
  ///
  /// - Throws: `PackError` for a pack that cannot invert photographs.
  package static func workingBytes(_ pack: PackDescription) throws(PackError) -> Int {
    let (encoder, perceptual) = try pack.networksForInversion()
    return Networks.workingBytes(pack.generator, encoder, perceptual)
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
