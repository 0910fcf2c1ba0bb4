import ArgumentParser
import Benchmarking
import Foundation
import Kernels
import ModelPacks
import Service

/// `idinvert bench`: what this machine does with a model.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measure what this machine does with a model.",
    discussion: """
      Times the generator, the perceptual features and the encoder forward and backward, single steps and a whole \
      inversion, the start and the peak of memory, one thread against two, and how near a step comes to what the \
      machine could do at best (its roofline, measured too).

      GFLOP/s are effective: the operations of plain loops over the time taken. The roofline is the sum over all layers \
      of the larger of computing and of reading, with Winograd convolutions where they are quicker; activations, \
      normalization and pooling count as free.

      With --training: whole iterations of training at 64 and 128 pixels, in the recommended sizes, on random numbers.
      """)

  @Option(help: ArgumentHelp("A pack's name, or its folder.", valueName: "name-or-folder")) var model: String?
  @Option(help: "Random weights in the sizes of a known model: ffhq256 or tiny.", transform: BenchCommand.likeness)
  var like: RandomPack.Likeness?
  @Option(help: "Threads; by default what affinity and CPU quota allow.") var threads: Int?
  @Option(help: "How often a step and each part are timed.") var runs = 7
  @Option(help: "Steps of the whole inversion; 0 leaves it out.") var steps = 100
  @Flag(help: "Iterations of training instead.") var training = false
  @Option(help: "Only this side of training: 64 or 128.") var side: Int?
  @Flag(help: "Only the start, steps and memory.") var quick = false
  @Flag(help: "Print one JSON object.") var json = false
  /// Where `target`, `code`, `losses` and `gradient` of the first step go, for a comparison with another program.
  @Option(help: .hidden) var dumpSample: String?
  @OptionGroup var configuration: ConfigurationOption

  func validate() throws {
    guard model == nil || like == nil else { throw ValidationError("--model and --like exclude each other") }
    guard threads.map({ 1...1024 ~= $0 }) ?? true else { throw ValidationError("--threads is 1 to 1024") }
    guard 1...10_000 ~= runs else { throw ValidationError("--runs is 1 to 10000") }
    guard !training || model == nil && like == nil else { throw ValidationError("--training needs no model") }
    guard side.map({ training && TrainingBenchmark.sides.contains($0) }) ?? true else {
      throw ValidationError("--side is 64 or 128, and goes with --training")
    }
    guard 0...1_000_000 ~= steps else { throw ValidationError("--steps is 0 to 1000000") }
  }

  func run() throws {
    if let threads { Workers.use(threads: threads) }
    if training {
      let report = try TrainingBenchmark.run(sides: side.map { [$0] } ?? TrainingBenchmark.sides, runs: runs)
      return print(json ? try report.json() : report.text)
    }
    // What passes before the pack is read is not part of the start when the pack has to be made first.
    var notCounted = 0.0
    let subject: Subject
    do {
      if let like {
        let before = ProcessFacts.age ?? 0
        subject = try Subject.load(like: like) { notCounted = (ProcessFacts.age ?? 0) - before }
      } else {
        let settings = try configuration.loadIfReadable()
        let name = model ?? settings.watches[0].model
        subject = try Subject.load { try PackLibrary(folders: settings.models).load(name) }
      }
    } catch let error as PackError {
      throw CommandFailure.model(error.description)
    }
    let settings = Benchmark.Settings(runs: runs, inversionSteps: steps, isQuick: quick)
    let report = try Benchmark(subject, settings).run(age: { ProcessFacts.age.map { $0 - notCounted } }) { sample in
      guard let dumpSample else { return }
      try Data(sample.safetensors).write(to: URL(fileURLWithPath: dumpSample))
    }
    print(json ? try report.json() : report.text)
  }

  private static func likeness(_ text: String) throws -> RandomPack.Likeness {
    if let likeness = RandomPack.Likeness(rawValue: text) { return likeness }
    let names = RandomPack.Likeness.allCases.map(\.rawValue).joined(separator: ", ")
    throw ValidationError("'\(text)' is not one of \(names)")
  }
}
