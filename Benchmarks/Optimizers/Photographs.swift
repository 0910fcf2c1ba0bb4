import Foundation
import Images
import ModelPacks
import NeuralNetworks
import Tensors

/// A picture to invert, `[1, 3, resolution, resolution]`.
struct Photograph {
  let name: String
  let pixels: Tensor
}

/// The pictures the repository itself gives: the pack's photographs as they are and altered, and pictures the generator
/// makes. Or those of a folder.
struct Photographs {
  let generator: Generator
  let folder: String?
  let examples: String

  private var side: Int { generator.settings.resolution }

  func collect(_ count: Int) throws -> [Photograph] {
    if let folder { return try read(folder).prefix(count).map { Photograph(name: $0.name, pixels: tensor($0.picture)) } }
    let altered = try read(examples).flatMap { alterations(of: $0.picture, name: $0.name) }
    // Round by round, so that fewer pictures are still of every kind.
    let kinds = 7
    let ordered = (0..<kinds).flatMap { kind in altered.enumerated().filter { $0.offset % kinds == kind }.map(\.element) }
    let wanted = min(count, 24)
    return try Array(ordered.prefix(max(1, wanted * 7 / 8))) + generated(wanted - max(1, wanted * 7 / 8))
  }

  private func read(_ folder: String) throws -> [(name: String, picture: Picture)] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    return try names.filter { name in [".png", ".jpg", ".jpeg"].contains { name.lowercased().hasSuffix($0) } }.map { name in
      let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
      let picture = try Picture.decode(bytes, name: name, alpha: .over(.white)).picture
      return (String(name.prefix { $0 != "." }), picture.fitted(to: side, by: .pad))
    }
  }

  private func alterations(of picture: Picture, name: String) -> [Photograph] {
    let inner = PixelRegion(x: side / 8, y: side / 8, width: side * 3 / 4, height: side * 3 / 4)
    let corner = PixelRegion(x: 0, y: side / 6, width: side * 2 / 3, height: side * 2 / 3)
    func enlarged(_ region: PixelRegion) -> Picture { picture.resampled(toWidth: side, height: side, from: region) }
    let mirrored = tensor(picture.turned(by: .mirrored))
    return [
      Photograph(name: name, pixels: tensor(picture)),
      Photograph(name: name + ", mirrored", pixels: mirrored),
      Photograph(name: name + ", darker", pixels: lit(tensor(picture), 0.75)),
      Photograph(name: name + ", middle", pixels: tensor(enlarged(inner))),
      Photograph(name: name + ", corner", pixels: tensor(enlarged(corner))),
      Photograph(name: name + ", upside down", pixels: tensor(picture.turned(by: .upsideDown))),
      Photograph(name: name + ", mirrored, lighter", pixels: lit(mirrored, 1.2)),
    ]
  }

  private func generated(_ count: Int) throws -> [Photograph] {
    var random = NormalNumbers(state: 11)
    let width = generator.settings.zDimension
    return try (0..<count).map { index in
      let z = Tensor((0..<width).map { _ in random.normal() }, [1, width])
      let picture = try generator.synthesize(generator.truncatedCode(fromW: generator.w(fromZ: z)))
      return Photograph(name: "generated \(index + 1)", pixels: Tensor(picture.values.map { min(1, max(-1, $0)) }, picture.shape))
    }
  }

  private func tensor(_ picture: Picture) -> Tensor { Tensor(floatPixels(from: picture.pixels), [1, 3, side, side]) }

  private func lit(_ pixels: Tensor, _ factor: Float) -> Tensor {
    Tensor(pixels.values.map { min(1, ($0 + 1) * factor - 1) }, pixels.shape)
  }
}

/// SplitMix64 and sums of twelve, the same on every machine.
struct NormalNumbers {
  var state: UInt64

  mutating func normal() -> Float {
    (0..<12).reduce(Float(-6)) { sum, _ in
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return sum + Float((z ^ (z >> 31)) >> 40) / Float(1 << 24)
    }
  }
}
