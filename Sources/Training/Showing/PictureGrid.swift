internal import Images
internal import NeuralNetworks
internal import Tensors

/// Pictures of fixed codes, side by side: what one looks at to see whether it learns.
enum PictureGrid {
  /// The fixed codes' pictures by the averaged generator, eight in a row; the left half truncated (ψ = 0.7).
  static func samples(
    _ generator: TrainableGenerator, _ random: RandomNumbers, stage: GrowthStage, rows: Int = 6
  ) throws -> [UInt8] {
    let count = rows * 8
    let z = random.normals(.fixedCodes, 0, [count, generator.settings.zDimension])
    var pictures: [Tensor] = []
    for start in stride(from: 0, to: count, by: 8) {
      let w = try generator.w(fromZ: z.sliced(0, start..<start + 8))
      let codes = try generator.codes(w: w)
      let middle = generator.parameters["truncation.w_avg"]?.values ?? []
      var values = codes.values
      for index in values.indices where index / (codes.shape.count / 8) < 4 {
        values[index] = middle[index % middle.count] + (values[index] - middle[index % middle.count]) * 0.7
      }
      pictures.append(try generator.synthesize(Tensor(values, codes.shape), stage: stage))
    }
    return try png(concatenated(pictures, 0), columns: 8)
  }

  /// - Parameter pictures: `[n, 3, side, side]`.
  static func png(_ pictures: Tensor, columns: Int) throws -> [UInt8] {
    let (count, side) = (pictures.shape[0], pictures.shape[2])
    // Small pictures are doubled until one can see them.
    let zoom = max(1, 64 / side), cell = side * zoom + 2
    var sheet = Picture(
      width: columns * cell + 2, height: (count + columns - 1) / columns * cell + 2,
      color: PixelColor(red: 255, green: 255, blue: 255))
    let values = pictures.values, size = 3 * side * side
    for item in 0..<count {
      let picture = try Picture(
        width: side, height: side, pixels: bytes(fromPlanar: Array(values[item * size..<(item + 1) * size])))
      sheet.paste(zoomed(picture, zoom), x: 2 + item % columns * cell, y: 2 + item / columns * cell)
    }
    return try sheet.pngBytes()
  }

  private static func zoomed(_ picture: Picture, _ zoom: Int) -> Picture {
    guard zoom > 1 else { return picture }
    var result = Picture(width: picture.width * zoom, height: picture.height * zoom, color: .black)
    for y in 0..<result.height {
      for x in 0..<result.width { result[x, y] = picture[x / zoom, y / zoom] }
    }
    return result
  }
}
