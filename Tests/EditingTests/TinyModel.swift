import Editing
import Images
import Inversion
import NeuralNetworks
import Synchronization
import TestSupport
import WeightFiles

/// The reference networks of 32 pixels as a model with two attributes.
enum TinyModel {
  struct Weights: WeightSource {
    let file: SafetensorsFile
    init(_ name: String) throws { file = try Fixtures.safetensors(name + ".safetensors") }
    var names: Set<String> { Set(file.names) }
    func floats(named name: String, shape: [Int]) throws -> [Float] { try file.floats(named: name, shape: shape) }
  }

  static let model = Result {
    let networks = GANNetworks(
      generator: try Generator(
        settings: GeneratorSettings(
          resolution: 32, zDimension: 48, wDimension: 48, repeatW: true, finalTanh: false, fusedScale: .auto,
          fmapsBase: 512, fmapsMax: 64),
        weights: Weights("tiny32/generator")),
      encoder: try Encoder(
        settings: EncoderSettings(
          resolution: 32, wDimension: 48, layers: 8, channelsBase: 16, channelsMax: 64, batchNorm: false, wscale: false),
        weights: Weights("tiny32/encoder")),
      perceptual: try PerceptualNetwork(
        settings: PerceptualSettings(widths: [8, 8, 16, 16, 32, 32, 32, 48, 48, 48, 48, 48, 48]), resolution: 32,
        weights: Weights("vgg16")),
      conventional: {
        try Encoder(
          settings: EncoderSettings(
            resolution: 32, wDimension: 48, layers: 8, channelsBase: 16, channelsMax: 32, batchNorm: true, wscale: false),
          weights: Weights("tiny32/encoder_bn"))
      })
    let boundary = try Fixtures.safetensors("tiny32/edit.safetensors").floats(named: "boundary")
    return LoadedModel(
      model: networks, facts: SidecarTests.facts, boundaries: ["redness": boundary, "size": boundary])
  }
}

/// Collects a job's files.
final class MemoryWriter: OutputWriter {
  private(set) var files: [String: [UInt8]] = [:]
  func write(_ path: String, _ bytes: [UInt8]) throws {
    precondition(files[path] == nil, "\(path) is written twice")
    files[path] = bytes
  }
}

/// Keeps latents in memory, and counts.
final class MemoryStore: LatentStore {
  private let latents = Mutex<[String: [UInt8]]>([:])
  var count: Int { latents.withLock { $0.count } }
  func latent(for key: String) -> [UInt8]? { latents.withLock { $0[key] } }
  func store(_ bytes: [UInt8], for key: String) { latents.withLock { $0[key] = bytes } }
}

/// Remembers progress, keeps the last state, and may stop at a step.
final class RecordingObserver: JobObserver {
  private(set) var lines: [String] = []
  private(set) var lastState: [UInt8]?
  let checkpoint: [UInt8]?
  private let stopsAt: (phase: JobProgress.Phase, step: Int)?

  init(checkpoint: [UInt8]? = nil, stopsAt: (phase: JobProgress.Phase, step: Int)? = nil) {
    self.checkpoint = checkpoint
    self.stopsAt = stopsAt
  }

  func progress(_ progress: JobProgress, state: (() -> [UInt8])?) -> StepAction {
    lines.append("\(progress.picture) \(progress.phase) \(progress.step)/\(progress.steps)")
    if let state { lastState = state() }
    guard let stopsAt, stopsAt.phase == progress.phase, stopsAt.step == progress.step else { return .go }
    return .stop
  }
}

/// A picture file of a smooth pattern that depends on the seed.
func picture(_ name: String, seed: Int, width: Int = 40, height: Int = 48) throws -> InputFile {
  var pixels: [UInt8] = []
  for y in 0..<height {
    for x in 0..<width {
      pixels += [UInt8((x * 5 + seed * 40) % 256), UInt8((y * 4 + seed * 90) % 256), UInt8((x * y + seed) % 256)]
    }
  }
  return InputFile(name: name, bytes: try Picture(width: width, height: height, pixels: pixels).pngBytes())
}
