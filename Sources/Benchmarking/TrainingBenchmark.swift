import Foundation
import Kernels

/// Times whole iterations of training on random numbers: steps with their optimizers, as a run makes them.
package enum TrainingBenchmark {
  /// What is trained.
  package enum Kind: String, Sendable, Codable, CaseIterable {
    /// Generator against discriminator, with the moving average.
    case gan
    /// Encoder against discriminator.
    case encoder
  }

  /// Sides with recommended sizes.
  package static let sides = [64, 128]

  package struct Iteration: Sendable, Codable {
    package var side: Int
    package var kind: Kind
    package var batch: Int
    /// Of one iteration, with its share of the gradient penalty.
    package var time: Timing
    package var imagesPerSecond: Double
  }

  package struct Report: Sendable, Codable {
    package var processor: String
    package var kernels: String
    package var threads: Int
    package var iterations: [Iteration]
    package var peakMib: Double?
  }

  /// - Parameters:
  ///   - sides: some of `sides`.
  ///   - runs: how often each iteration is timed, after one that is not.
  package static func run(sides: [Int], runs: Int) throws -> Report {
    var iterations: [Iteration] = []
    for side in sides {
      var networks = TrainedNetworks(side: side)
      for kind in Kind.allCases {
        var times: [Double] = []
        for round in 0...max(1, runs) {
          let plain = try Stopwatch.milliseconds { try networks.iterate(kind, takesPenalty: false) }.milliseconds
          let whole = try Stopwatch.milliseconds { try networks.iterate(kind, takesPenalty: true) }.milliseconds
          if round > 0 { times.append(plain + (whole - plain) / Double(TrainedNetworks.penaltyEvery)) }
        }
        let time = Timing(times), batch = networks.batch(kind)
        iterations.append(Iteration(
          side: side, kind: kind, batch: batch, time: time, imagesPerSecond: Double(batch) / time.median * 1e3))
      }
    }
    return Report(
      processor: ProcessFacts.processorName, kernels: Processor.variant.rawValue, threads: Workers.current.threads,
      iterations: iterations, peakMib: ProcessFacts.peakMiB)
  }
}

extension TrainingBenchmark.Report {
  /// One JSON object.
  package func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  /// A table for a terminal.
  package var text: String {
    var lines = ["training on \(processor); \(threads) \(threads == 1 ? "thread" : "threads"), kernels \(kernels)", ""]
    for iteration in iterations {
      lines.append(
        "\(iteration.side) px  \(iteration.kind.rawValue)  \(tenths(iteration.time.median)) ms "
          + "(\(tenths(iteration.time.least)) to \(tenths(iteration.time.most)), \(iteration.time.runs) runs), "
          + "\(tenths(iteration.imagesPerSecond)) images/s")
    }
    if let peakMib { lines += ["", "at most \(Int(peakMib.rounded())) MiB"] }
    return lines.joined(separator: "\n")
  }

  private func tenths(_ x: Double) -> String { String(format: "%.1f", x) }
}
