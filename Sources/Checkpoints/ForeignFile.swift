/// Files that are often taken for checkpoints of in-domain inversion: what they are and what to do.
enum ForeignFile {
  /// By how a file begins.
  ///
  /// - Parameter start: the first 512 bytes, or what there is.
  /// - Returns: nil for an unknown beginning.
  static func finding(start: [UInt8]) -> String? {
    let text = String(decoding: start.prefix(64).drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D }, as: UTF8.self).lowercased()
    if start.isEmpty { return "is empty; fetch it again" }
    if text.hasPrefix("<") {
      return "is a web page, as a failed download leaves it; fetch the file itself, by a browser where the site asks something"
    }
    if text.hasPrefix("version https://git-lfs") { return "is a pointer of Git LFS; run: git lfs pull" }
    if start.starts(with: [0x89] + Array("HDF".utf8)) { return "is an HDF5 file (Keras); PyTorch checkpoints and safetensors are read" }
    if start.starts(with: [0x1F, 0x8B]) { return "is compressed with gzip; unpack it first" }
    if start.starts(with: [0xFD] + Array("7zXZ".utf8)) { return "is compressed with xz; unpack it first" }
    if start.dropFirst(257).starts(with: Array("ustar".utf8)) { return "is a tar archive; unpack it first" }
    return nil
  }

  /// By a name in a pickle.
  static func finding(of name: String?) -> String? {
    guard let name else { return nil }
    let module = name.prefix { $0 != " " }
    if ["dnnlib", "tensorflow", "tflib"].contains(module.prefix { $0 != "." }) {
      return "is a TensorFlow pickle of the original StyleGAN code; convert it with the converter of genforce/genforce "
        + "(convert_model.py), and import the .pth it writes"
    }
    if ["torch_utils", "training"].contains(module.prefix { $0 != "." }) {
      return "is a pickle of NVIDIA's StyleGAN2 or StyleGAN3 code; this program has StyleGAN generators only, and such a model "
        + "cannot be imported"
    }
    return nil
  }
}
