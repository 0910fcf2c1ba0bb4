import ArgumentParser
import ModelPacks
import PackImport

struct ModelImport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Make a pack of checkpoints that PyTorch wrote.",
    discussion: """
      Reads .pth (both formats of PyTorch), .npy and safetensors; runs nothing that is in them. Sizes and settings are \
      inferred; what was taken for granted is said at the end. A generator alone gives a pack that can be trained further.

      idinvert model import --generator G.pth --encoder E.pth --perceptual vgg16.pth --boundaries age.npy pose.npy \
      --license 'research only' --name faces -o faces
      """)

  @Option(help: ArgumentHelp("The generator.", valueName: "file"))
  var generator: String

  @Option(help: ArgumentHelp("The encoder that was trained with it.", valueName: "file"))
  var encoder: String?

  @Option(help: ArgumentHelp("The VGG16 of genforce/idinvert_pytorch.", valueName: "file"))
  var perceptual: String?

  @Option(help: ArgumentHelp("A discriminator of this program's kind; inversion needs none.", valueName: "file"))
  var discriminator: String?

  @Option(
    parsing: .upToNextOption, help: ArgumentHelp("Directions: .npy named after the attribute, or safetensors.", valueName: "file"))
  var boundaries: [String] = []

  @Option(
    name: .customLong("attribute"), parsing: .singleValue,
    help: ArgumentHelp("More of an attribute, as in pack.yaml: 'age: {layers: 0-5, range: [-2, 2]}'.", valueName: "entry"))
  var attributes: [String] = []

  @Option(help: ArgumentHelp("The license of the weights, one line; an SPDX expression where there is one.", valueName: "text"))
  var license: String

  @Flag(help: "The license allows commercial use.")
  var commercialUse = false

  @Option(help: "The pack's name.")
  var name: String

  @Option(help: ArgumentHelp("One line for people.", valueName: "text"))
  var title: String?

  @Option(help: ArgumentHelp("Whom to name.", valueName: "text"))
  var attribution: String?

  @Option(help: ArgumentHelp("What it was trained on.", valueName: "text"))
  var trainedOn: String?

  @Option(help: "How photographs were placed in training: \(Alignment.allCases.map(\.rawValue).joined(separator: " or ")).")
  var alignment = Alignment.none

  @Option(help: ArgumentHelp("Whether the generator ends with tanh. (default: as in the released ones)", valueName: "true|false"))
  var finalTanh: Bool?

  @Option(help: ArgumentHelp("Whether the encoder was trained with use_wscale. (default: as its numbers tell)", valueName: "true|false"))
  var encoderWscale: Bool?

  @Option(name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("The folder to make.", valueName: "folder"))
  var output: String

  func run() throws {
    var request = ImportRequest(
      generator: generator, encoder: encoder, perceptual: perceptual, discriminator: discriminator, boundaries: boundaries,
      name: name, license: license)
    request.attributes = attributes
    request.commercialUse = commercialUse
    request.title = title
    request.attribution = attribution
    request.trainedOn = trainedOn
    request.alignment = alignment
    request.finalTanh = finalTanh
    request.encoderWscale = encoderWscale
    Interruption.install()
    do {
      let outcome = try PackImport.write(request, to: output) { Interruption.isRequested }
      let pack = outcome.description
      Terminal.say("\(output): \(pack.name), \(pack.resolution)×\(pack.resolution), \(pack.attributes.count) attributes")
      for note in outcome.notes { Terminal.say("  " + note) }
    } catch {
      throw CommandFailure.model(error.description)
    }
  }
}

extension Alignment: ExpressibleByArgument {}
