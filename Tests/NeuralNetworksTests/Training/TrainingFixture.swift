import NeuralNetworks
import Tensors
import TestSupport
import Testing
import WeightFiles

/// The networks of `Fixtures/training/networks16.safetensors` and one file of numbers made with them.
struct TrainingFixture {
  static let generator = GeneratorSettings(
    resolution: 16, zDimension: 16, wDimension: 16, repeatW: true, finalTanh: true, fusedScale: .never, fmapsBase: 128,
    fmapsMax: 16)
  static let discriminator = DiscriminatorSettings(resolution: 16, fmapsBase: 128, fmapsMax: 16)
  static let encoder = EncoderSettings(
    resolution: 16, wDimension: 16, layers: 6, channelsBase: 8, channelsMax: 24, batchNorm: true, wscale: false)
  static let perceptual = PerceptualSettings(widths: [6, 6, 8, 8, 10, 10, 10, 12, 12, 12])

  /// Weights of one network, whose names begin with its letter in the file.
  struct Weights: WeightSource {
    let prefix: String
    let file: SafetensorsFile

    init(_ prefix: String) throws {
      self.prefix = prefix + "."
      file = try Fixtures.safetensors("training/networks16.safetensors")
    }

    var names: Set<String> { Set(file.names.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }) }
    func floats(named name: String, shape: [Int]) throws -> [Float] { try file.floats(named: prefix + name, shape: shape) }
  }

  static func makeGenerator() throws -> TrainableGenerator {
    try TrainableGenerator(settings: generator, weights: Weights("G"))
  }
  static func makeDiscriminator() throws -> Discriminator {
    try Discriminator(settings: discriminator, weights: Weights("D"))
  }
  static func makeEncoder() throws -> TrainableEncoder { try TrainableEncoder(settings: encoder, weights: Weights("E")) }
  static func makePerceptual() throws -> TrainablePerceptual {
    try TrainablePerceptual(settings: perceptual, weights: Weights("P"))
  }

  let file: SafetensorsFile

  init(_ name: String) throws { file = try Fixtures.safetensors("training/\(name).safetensors") }

  func tensor(_ name: String) throws -> Tensor {
    let entry = try #require(file.entry(name), "\(name)")
    return Tensor(try file.floats(named: name), Shape(entry.shape))
  }

  /// The number from the float64 run.
  func exact(_ name: String) throws -> [Double] {
    try file.doubles(named: file.entry(name + "_f64") == nil ? name : name + "_f64")
  }

  func noise(_ prefix: String) throws -> [Tensor] { try (0..<6).map { try tensor("\(prefix).noise\($0)") } }

  func integers(_ name: String) throws -> [Int] { try file.integers(named: name).map(Int.init) }

  /// Photographs 0 to 7 of the fixture, scaled to [-1, 1]; some of them mirrored.
  func reals() throws -> Tensor {
    let networks = try Fixtures.safetensors("training/networks16.safetensors")
    let bytes = try networks.bytes(named: "pictures_u8")
    let pictures = Tensor(bytes.map { Float($0) / 255 * 2 - 1 }, [8, 3, 16, 16])
    let items = try zip(integers("in.idx"), integers("in.flip")).map { index, flip in
      let item = try pictures.sliced(0, index..<index + 1)
      return flip == 1 ? try item.reversed(3) : item
    }
    return try concatenated(items, 0)
  }

  func expect(
    _ values: Tensor, _ name: String, within tolerance: Double, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let error = relativeError(values.values.map(Double.init), try exact(name))
    #expect(error <= tolerance, "\(name): off by \(error) of its norm", sourceLocation: sourceLocation)
  }

  /// Compares gradients by name under a prefix, all that the file has; those that begin with a name in `without` are not
  /// compared.
  func expect(
    _ gradients: [String: Tensor], _ prefix: String, within tolerance: Double, without: Set<String> = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let names = file.names.filter { $0.hasPrefix(prefix + ".") && !$0.hasSuffix("_f64") }
      .map { String($0.dropFirst(prefix.count + 1)) }
    #expect(!names.isEmpty, sourceLocation: sourceLocation)
    for name in names where !without.contains(name) {
      let gradient = try #require(gradients[name], "\(name)", sourceLocation: sourceLocation)
      try expect(gradient, "\(prefix).\(name)", within: tolerance, sourceLocation: sourceLocation)
    }
  }
}

extension Tape {
  /// Puts variables in the place of a network's trained parameters.
  func watch<Network: TrainableNetwork>(_ network: Network) -> Network {
    var network = network
    for tensor in network.tensors where tensor.isTrained {
      if let value = network.parameters[tensor.name] { network.parameters[tensor.name] = variable(value) }
    }
    return network
  }

  /// The gradients of a loss for a network's trained parameters, by name.
  func gradients(of loss: Tensor, for network: some TrainableNetwork) throws -> [String: Tensor] {
    let names = network.tensors.filter { $0.isTrained && network.parameters[$0.name] != nil }.map(\.name)
    let gradients = try gradients(of: loss, for: names.compactMap { network.parameters[$0] })
    return Dictionary(uniqueKeysWithValues: zip(names, gradients))
  }
}

func mean(_ x: Tensor) throws -> Tensor { try sum(x) * Float(1 / Double(x.shape.count)) }
