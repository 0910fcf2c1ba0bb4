internal import Directions
package import Images
package import ModelPacks
internal import NeuralNetworks
internal import PrintableText
internal import Tensors
internal import WeightFiles

/// Directions of a pack that no label names, found in its generator's weights alone (SeFa, Shen and Zhou 2021).
package struct FoundDirections: Sendable {
  /// Columns of the sheet.
  private static let frames = 7

  /// The layers whose styles were looked at, and that move.
  package let layers: LayerList
  /// Of length 1, `[w]` each, the one that changes styles most first.
  package let directions: [[Float]]
  /// How much of all change each makes, from 0 to 1.
  package let shares: [Double]
  private let pack: String

  /// - Parameters:
  ///   - layers: nil for all of the generator's.
  ///   - count: at most; there are as many as a row of a code has numbers.
  /// - Throws: `PackError` for weights that cannot be read or are zero, or where LAPACK is missing.
  package init(_ pack: ModelPack, layers: LayerList?, count: Int) throws(PackError) {
    let description = pack.description
    self.pack = description.name
    self.layers = layers ?? LayerList(allOf: description.layers)
    let width = description.wDimension, weights = try pack.weights(PackFileName.generator)
    do {
      let styles = try self.layers.indices.map { layer in
        let name = "synthesis.layer\(layer).epilogue.style_mod.dense.fc.weight"
        guard let shape = TensorPlan(description.generator).required[name] else {
          throw PackError("the generator of \(description.name) has no layer \(layer)")
        }
        return try weights.floats(named: name, shape: shape)
      }
      let found = try SemanticFactorization(styleWeights: styles, width: width)
      directions = found.directions.prefix(count).map { $0.map(Float.init) }
      shares = found.values.prefix(count).map { $0 / found.trace }
    } catch let error as PackError {
      throw error
    } catch {
      throw PackError("\(error)")
    }
  }

  /// `directions.safetensors`: the directions by their numbers, from 1, with the layers they are for.
  package var bytes: [UInt8] {
    var writer = SafetensorsWriter(metadata: ["pack": pack, "layers": layers.description])
    for (index, direction) in directions.enumerated() {
      writer.add(Self.name(index), shape: [direction.count], values: direction)
    }
    return writer.bytes()
  }

  /// Numbers of one length, so that they are in order by name, too.
  package static func name(_ index: Int) -> String { index < 9 ? "0\(index + 1)" : String(index + 1) }

  /// A row for each direction and code, to look at and to name them.
  ///
  /// - Parameters:
  ///   - codes: `[layers, w]` each; empty for the generator's average.
  ///   - distance: how far the first and the last picture of a row are from the code.
  ///   - isInterrupted: asked before each picture.
  package func sheet(
    _ pack: ModelPack, codes: [(name: String, values: [Float])], distance: Double, isInterrupted: () -> Bool
  ) throws -> ContactSheet {
    let generator = try pack.makeGenerator(), side = pack.description.resolution
    let (count, width) = (pack.description.layers, pack.description.wDimension)
    let average = try generator.averageCode.broadcast(to: [1, count, width]).values
    var rows: [ContactSheet.Row] = []
    for (index, direction) in directions.enumerated() {
      for code in codes.isEmpty ? [(name: "", values: average)] : codes {
        var cells: [ContactSheet.Cell] = []
        for frame in 0..<Self.frames {
          guard !isInterrupted() else { throw PackError("interrupted") }
          let t = distance * (2 * Double(frame) / Double(Self.frames - 1) - 1)
          var moved = code.values
          for layer in layers.indices {
            for place in 0..<width { moved[layer * width + place] += Float(t) * direction[place] }
          }
          let pixels = try generator.synthesize(Tensor(moved, [1, count, width])).values
          let picture = try Picture(width: side, height: side, pixels: Images.bytes(fromPlanar: pixels))
          cells.append(ContactSheet.Cell(picture, label: index == 0 ? "\((t * 100).rounded() / 100)" : ""))
        }
        let share = "\((shares[index] * 1000).rounded() / 10) %"
        rows.append(ContactSheet.Row(label: "\(Self.name(index)) · \(share)" + (code.name.isEmpty ? "" : "\n\(code.name)"), cells: cells))
      }
    }
    return ContactSheet(title: "\(pack.description.name), layers \(layers)", rows: rows)
  }
}
