import Files
import Foundation
import Images
import StrictYAML
import Training

/// A training that takes seconds: 64 generated pictures, narrow networks.
enum SmallTraining {
  /// Balls of many colors, sizes and places, before a background that gets lighter downwards.
  static func makePictures(in folder: URL, count: Int = 64, side: Int = 40) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let random = RandomNumbers(seed: 99)
    for index in 0..<count {
      func even(_ which: Int) -> Double { random.uniform(.fixedCodes, index, which) }
      var pixels: [UInt8] = []
      let (x, y, radius) = (12 + 16 * even(0), 12 + 16 * even(1), 6 + 8 * even(2))
      for row in 0..<side {
        for column in 0..<side {
          let distance = ((Double(column) - x) * (Double(column) - x) + (Double(row) - y) * (Double(row) - y)).squareRoot()
          for channel in 0..<3 {
            let ball = 40 + 200 * even(3 + channel), ground = 60 + 3 * Double(row)
            pixels.append(UInt8(distance < radius ? ball : ground))
          }
        }
      }
      try write(Picture(width: side, height: side, pixels: pixels), to: folder.appendingPathComponent("ball\(index).png"))
    }
  }

  static func write(_ picture: Picture, to url: URL) throws {
    try Data(picture.pngBytes()).write(to: url)
  }

  /// With a stage that fades in, both encoders, and checkpoints after every step.
  static func request(_ folder: URL, _ pack: URL, settings: String = "") throws -> TrainingRequest {
    var request = TrainingRequest(folder: folder.path, pack: pack.path, decoder: DirectDecoder())
    let text = """
      networks: {latent: 8, mapping_layers: 2, fmaps_base: 64, fmaps_max: 8, encoder_base: 4, encoder_max: 8, perceptual_widths: [4, 4, 4, 4, 6, 6, 6, 8, 8, 8]}
      data: {resolution: 16, minimum: 8}
      generator: {stages: [8, 16], stage_images: [48, 64], stage_batches: [8, 8], images: 112, fade_images: 24, distance_every: 40, distance_samples: 24, r1_every: 4}
      perceptual: {images: 64, batch: 16}
      encoder: {images: 48, batch: 8, warm_up: 2}
      boundaries: {samples: 200}
      \(settings)
      """
    request.overrides = try YAML.parse(Array(text.utf8), file: "train.yaml")
    request.checkpointSeconds = 0
    return request
  }

  /// Every file of a folder, by its name.
  static func files(_ folder: URL) throws -> [String: String] {
    var files: [String: String] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      files[name] = sha256([UInt8](try Data(contentsOf: folder.appendingPathComponent(name))))
    }
    return files
  }

  /// Asks for the end at chosen questions.
  final class Observer: TrainingObserver {
    var lines: [String] = []
    var questions = 0
    var stopsAt: Int?
    var shouldEnd = false

    init(stopsAt: Int? = nil) {
      self.stopsAt = stopsAt
    }

    func say(_ line: String) { lines.append(line) }
    func progress(_ line: String) {}
    var shouldStop: Bool {
      questions += 1
      return questions == stopsAt
    }
  }

  /// Trains to the end, whatever stops it on the way.
  @discardableResult
  static func finish(_ request: TrainingRequest, stopping: (Int) -> Int? = { _ in nil }) throws -> [String] {
    var lines: [String] = []
    for attempt in 0..<1000 {
      let observer = Observer(stopsAt: stopping(attempt))
      let outcome = try TrainingRun(request, observer: observer).run()
      lines += observer.lines
      if outcome == .finished { return lines }
    }
    throw TrainingError("the training did not end")
  }
}
