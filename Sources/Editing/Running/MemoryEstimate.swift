package import Images
import Inversion
package import ModelPacks
internal import PrintableText

/// What a job will need, so that one that cannot fit is refused before it takes the machine down.
package enum MemoryEstimate {
  /// Memory of one optimization; see `GANNetworks.workingBytes`.
  ///
  /// - Throws: `PackError` for a pack that cannot invert photographs.
  package static func workingBytes(_ pack: PackDescription) throws(PackError) -> Int {
    let (encoder, perceptual) = try pack.networksForInversion()
    return GANNetworks.workingBytes(
      pack.generator, encoder, perceptual, hasConventionalEncoder: pack.hasConventionalEncoder)
  }

  /// Memory of a job: its files, and the larger of decoding its largest picture and of one optimization, during which a
  /// photograph is kept if frames are put back into it.
  ///
  /// - Parameter alignment: the pack's.
  /// - Throws: `EditingError` for the first file that is no picture.
  package static func bytes(
    for input: JobInput, workingBytes: Int, alignment: Alignment, limits: PictureLimits
  ) throws(EditingError) -> Int {
    var (decoding, kept, files) = (0, 0, 0)
    let (pastes, aligns) = (input.sidecar.pastes(alignment), input.sidecar.fit(alignment) == .align)
    let photographs = input.photographs.count
    let masks = Set(input.sidecar.references.filter { $0.kind == .mask }.compactMap { input.picture($0.name)?.file.name })
    for (index, file) in input.pictures.enumerated() {
      files += file.bytes.count
      if CodeFile.isOne(file.bytes) { continue }
      if endsInReservedSpace(file.bytes) {
        throw EditingError(.truncated, "\(escaped(Array(file.name.utf8))): ends in zeros before the picture does; copy it again")
      }
      do {
        let info = try PictureInfo(of: file.bytes, name: file.name, limits: limits)
        // Colors under transparency, and how opaque each pixel is, beside their mixture with the background.
        let isSplit = pastes && index < photographs && info.hasAlpha
        decoding = max(
          decoding, decodingBytes(info) + (aligns ? findingBytes : 0) + (isSplit ? 4 * info.width * info.height : 0))
        // A mask is kept, in three channels, until the job ends.
        if masks.contains(file.name) { files += 3 * info.width * info.height }
        if pastes, index < photographs {
          kept = max(kept, pastingBytes(width: info.width, height: info.height) + (isSplit ? 5 * info.width * info.height : 0))
        }
      } catch {
        throw EditingError(error.isTruncated ? .truncated : .refuse, error.description)
      }
    }
    return max(decoding, workingBytes + kept) + files
  }

  /// Memory for finding a face and cutting it out, beside the picture: the detector's maps, and the border of a large face.
  package static let findingBytes = 128 << 20

  /// Memory for a photograph, a changed copy of it, and the copy as a PNG file, which may be longer and moves as it grows.
  package static func pastingBytes(width: Int, height: Int) -> Int {
    let (area, overflow) = width.multipliedReportingOverflow(by: height)
    return overflow || area > Int.max / 32 ? Int.max / 2 : area * 14
  }

  /// Memory for decoding a picture, in a process of its own, whose answer is there too; and bringing it to the model's size.
  package static func decodingBytes(_ info: PictureInfo) -> Int {
    let (area, overflow) = info.width.multipliedReportingOverflow(by: info.height)
    return overflow || area > Int.max / 32 ? Int.max / 2 : area * (info.decodingBytesPerPixel + 3)
  }
}
