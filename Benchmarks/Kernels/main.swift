import Benchmarking
import Kernels

// Times every layer of the networks, each with weights and maps of its own, in the order of an inversion step.
// Usage: KernelBenchmarks [released|small] [--rounds n] [--threads n] [--batch n] [--brief] [--only text]

let arguments = Array(CommandLine.arguments.dropFirst())
func option(_ name: String, _ value: Int) -> Int {
  guard let at = arguments.firstIndex(of: name), at + 1 < arguments.count else { return value }
  return Int(arguments[at + 1]) ?? value
}
let rounds = option("--rounds", 7), batch = option("--batch", 1)
Workers.use(threads: option("--threads", Processors.defaultThreadCount()))
let isBrief = arguments.contains("--brief")
let only = arguments.firstIndex(of: "--only").flatMap { $0 + 1 < arguments.count ? arguments[$0 + 1] : nil }

func isWanted(_ step: Step) -> Bool {
  guard let only else { return true }
  return step.name.indices.contains { step.name[$0...].hasPrefix(only) }
}

func milliseconds(_ body: () -> Void) -> Double {
  let clock = ContinuousClock()
  let duration = clock.measure(body)
  return Double(duration.components.attoseconds) * 1e-15 + Double(duration.components.seconds) * 1e3
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

func text(_ value: Double, _ digits: Int, _ width: Int) -> String {
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let whole = Int((value * scale).rounded())
  var s = String(whole)
  if digits > 0 {
    while s.count <= digits { s = "0" + s }
    s.insert(".", at: s.index(s.endIndex, offsetBy: -digits))
  }
  return String(repeating: " ", count: max(0, width - s.count)) + s
}

print("kernels: \(Processor.description), \(Workers.current.threads) threads, batch \(batch), median of \(rounds) rounds")

for (name, make) in [("released", GANNetworks.released), ("small", GANNetworks.small)] {
  if arguments.contains(where: { ["released", "small"].contains($0) }) && !arguments.contains(name) { continue }
  let chains = make(batch)
  let steps = chains.flatMap(\.steps)
  var forward = [[Double]](repeating: [], count: steps.count), backward = forward, totals: [Double] = []
  var limits: [MachineLimits] = []
  for round in -1..<rounds {
    // In every round, since neighbors come and go.
    if round >= 0 { limits.append(.measure(attempts: 3)) }
    let total = milliseconds {
      for (i, step) in steps.enumerated() where isWanted(step) {
        let time = milliseconds(step.forward)
        if round >= 0 { forward[i].append(time) }
      }
      for (i, step) in steps.enumerated().reversed() where isWanted(step) {
        let time = milliseconds(step.backward)
        if round >= 0 { backward[i].append(time) }
      }
    }
    if round >= 0 { totals.append(total) }
  }
  let peak = limits.map(\.peakGFLOPS).max()!, bandwidth = limits.map(\.bandwidthGBS).max()!
  print("\n\(name): \(text(peak, 0, 0)) GFLOP/s, reads \(text(bandwidth, 1, 0)) GB/s at best")
  print("layer, ms forward, backward, percent of the roofline, effective GFLOP/s")
  /// Of the shortest time, as the limits are the best.
  func percent(_ cost: LayerCost, _ times: [Double]) -> String {
    let time = times.min()!
    guard time > 0.01 else { return text(0, 0, 4) }
    return text(100 * Double(batch) * cost.bound(peakGFLOPS: peak, bandwidthGBS: bandwidth) / time, 0, 4)
  }
  var index = 0
  for chain in chains {
    var sums = (0.0, 0.0, 0.0)
    for step in chain.steps {
      guard isWanted(step) else { index += 1; continue }
      let f = median(forward[index]), b = median(backward[index])
      let shares = "\(percent(step.least.forward, forward[index])) \(percent(step.least.backward, backward[index]))"
      index += 1
      sums = (sums.0 + f, sums.1 + b, sums.2 + step.operations)
      if isBrief { continue }
      let rates = step.operations > 0 && b > 0.001
        ? "\(text(step.operations / f * 1e3, 0, 7)) \(text(step.operations / b * 1e3, 0, 7))" : ""
      let padding = String(repeating: " ", count: max(1, 30 - step.name.count))
      print("  \(step.name)\(padding)\(text(f, 3, 8)) \(text(b, 3, 8)) \(shares) \(rates)")
    }
    guard sums.0 > 0 else { continue }
    print(
      "\(chain.title): \(text(sums.0, 1, 6)) ms forward, \(text(sums.1, 1, 6)) ms backward; "
        + "\(text(sums.2, 1, 5)) GFLOP at \(text(sums.2 / sums.0 * 1e3, 0, 4)), \(text(sums.2 / sums.1 * 1e3, 0, 4))")
  }
  print("\(name): one step of all kernels \(text(median(totals), 1, 6)) ms (best \(text(totals.min()!, 1, 6)))")
}
