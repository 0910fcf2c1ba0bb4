import Foundation
import Inversion
import ModelPacks

// How many network evaluations `fast` needs for the loss of 100 steps of Adam, and what its codes are worth.
// Usage: OptimizerBenchmark [--images n] [--photographs folder] [--pack folder] [--random seed] [--json]
// Run from the project's folder. `--json`: the last line is one JSON object.

let arguments = CommandLine.arguments
func option(_ name: String) -> String? {
  arguments.firstIndex(of: name).flatMap { $0 + 1 < arguments.count ? arguments[$0 + 1] : nil }
}
func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  return sorted.isEmpty ? .nan : (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}
func padded(_ text: String, _ width: Int) -> String { text.padding(toLength: width, withPad: " ", startingAt: 0) }

let models = "Models/fruits64"
var packFolder = option("--pack") ?? models
var temporary: String?
if let seed = option("--random").flatMap(UInt64.init) {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("optimizers-\(UUID().uuidString)").path
  try RandomPack.write(to: folder, like: .tiny, name: "random", seed: seed)
  (temporary, packFolder) = (folder, folder)
}
defer { if let temporary { try? FileManager.default.removeItem(atPath: temporary) } }
let trials = try Trials(ModelPack.load(packFolder, verification: .sizes))
let photographs = try Photographs(
  generator: trials.networks.generator, folder: option("--photographs"), examples: models + "/examples"
).collect(option("--images").flatMap(Int.init) ?? 24)

let few = OptimizerKind.fast.defaultSteps
print("\(photographs.count) pictures, pack \(trials.pack.description.name): Adam's total after 100 steps; evaluations until fast's is no")
print("higher; fast's total over Adam's after \(few) and after 100 steps; then of the code after \(few) steps over Adam's: pixel")
print("term, domain term, domain distance of edited pictures; difference of their discriminator score")
var results: [Trial] = []
for photograph in photographs {
  let trial = try trials.run(photograph)
  results.append(trial)
  let numbers = [
    trial.ratioAtDefault, trial.ratioAtEnd, trial.fast.pixel / trial.adam.pixel, trial.fast.domain / trial.adam.domain,
    trial.fast.editedDomain / trial.adam.editedDomain, trial.fast.editedScore - trial.adam.editedScore,
  ]
  print(
    padded(trial.name, 32), String(format: "%.5f", Double(trial.goal)), padded(trial.evaluations.map { "\($0)" } ?? "never", 6),
    numbers.map { String(format: "%7.4f", $0) }.joined(separator: " "))
}

// Of one that is never reached, as many as were made.
let needed = results.map { Double($0.evaluations ?? OptimizerKind.adam.defaultSteps + 1) }
@MainActor func middle(_ value: (Trial) -> Double) -> Double { median(results.map(value)) }
let summary: [(String, Double)] = [
  ("evaluations_ratio", 100 / median(needed)),
  ("evaluations_ratio_worst", 100 / (needed.max() ?? .nan)),
  ("evaluations_median", median(needed)),
  ("evaluations_worst", needed.max() ?? .nan),
  ("never_reached", Double(results.count { $0.evaluations == nil })),
  ("worse_at_default_steps", Double(results.count { $0.ratioAtDefault > 1 })),
  ("total_ratio_default_steps", middle(\.ratioAtDefault)),
  ("total_ratio_default_steps_worst", results.map(\.ratioAtDefault).max() ?? .nan),
  ("total_ratio_100_steps", middle(\.ratioAtEnd)),
  ("total_ratio_100_steps_worst", results.map(\.ratioAtEnd).max() ?? .nan),
  ("pixel_ratio", middle { $0.fast.pixel / $0.adam.pixel }),
  ("domain_ratio", middle { $0.fast.domain / $0.adam.domain }),
  ("edited_domain_ratio", middle { $0.fast.editedDomain / $0.adam.editedDomain }),
  ("edited_score_difference", middle { $0.fast.editedScore - $0.adam.editedScore }),
]
for (name, value) in summary { print(padded(name, 32), String(format: "%.4f", value)) }
if arguments.contains("--json") {
  let fields = summary.map { "\"\($0.0)\": " + ($0.1.isFinite ? String(format: "%.4f", $0.1) : "null") }
  print("{\"images\": \(results.count), " + fields.joined(separator: ", ") + "}")
}
