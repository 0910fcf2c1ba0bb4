package import Images
package import Tensors

/// The one place where pixels become tensors and back: RGB bytes, rows from the top, against `[n, 3, height, width]`
/// from -1 to 1.
package enum ImageTensors {
  /// A picture as `[1, 3, height, width]`.
  package static func tensor(_ picture: Picture) -> Tensor {
    Tensor(floatPixels(from: picture.pixels), [1, 3, picture.height, picture.width])
  }

  /// One item of `[n, 3, height, width]` as a picture, rounded and clamped as released.
  package static func picture(_ pictures: Tensor, item: Int = 0) throws -> Picture {
    let (height, width) = (pictures.shape[2], pictures.shape[3])
    let count = 3 * height * width
    let values = pictures.values[item * count..<(item + 1) * count]
    return try Picture(width: width, height: height, pixels: bytes(fromPlanar: Array(values)))
  }
}
