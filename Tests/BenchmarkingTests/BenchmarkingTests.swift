import Benchmarking
import Foundation
import Inversion
import Kernels
import ModelPacks
import NeuralNetworks
import Tensors
import TestSupport
import Testing

@Suite(.serialized) struct BenchmarkingTests {
  private static let generator = GeneratorSettings(
    resolution: 256, zDimension: 512, wDimension: 512, repeatW: false, finalTanh: true, fusedScale: .auto,
    fmapsBase: 16_384, fmapsMax: 512)
  private static let encoder = EncoderSettings(
    resolution: 256, wDimension: 512, layers: 14, channelsBase: 64, channelsMax: 1024, batchNorm: true, wscale: false)
  private static let perceptual = PerceptualSettings(widths: [64, 64, 128, 128, 256, 256, 256, 512, 512, 512])

  /// Counted by PyTorch's own counter on the released networks.
  @Test func theReleasedNetworksHaveTheOperationsThatPyTorchCounts() {
    func total(_ layers: [LayerCost]) -> Double { layers.map(\.directGFLOP).reduce(0, +) }
    #expect(abs(total(NetworkCosts.generator(Self.generator)) - 45.5) < 0.1)
    #expect(abs(total(NetworkCosts.perceptual(Self.perceptual, resolution: 256)) - 36.4) < 0.1)
    #expect(abs(total(NetworkCosts.encoder(Self.encoder)) - 19.1) < 0.1)
  }

  @Test func aBoundTakesTheQuickerWay() throws {
    let layers = NetworkCosts.perceptual(Self.perceptual, resolution: 256)
    let deep = try #require(layers.last { $0.name.hasPrefix("512→512 3×3 @32") })
    // 64 tiles of 36 products at 1000 GFLOP/s; memory as good as free.
    let products = 2e-9 * 64 * 36 * 512 * 512
    #expect(abs(deep.bound(peakGFLOPS: 1000, bandwidthGBS: 1e9) - products) < 1e-9)
    // Computing as good as free: the plain weights are a quarter of the transformed ones.
    let floats: Int = 9 * 512 * 512 + 2 * 512 * 32 * 32
    let bytes = 4 * Double(floats)
    #expect(abs(deep.bound(peakGFLOPS: 1e9, bandwidthGBS: 10) - bytes * 1e-7) < 1e-9)
    for layer in layers {
      #expect(layer.bound(peakGFLOPS: 300, bandwidthGBS: 20) <= layer.directBound(peakGFLOPS: 300, bandwidthGBS: 20))
    }
  }

  @Test func theMachineHasAPeakAndABandwidth() {
    let limits = MachineLimits.measure(attempts: 2)
    #expect(limits.peakGFLOPS > 0.5 && limits.peakGFLOPS < 100_000)
    #expect(limits.bandwidthGBS > 0.1 && limits.bandwidthGBS < 10_000)
  }

  @Test func aMedianOfAnEvenNumberIsTheMiddle() {
    #expect(Timing([4, 1, 3, 2]) == Timing([1, 2, 3, 4]))
    #expect(Timing([4, 1, 3, 2]).median == 2.5 && Timing([3, 1, 2]).median == 2)
  }

  @Test func aReportHoldsWhatScriptsReadAndTheSampleAgreesWithIt() throws {
    let subject = try Subject.load(like: .tiny)
    var losses: [Float] = []
    let report = try Benchmark(subject, Benchmark.Settings(runs: 1, inversionSteps: 2)).run(age: { 1.5 }) { sample in
      losses = [sample.losses.pixel, sample.losses.perceptual, sample.losses.domain, sample.losses.total]
      #expect(sample.gradient.count == sample.code.shape.count)
      #expect(sample.safetensors.count > 4 * (sample.target.shape.count + 2 * sample.code.shape.count))
    }
    let object = try #require(try JSONSerialization.jsonObject(with: Data(try report.json().utf8)) as? [String: Any])
    for key in ["startup_seconds", "peak_mib", "step", "networks", "roofline", "losses", "machine"] {
      #expect(object[key] != nil, "\(key)")
    }
    #expect(object["startup_seconds"] as? Double == 1.5)
    #expect(((object["inversion"] as? [String: Any])?["steps"] as? Int) == 2)
    #expect(((object["roofline"] as? [String: Any])?["fraction"] as? Double) ?? 0 > 0)
    #expect(Float(report.losses.total) == losses[3])
    #expect(report.inversion?.firstTotal == report.losses.total)
    #expect(report.text.contains("one step") && report.text.contains("roofline"))
  }

  @Test func anIterationOfTrainingIsTimedWithBothNetworks() throws {
    let report = try TrainingBenchmark.run(sides: [64], runs: 1)
    #expect(report.iterations.map(\.kind) == [.gan, .encoder])
    #expect(report.iterations.map(\.batch) == [32, 16])
    for iteration in report.iterations {
      #expect(iteration.time.median > 0)
      #expect(iteration.imagesPerSecond == Double(iteration.batch) / iteration.time.median * 1e3)
    }
    let object = try #require(try JSONSerialization.jsonObject(with: Data(try report.json().utf8)) as? [String: Any])
    #expect((object["iterations"] as? [[String: Any]])?.count == 2 && object["peak_mib"] != nil)
    #expect(report.text.contains("images/s"))
  }

  @Test func theProcessKnowsItsAgeAndMemory() throws {
    #expect(try #require(ProcessFacts.age) > 0)
    #expect(try #require(ProcessFacts.peakMiB) > 1)
    #expect(!ProcessFacts.processorName.isEmpty)
  }
}
