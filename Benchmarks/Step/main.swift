import Foundation
import Kernels
import NeuralNetworks
import Tensors

/// Random numbers of a sensible size for every weight, in memory.
struct RandomWeights: WeightSource {
  var names: Set<String> { [] }
  func floats(named name: String, shape: [Int]) throws -> [Float] {
    let count = shape.reduce(1, *)
    var state = UInt64(bitPattern: Int64(name.hashValue)) | 1
    let fan = Float(max(1, shape.dropFirst().reduce(1, *)))
    let isScaled = name.hasPrefix("synthesis") || name.hasPrefix("mapping") || name.hasSuffix("fc.weight")
    let scale: Float = name.hasSuffix("running_var") ? 0 : isScaled ? 1.7 : shape.count == 4 ? (6 / fan).squareRoot() : 0.2
    let mean: Float = name.hasSuffix("running_var") || name.hasSuffix("bn.weight") ? 1 : 0
    return [Float](unsafeUninitializedCapacity: count) { buffer, n in
      for i in 0..<count {
        state ^= state << 13; state ^= state >> 7; state ^= state << 17
        buffer[i] = mean + scale * (Float(Int32(truncatingIfNeeded: state >> 40)) / 8388608 - 1)
      }
      n = count
    }
  }
}

func now() -> Double { var t = timespec(); clock_gettime(CLOCK_MONOTONIC, &t); return Double(t.tv_sec) + Double(t.tv_nsec) * 1e-9 }
func rss() -> String { (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8))?.split(separator: "\n").filter { $0.hasPrefix("VmRSS") || $0.hasPrefix("VmHWM") }.joined(separator: " ") ?? "" }

let small = CommandLine.arguments.contains("small")
let g = small
  ? GeneratorSettings(resolution: 64, zDimension: 96, wDimension: 96, repeatW: true, finalTanh: true, fusedScale: .never, fmapsBase: 1024, fmapsMax: 64)
  : GeneratorSettings(resolution: 256, zDimension: 512, wDimension: 512, repeatW: false, finalTanh: true, fusedScale: .auto, fmapsBase: 16384, fmapsMax: 512)
let e = small
  ? EncoderSettings(resolution: 64, wDimension: 96, layers: 10, channelsBase: 24, channelsMax: 192, batchNorm: true, wscale: false)
  : EncoderSettings(resolution: 256, wDimension: 512, layers: 14, channelsBase: 64, channelsMax: 1024, batchNorm: true, wscale: false)
let p = PerceptualSettings(widths: small ? [16, 16, 32, 32, 48, 48, 48, 64, 64, 64] : [64, 64, 128, 128, 256, 256, 256, 512, 512, 512])
var t0 = now()
let generator = try Generator(settings: g, weights: RandomWeights())
let encoder = try Encoder(settings: e, weights: RandomWeights())
let network = try PerceptualNetwork(settings: p, resolution: g.resolution, weights: RandomWeights())
print("load", now() - t0, rss())
let target = Tensor(try RandomWeights().floats(named: "x", shape: [1, 3, g.resolution, g.resolution]), [1, 3, g.resolution, g.resolution])
let features = try network.features(target)
var code = Tensor(repeating: 0.1, [1, g.layers, g.wDimension])
let rounds = small ? 30 : 6
var sums: [String: [Double]] = [:]
@MainActor func lap(_ name: String) { sums[name, default: []].append(now() - t0); t0 = now() }
for _ in 0..<rounds {
  let start = now(); t0 = start
  let tape = Tape()
  let z = tape.variable(code)
  let y = try generator.synthesize(z); lap("G fwd")
  let pixel = try meanSquaredDifference(y, target); lap("pixel")
  let f = try network.features(y); lap("F fwd")
  let perceptual = try meanSquaredDifference(f, features); lap("feat loss")
  let c = try encoder.encode(y); lap("E fwd")
  let domain = try meanSquaredDifference(z, c)
  let total = try sum(pixel + perceptual * 5e-5 + domain * 2); lap("loss")
  let gradient = try tape.gradients(of: total, for: [z])[0]; lap("backward")
  code = try code - gradient * 0.01
  sums["step", default: []].append(now() - start)
}
for (name, values) in sums.sorted(by: { $0.key < $1.key }) { print(name, String(format: "%.1f ms (min %.1f)", values.sorted()[values.count / 2] * 1e3, values.min()! * 1e3)) }
// Parts of the backward pass.
do {
  let tape = Tape(); let z = tape.variable(code)
  let y = try generator.synthesize(z)
  t0 = now(); _ = try tape.gradients(of: sum(meanSquaredDifference(y, target)), for: [z]); print("G bwd", (now() - t0) * 1e3)
  let tape2 = Tape(); let x = tape2.variable(y.detached)
  let f = try network.features(x); t0 = now(); _ = try tape2.gradients(of: sum(meanSquaredDifference(f, features)), for: [x]); print("F bwd", (now() - t0) * 1e3)
  let tape3 = Tape(); let x3 = tape3.variable(y.detached)
  let c = try encoder.encode(x3); t0 = now(); _ = try tape3.gradients(of: sum(meanSquaredDifference(c, code)), for: [x3]); print("E bwd", (now() - t0) * 1e3)
}
print(rss(), BufferPool.statistics)
