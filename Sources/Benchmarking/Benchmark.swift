package import Inversion
import Kernels
import NeuralNetworks
package import Tensors

/// Measures an inversion and its parts.
package struct Benchmark {
  package struct Settings: Sendable {
    /// How often a step and each part are timed.
    package var runs: Int
    /// Steps of the whole inversion; 0 leaves it out.
    package var inversionSteps: Int
    /// Only the start, single steps, the whole inversion and memory.
    package var isQuick: Bool

    package init(runs: Int = 7, inversionSteps: Int = 100, isQuick: Bool = false) {
      self.runs = max(1, runs)
      self.inversionSteps = max(0, inversionSteps)
      self.isQuick = isQuick
    }
  }

  /// One evaluation, for comparison with another program.
  package struct Sample: Sendable {
    package let target: Tensor
    package let code: Tensor
    package let losses: LossTerms
    package let gradient: [Float]
  }

  private let subject: Subject
  private let settings: Settings
  private let costs: [LayerCost]

  package init(_ subject: Subject, _ settings: Settings = Settings()) {
    self.subject = subject
    self.settings = settings
    costs = subject.costs.generator + subject.costs.perceptual + subject.costs.encoder
  }

  /// Measures everything.
  ///
  /// - Parameters:
  ///   - age: seconds since the program started, without what does not count as its start.
  ///   - sample: gets the evaluation of the first step.
  /// - Throws: what the networks throw.
  package func run(age: () -> Double?, sample: (Sample) throws -> Void = { _ in }) throws -> Report {
    let target = subject.target
    let objective = try Objective(target: target, model: subject.networks, weights: LossWeights())
    let start = try subject.networks.encode(target).detached
    let walk = Walk(objective: objective, code: start)
    let (first, firstStep) = try Stopwatch.milliseconds { try walk.step() }
    let startup = age()
    guard let terms = first.losses.first else { throw BenchmarkError.noLosses }
    try sample(Sample(target: target, code: start, losses: terms, gradient: first.gradient))

    _ = try walk.step()
    let step = Timing(try (0..<settings.runs).map { _ in try Stopwatch.milliseconds(walk.step).milliseconds })
    let inversion = try settings.inversionSteps == 0 ? nil : wholeInversion(target)
    let peak = ProcessFacts.peakMiB
    var report = Report(
      machine: Report.Machine(
        processor: ProcessFacts.processorName, kernels: Processor.variant.rawValue, threads: Workers.current.threads),
      model: subject.name, resolution: subject.networks.resolution, loadSeconds: subject.loadSeconds,
      startupSeconds: startup, firstStep: firstStep, step: step,
      stepGflop: 2 * costs.map(\.directGFLOP).reduce(0, +),
      losses: Report.Losses(
        pixel: Double(terms.pixel), perceptual: Double(terms.perceptual), domain: Double(terms.domain),
        total: Double(terms.total)),
      inversion: inversion, peakMib: peak, estimatedMib: Double(subject.networks.workingBytes) / 0x1p20, networks: [])
    if settings.isQuick { return report }
    report.networks = try parts(code: start, target: target)
    if Processors.defaultThreadCount() > 1 { report.threads = try scaling(walk) }
    report.roofline = roofline(step: step.median)
    return report
  }

  private func wholeInversion(_ target: Tensor) throws -> Report.Inversion {
    let (result, milliseconds) = try Stopwatch.milliseconds {
      try invert(
        target: target, model: subject.networks, settings: InversionSettings(steps: settings.inversionSteps))
    }
    let losses = result.state.items.first?.losses ?? []
    return Report.Inversion(
      steps: settings.inversionSteps, seconds: milliseconds / 1e3, firstTotal: Double(losses.first?.total ?? .nan),
      lastTotal: Double(losses.last?.total ?? .nan))
  }

  /// The networks one by one, forward, and backward from a mean squared difference to the input.
  private func parts(code: Tensor, target: Tensor) throws -> [Report.Network] {
    let networks = subject.networks
    let picture = try networks.synthesize(code).detached
    let features = try networks.features(target).detached
    return [
      try part("generator", subject.costs.generator, input: code, expected: target, networks.synthesize),
      try part("features", subject.costs.perceptual, input: picture, expected: features, networks.features),
      try part("encoder", subject.costs.encoder, input: picture, expected: code, networks.encode),
    ]
  }

  private func part(
    _ name: String, _ costs: [LayerCost], input: Tensor, expected: Tensor, _ network: (Tensor) throws -> Tensor
  ) throws -> Report.Network {
    let gflop = costs.map(\.directGFLOP).reduce(0, +)
    var forward: [Double] = [], backward: [Double] = []
    for round in -1..<settings.runs {
      let tape = Tape()
      let variable = tape.variable(input)
      let (output, time) = try Stopwatch.milliseconds { try network(variable) }
      let loss = try sum(meanSquaredDifference(output, expected))
      let back = try Stopwatch.milliseconds { try tape.gradients(of: loss, for: [variable]) }.milliseconds
      if round >= 0 {
        forward.append(time)
        backward.append(back)
      }
    }
    func direction(_ times: [Double]) -> Report.Direction {
      let timing = Timing(times)
      return Report.Direction(milliseconds: timing, gflops: gflop / timing.median * 1e3)
    }
    return Report.Network(name: name, gflop: gflop, forward: direction(forward), backward: direction(backward))
  }

  /// One and two threads in turn, so that a slow moment of the machine meets both.
  private func scaling(_ walk: Walk) throws -> Report.Threads {
    let usual = Workers.current.threads
    defer { Workers.use(threads: usual) }
    var times: [[Double]] = [[], []]
    for _ in 0..<max(3, settings.runs) {
      for threads in 1...2 {
        Workers.use(threads: threads)
        _ = try walk.step()
        times[threads - 1].append(try Stopwatch.milliseconds(walk.step).milliseconds)
      }
    }
    let ratios = zip(times[0], times[1]).map { $0 / $1 }
    return Report.Threads(one: Timing(times[0]), two: Timing(times[1]), ratio: Timing(ratios).median)
  }

  private func roofline(step: Double) -> Report.Roofline {
    let limits = MachineLimits.measure()
    let (peak, bandwidth) = (limits.peakGFLOPS, limits.bandwidthGBS)
    let bound = 2 * costs.map { $0.bound(peakGFLOPS: peak, bandwidthGBS: bandwidth) }.reduce(0, +)
    let direct = 2 * costs.map { $0.directBound(peakGFLOPS: peak, bandwidthGBS: bandwidth) }.reduce(0, +)
    return Report.Roofline(
      peakGflops: peak, bandwidthGbs: bandwidth, bound: bound, directBound: direct, fraction: bound / step)
  }
}

/// Why nothing was measured.
package enum BenchmarkError: Error, CustomStringConvertible {
  case noLosses

  package var description: String { "the first step gave no losses" }
}

/// Steps of an inversion, one after another.
private final class Walk {
  private let objective: Objective
  private let shape: Shape
  private var code: [Float]
  private var adam: Adam

  init(objective: Objective, code: Tensor) {
    self.objective = objective
    shape = code.shape
    self.code = code.values
    adam = Adam(count: self.code.count)
  }

  func step() throws -> Evaluation {
    let evaluation = try objective.evaluate(Tensor(code, shape))
    adam.update(&code, gradient: evaluation.gradient)
    return evaluation
  }
}
