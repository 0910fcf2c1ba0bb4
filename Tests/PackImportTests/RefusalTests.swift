import Foundation
import ModelPacks
import PackImport
import TestSupport
import Testing

/// What cannot be imported: named, with what to do, and nothing left behind.
@Suite struct RefusalTests {
  @Test func filesUnderTheWrongOptionAreNamed() throws {
    let encoder = Fixtures.path("tiny32/encoder.safetensors")
    #expect(
      try refusal { $0.generator = Reference.perceptual }
        == "vgg16.safetensors: was given as --generator, but holds what --perceptual takes")
    #expect(
      try refusal { $0.perceptual = encoder }
        == "encoder.safetensors: was given as --perceptual, but holds what --encoder takes")
    #expect(
      try refusal { $0.encoder = Reference.generator32 }
        == "generator_legacy.pth: was given as --encoder, but holds what --generator takes")
    #expect(try refusal { $0.generator = "/nowhere/g.pth" } == "g.pth: cannot be opened: it does not exist")
    #expect(
      try refusal { $0.generator = Fixtures.path("checkpoints/hand_minimal.pth") }
        == "hand_minimal.pth: is not what --generator takes: it has 'w' and 0 more tensors, and not those of "
        + "genforce/idinvert_pytorch")
    #expect(
      try refusal { $0.generator = Fixtures.path("checkpoints/text.pth") }
        == "text.pth: is a web page, as a failed download leaves it; fetch the file itself, by a browser where the site asks something")
  }

  @Test func anEncoderOfAnotherResolutionOrWidthIsRefused() throws {
    #expect(
      try refusal { $0.encoder = Fixtures.path("tiny256/encoder.safetensors") }
        == "encoder.safetensors: is an encoder for 256 pixels; the generator makes 32; give the encoder that was trained with this generator")
    #expect(
      try refusal {
        $0.generator = Fixtures.path("tiny256/generator.safetensors")
        $0.encoder = Reference.scaledEncoder
      }
        == "encoder_wscale_legacy.pth: is an encoder for 32 pixels; the generator makes 256; give the encoder that was trained with this generator")
    #expect(
      try refusal { $0.discriminator = Fixtures.fruits64.appendingPathComponent("discriminator.safetensors").path }
        == "discriminator.safetensors: is a discriminator for 64 pixels; the generator makes 32; give the one that was trained with it")
  }

  @Test(arguments: [
    ("convs.0.conv.modulation.weight", "holds a StyleGAN2; this program has StyleGAN generators only"),
    ("synthesis.b4.const", "holds a StyleGAN2; this program has StyleGAN generators only"),
    ("synthesis.early_layer.const", "holds a StyleGAN2; this program has StyleGAN generators only"),
    ("features.0.weight", "holds torchvision's VGG, which takes pictures in another scale"),
    ("input0.weight", "holds a discriminator of genforce's StyleGAN"),
    ("output0.weight", "holds a progressive GAN without styles"),
  ]) func knownNetworksOfOtherKindsAreNamed(_ tensor: String, _ finding: String) throws {
    try withTemporaryFolder { (folder) throws in
      let path = try SmallNetworks.write([tensor: ([1], [1])], to: folder.appendingPathComponent("g.safetensors"))
      let text = try #require(try refusal { $0.generator = path })
      #expect(text.hasPrefix("g.safetensors: " + finding), "\(text)")
    }
  }

  @Test(arguments: [
    ("dnnlib.tflib.network\nNetwork", "g.pkl: is a TensorFlow pickle of the original StyleGAN code; convert it with"),
    ("torch_utils.persistence\n_reconstruct_persistent_obj", "g.pkl: is a pickle of NVIDIA's StyleGAN2 or StyleGAN3 code"),
    ("os\nsystem", "g.pkl: names 'os system', which no checkpoint needs; nothing of it was run"),
  ]) func picklesOfOtherProgramsAreNamed(_ name: String, _ finding: String) throws {
    try withTemporaryFolder { (folder) throws in
      let url = folder.appendingPathComponent("g.pkl")
      try Data([0x80, 3] + Array("c\(name)\n)R.".utf8)).write(to: url)
      let text = try #require(try refusal { $0.generator = url.path })
      #expect(text.hasPrefix(finding), "\(text)")
    }
  }

  @Test func aGeneratorThatIsNotWholeOrNotThisKindIsRefused() throws {
    try withTemporaryFolder { (folder) throws in
      func refusal(_ change: (inout [String: (shape: [Int], values: [Float])]) -> Void) throws -> String? {
        var tensors = SmallNetworks.tensors(TensorPlan(SmallNetworks.tiny))
        change(&tensors)
        let path = try SmallNetworks.write(tensors, to: folder.appendingPathComponent("g.safetensors"))
        return try self.refusal {
          $0.generator = path
          $0.perceptual = nil
        }
      }
      #expect(try refusal { _ in } == nil)
      #expect(
        try refusal { $0["synthesis.layer3.conv.weight"] = nil }
          == "g.safetensors: 'synthesis.layer3.conv.weight' is missing; the rest of the file implies it with shape [8, 8, 3, 3]")
      #expect(
        try refusal { $0["more"] = ([1], [1]) }
          == "g.safetensors: 'more' has no place in the model that the rest of the file describes")
      #expect(
        try refusal { $0["truncation.w_avg"] = ([5], [1, 2, 3, 4, 5]) }
          == "g.safetensors: has a mapping of 36 numbers; at 16 pixels 5 or 30 are expected; the file is of two models")
      #expect(
        try refusal { $0["synthesis.lod"] = ([1], [1.5]) }
          == "g.safetensors: was saved while it grew (lod 1.5); import the checkpoint at the end of its training")
      #expect(
        try refusal { $0["synthesis.layer2.blur.kernel"] = ([8, 1, 3, 3], [Float](repeating: 1 / 9, count: 72)) }
          == "g.safetensors: has another blur than [1, 2, 1] ('synthesis.layer2.blur.kernel'); a generator with that one cannot be imported")
      #expect(
        try refusal { $0["synthesis.layer1.conv.weight"]?.values[7] = .nan }
          == "g.safetensors: 'synthesis.layer1.conv.weight' has the value nan; every value must be finite")
    }
  }

  @Test func namesAndTextsAreChecked() throws {
    #expect(
      try refusal { $0.name = "My Model" }
        == "'My Model' is no name for a pack; use lowercase letters, digits, '-' and '_'")
    #expect(
      try refusal { $0.license = "" } == "--license must be one line of 1 to 500 printable characters; found ''")
    #expect(
      try refusal { $0.title = "a\nb" } == "--title must be one line of 1 to 500 printable characters; found 'a\\nb'")
  }

  @Test func nothingIsOverwrittenAndAnInterruptionLeavesNothing() throws {
    try withTemporaryFolder { (folder) throws in
      #expect(
        message { try PackImport.write(Reference.request(), to: folder.path) }
          == "\(folder.path): exists already; choose another folder or remove it")
      var asked = 0
      #expect(
        message {
          try PackImport.write(Reference.request(), to: folder.path + "/x") {
            asked += 1
            return asked > 20
          }
        } == "interrupted; nothing was left behind")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }

  private func refusal(_ change: (inout ImportRequest) -> Void) throws -> String? {
    var request = Reference.request()
    change(&request)
    return try withTemporaryFolder { (folder) throws in
      let text = message { try PackImport.write(request, to: folder.path + "/pack") }
      if text != nil { #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty) }
      return text
    }
  }
}
