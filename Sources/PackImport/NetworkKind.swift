internal import Checkpoints

/// What a checkpoint is of, by the names of its tensors.
enum NetworkKind: Equatable {
  case generator, encoder, perceptual, discriminator
  /// Something else that is known, and what to do about it.
  case foreign(String)
  case unknown

  init(names: Set<String>, others: [String]) {
    func has(_ part: String) -> Bool { names.contains { $0.contains(part) } }
    if names.contains("synthesis.early_layer.const") || has("synthesis.b4.") || has(".modulation.") || has("layer0.style.")
      || others.contains("g_ema")
    {
      self = .foreign(
        "holds a StyleGAN2; this program has StyleGAN generators only, as genforce/idinvert_pytorch releases them, and a "
          + "StyleGAN2 cannot be imported")
    } else if names.contains("synthesis.layer0.const") {
      self = .generator
    } else if names.contains("block0.conv.weight"), has("conv1.weight") {
      self = .encoder
    } else if names.contains("layer0.weight"), names.contains("layer2.weight") {
      self = .perceptual
    } else if names.contains("final.dense.weight") {
      self = .discriminator
    } else if names.contains("features.0.weight") {
      self = .foreign(
        "holds torchvision's VGG, which takes pictures in another scale; give the vgg16.pth of genforce/idinvert_pytorch")
    } else if has("input0.") {
      self = .foreign(
        "holds a discriminator of genforce's StyleGAN, which is built otherwise than the one of this program; "
          + "leave --discriminator away, no inversion needs it")
    } else if has("output0.") {
      self = .foreign("holds a progressive GAN without styles; this program has StyleGAN generators only")
    } else {
      self = .unknown
    }
  }

  /// The option that takes it.
  var option: String? {
    switch self {
    case .generator: "--generator"
    case .encoder: "--encoder"
    case .perceptual: "--perceptual"
    case .discriminator: "--discriminator"
    case .foreign, .unknown: nil
    }
  }
}
