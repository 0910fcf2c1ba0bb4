package import Images

/// What an editor may use and what it leaves behind.
package struct EditorOptions: Sendable {
  package var decoder: any PictureDecoding
  package var programVersion: String
  /// A job that is estimated to need more is refused.
  package var memoryLimitInBytes: Int
  package var pictureLimits: PictureLimits
  /// What a job may ask for.
  package var limits: JobLimits
  /// Whether the dropped files are put beside the results. A spool does that itself, by moving them.
  package var copiesOriginals: Bool

  package init(
    decoder: any PictureDecoding, programVersion: String, memoryLimitInBytes: Int = 4 << 30, pictureLimits: PictureLimits = PictureLimits(),
    limits: JobLimits = JobLimits(), copiesOriginals: Bool = true
  ) {
    self.decoder = decoder
    self.programVersion = programVersion
    self.memoryLimitInBytes = memoryLimitInBytes
    self.pictureLimits = pictureLimits
    self.limits = limits
    self.copiesOriginals = copiesOriginals
  }
}
