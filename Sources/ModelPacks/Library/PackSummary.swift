import NeuralNetworks

/// What `model show` tells of a pack: labels and values in the order of display.
package struct PackSummary: Sendable, Equatable {
  package struct Line: Sendable, Equatable {
    package let label: String
    package let value: String
  }

  package let lines: [Line]

  /// - Parameter hash: the pack's hash.
  package init(_ pack: PackDescription, folder: String, hash: String) {
    let generator = pack.generator
    let inversion = pack.inversion
    var lines = [
      Line(label: "name", value: "\(pack.name), version \(pack.version)"), Line(label: "title", value: pack.title),
      Line(label: "folder", value: folder), Line(label: "hash", value: hash),
      Line(label: "license", value: pack.license + (pack.commercialUse ? "" : " (no commercial use)")),
    ]
    if let attribution = pack.attribution { lines.append(Line(label: "attribution", value: attribution)) }
    if let trainedOn = pack.trainedOn { lines.append(Line(label: "trained on", value: trainedOn)) }
    lines += [
      Line(label: "pictures", value: "\(pack.resolution)×\(pack.resolution), alignment \(pack.alignment.rawValue)"),
      Line(label: "codes", value: "\(pack.layers) layers of \(pack.wDimension) numbers"),
      Line(
        label: "generator",
        value:
          "up to \(generator.channels(atSide: 4)) channels, \(generator.mappingLayers) mapping layers from \(generator.zDimension)"
      ),
      Line(
        label: "encoder",
        value: pack.encoder.map { "\($0.channelsBase) to \($0.channels(ofBlock: $0.blocks - 2)) channels" }
          ?? "none yet; the pack cannot invert photographs"),
      Line(
        label: "inversion",
        value: "\(inversion.steps) steps at \(inversion.learningRate); pixel \(inversion.pixelWeight), "
          + "perceptual \(inversion.perceptualWeight), domain \(inversion.domainWeight)"),
    ]
    for attribute in pack.attributes {
      lines.append(
        Line(
          label: "attribute \(attribute.name)",
          value:
            "\(attribute.title), layers \(attribute.layers), \(attribute.range.lowerBound) to \(attribute.range.upperBound)"
        ))
    }
    for file in pack.files {
      lines.append(Line(label: file.name, value: "\(file.bytes) bytes, SHA-256 \(file.sha256)"))
    }
    for source in pack.sources {
      lines.append(Line(label: "imported from", value: "\(source.file), \(source.bytes) bytes, SHA-256 \(source.sha256)"))
    }
    self.lines = lines
  }
}
