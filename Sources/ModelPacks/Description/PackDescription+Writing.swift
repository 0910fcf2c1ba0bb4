import Images
import NeuralNetworks
import StrictYAML

extension PackDescription {
  /// The text of `pack.yaml`: reading it gives this description again.
  package var yaml: String {
    func text(_ text: String) -> String { YAMLText.quoted(text) }
    var lines = [
      "format: 1", "name: \(text(name))", "version: \(version)", "title: \(text(title))", "license: \(text(license))",
      "commercial_use: \(commercialUse)",
    ]
    if let attribution { lines.append("attribution: \(text(attribution))") }
    if let trainedOn { lines.append("trained_on: \(text(trainedOn))") }
    lines += [
      "resolution: \(resolution)",
      "latent: {z: \(generator.zDimension), w: \(wDimension), layers: \(layers)}",
      "generator: {mapping_layers: \(generator.mappingLayers), repeat_w: \(generator.repeatW), final_tanh: \(generator.finalTanh), "
        + "fused_scale: \(generator.fusedScale.rawValue), fmaps_base: \(generator.fmapsBase), fmaps_max: \(generator.fmapsMax), "
        + "truncation_psi: \(generator.truncationPsi), truncation_layers: \(generator.truncationLayers)}",
    ]
    if let encoder {
      lines.append(
        "encoder: {channels_base: \(encoder.channelsBase), channels_max: \(encoder.channelsMax), batch_norm: \(encoder.batchNorm), "
          + "wscale: \(encoder.wscale)}")
    }
    if let perceptual {
      lines.append("perceptual: {widths: \(perceptual.widths), mean_bgr: \(perceptual.meanBGR)}")
    }
    if let discriminator {
      lines.append("discriminator: {fmaps_base: \(discriminator.fmapsBase), fmaps_max: \(discriminator.fmapsMax)}")
    }
    lines += ["background: \(text(background.description))", "alignment: \(alignment.rawValue)"]
    if let domainDistance {
      lines.append("domain_distance: {p50: \(domainDistance.median), p99: \(domainDistance.percentile99)}")
    }
    lines.append(
      "inversion: {steps: \(inversion.steps), learning_rate: \(inversion.learningRate), weights: {pixel: \(inversion.pixelWeight), "
        + "perceptual: \(inversion.perceptualWeight), domain: \(inversion.domainWeight)}}")
    if !attributes.isEmpty { lines.append("attributes:") }
    for attribute in attributes {
      lines.append(
        "  \(text(attribute.name)): {title: \(text(attribute.title)), layers: \(text(attribute.layers.description)), "
          + "range: [\(attribute.range.lowerBound), \(attribute.range.upperBound)]}")
    }
    lines.append("files:")
    lines += files.map { "  \($0.name): {sha256: \(text($0.sha256)), bytes: \($0.bytes)}" }
    if !sources.isEmpty { lines.append("sources:") }
    lines += sources.map { "  - {file: \(text($0.file)), sha256: \(text($0.sha256)), bytes: \($0.bytes)}" }
    return lines.joined(separator: "\n") + "\n"
  }
}
