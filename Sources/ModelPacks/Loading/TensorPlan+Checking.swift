internal import PrintableText
import StrictYAML
package import WeightFiles

extension TensorPlan {
  /// Compares a file's header with the plan.
  ///
  /// - Throws: `PackError` that names the first tensor, by name, that is missing, has another shape, is of a type
  ///   without fractions, or is not in the plan, and how many more there are.
  package func check(_ file: SafetensorsFile) throws(PackError) {
    var problems: [String] = []
    for (name, shape) in required.sorted(by: { $0.key < $1.key }) where file.entry(name) == nil {
      problems.append("\(quoted(name)) is missing; pack.yaml implies it with shape \(shape)")
    }
    for entry in file.entries.sorted(by: { $0.name < $1.name }) where !entry.name.hasSuffix(Self.ignoredSuffix) {
      guard let shape = required[entry.name] ?? optional[entry.name] else {
        let suggestion = Suggestion.clause(for: entry.name, in: required.keys.filter { file.entry($0) == nil }.sorted())
        problems.append("\(quoted(entry.name)) has no place in the model that pack.yaml describes" + suggestion)
        continue
      }
      if shape != entry.shape {
        problems.append("\(quoted(entry.name)) has shape \(entry.shape); pack.yaml implies \(shape)")
      } else if !entry.type.isFloating {
        problems.append("\(quoted(entry.name)) is of type \(entry.type.rawValue); F32, F16, BF16 or F64 is needed")
      }
    }
    guard let first = problems.first else { return }
    let more = problems.count > 1 ? " (and \(problems.count - 1) more)" : ""
    throw PackError("\(file.name): \(first)\(more)")
  }
}
