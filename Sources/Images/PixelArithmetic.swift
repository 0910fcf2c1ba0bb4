/// Bytes to the network's range: `v / 255 * 2 - 1`, each step in Float, planes in the order red, green, blue.
///
/// - Parameter pixels: RGB bytes, pixel after pixel; an incomplete last pixel is left out.
/// - Returns: `[3, pixels]` in -1...1. The released program's numbers, exactly (`Fixtures/pixels`).
package func floatPixels(from pixels: [UInt8]) -> [Float] {
  let table = (0...255).map { Float($0) / 255 * 2 - 1 }
  let count = pixels.count / 3
  var result = [Float](repeating: 0, count: count * 3)
  for channel in 0..<3 {
    for pixel in 0..<count { result[channel * count + pixel] = table[Int(pixels[pixel * 3 + channel])] }
  }
  return result
}

/// The network's range to bytes: `(x + 1) * 255 / 2` in Float, plus 0.5, clamped to 0...255, fraction cut; NaN gives 0.
///
/// - Parameter planar: `[3, pixels]`, planes in the order red, green, blue.
/// - Returns: RGB bytes, pixel after pixel. The released program's bytes, exactly (`Fixtures/pixels`).
package func bytes(fromPlanar planar: [Float]) -> [UInt8] {
  let count = planar.count / 3
  var result = [UInt8](repeating: 0, count: count * 3)
  for channel in 0..<3 {
    for pixel in 0..<count {
      let value = (planar[channel * count + pixel] + 1) * 255 / 2 + 0.5
      // A NaN compares false.
      result[pixel * 3 + channel] = value > 0 ? (value < 255 ? UInt8(value) : 255) : 0
    }
  }
  return result
}
