/// Where pictures are decoded: in this process, or in one that can do nothing else.
package protocol PictureDecoding: Sendable {
  /// `Picture.decode`, somewhere.
  func decode(
    _ bytes: [UInt8], name: String, alpha: AlphaHandling, limits: PictureLimits
  ) throws(ImageError) -> DecodedPicture
}

/// Decodes in the process that asks. For tests and for the decoder's own process: what comes from strangers is decoded by
/// `DecoderProcess`.
package struct DirectDecoder: PictureDecoding {
  package init() {}

  package func decode(
    _ bytes: [UInt8], name: String, alpha: AlphaHandling, limits: PictureLimits
  ) throws(ImageError) -> DecodedPicture {
    try Picture.decode(bytes, name: name, alpha: alpha, limits: limits)
  }
}
