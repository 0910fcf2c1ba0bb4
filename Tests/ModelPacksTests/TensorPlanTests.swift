import Foundation
import ModelPacks
import NeuralNetworks
import TestSupport
import Testing
import WeightFiles

/// The plans against files that the released implementation wrote.
@Suite struct TensorPlanTests {
  private static let repeated = GeneratorSettings(
    resolution: 32, zDimension: 48, wDimension: 48, repeatW: true, finalTanh: false, fusedScale: .auto, fmapsBase: 512,
    fmapsMax: 64)
  private static let separate = GeneratorSettings(
    resolution: 256, zDimension: 64, wDimension: 64, repeatW: false, finalTanh: true, fusedScale: .auto,
    fmapsBase: 1024, fmapsMax: 64)

  @Test func generatorsFit() throws {
    var fused = Self.repeated
    fused.fusedScale = .always
    try check("tiny32/generator.safetensors", TensorPlan(Self.repeated))
    try check("tiny32/generator_fused.safetensors", TensorPlan(fused))
    try check("tiny256/generator.safetensors", TensorPlan(Self.separate))
    #expect(
      message { try check("tiny32/generator.safetensors", TensorPlan(fused)) }
        == "generator.safetensors: 'synthesis.layer2.weight' is missing; pack.yaml implies it with shape [3, 3, 64, 64] (and 5 more)"
    )
  }

  @Test(arguments: [
    ("tiny32/encoder.safetensors", 32, 48, 16, 64, false, false),
    ("tiny32/encoder_bn.safetensors", 32, 48, 16, 32, true, false),
    ("tiny32/encoder_wscale.safetensors", 32, 48, 16, 24, true, true),
    ("tiny256/encoder.safetensors", 256, 64, 8, 32, true, false),
  ])
  func encodersFit(
    file: String, resolution: Int, w: Int, base: Int, maximum: Int, batchNorm: Bool, wscale: Bool
  ) throws {
    let settings = EncoderSettings(
      resolution: resolution, wDimension: w, layers: 2 * resolution.trailingZeroBitCount - 2, channelsBase: base,
      channelsMax: maximum,
      batchNorm: batchNorm, wscale: wscale)
    try check(file, TensorPlan(settings))
  }

  @Test func thePerceptualNetworkFits() throws {
    try check(
      "vgg16.safetensors", TensorPlan(PerceptualSettings(widths: [8, 8, 16, 16, 32, 32, 32, 48, 48, 48, 48, 48, 48])))
    #expect(
      message {
        try check("vgg16.safetensors", TensorPlan(PerceptualSettings(widths: [8, 8, 16, 16, 32, 32, 32, 48, 48, 48])))
      }
        == "vgg16.safetensors: 'layer24.bias' has no place in the model that pack.yaml describes (and 5 more)")
  }

  private func check(_ file: String, _ plan: TensorPlan) throws { try plan.check(Fixtures.safetensors(file)) }
}
