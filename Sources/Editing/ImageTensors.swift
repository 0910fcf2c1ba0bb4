package import Images
package import Tensors

/// The one place where pixels become tensors and back: RGB bytes, rows from the top, against `[n, 3, height, width]`
/// from -1 to 1.
package enum ImageTensors {
  /// A picture as `[1, 3, height, width]`.
  package static func tensor(_ picture: Picture) -> Tensor {
    Tensor(floatPixels(from: picture.pixels), [1, 3, picture.height, picture.width])
  }

  /// A gray picture as a mask `[1, 1, height, width]` from 0, black, to 1, white.
  package static func mask(_ picture: Picture) -> Tensor {
    let values = stride(from: 0, to: picture.pixels.count, by: 3).map { Float(picture.pixels[$0]) / 255 }
    return Tensor(values, [1, 1, picture.height, picture.width])
  }

  /// One item of `[n, 3, height, width]` as a picture, rounded and clamped as released.
  package static func picture(_ pictures: Tensor, item: Int = 0) throws -> Picture {
    let (height, width) = (pictures.shape[2], pictures.shape[3])
    let count = 3 * height * width
    let values = pictures.values[item * count..<(item + 1) * count]
    return try Picture(width: width, height: height, pixels: bytes(fromPlanar: Array(values)))
  }
}
