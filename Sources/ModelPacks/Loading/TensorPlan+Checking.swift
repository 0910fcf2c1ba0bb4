internal import PrintableText
import StrictYAML
package import WeightFiles

extension TensorPlan {
  /// Compares a file's header with the plan.
  ///
  /// - Throws: `PackError` that names the first tensor, by name, that is missing, has another shape, is of a type
  ///   without fractions, or is not in the plan, and how many more there are.
  package func check(_ file: SafetensorsFile) throws(PackError) {
    let found = file.entries.map { (name: $0.name, shape: $0.shape, type: $0.type) }
    try check(found, of: file.name, impliedBy: "pack.yaml")
  }

  /// The same for tensors of any file.
  ///
  /// - Parameters:
  ///   - file: as messages call it.
  ///   - source: what the plan comes from: `pack.yaml`.
  package func check(
    _ tensors: [(name: String, shape: [Int], type: ElementType)], of file: String, impliedBy source: String
  ) throws(PackError) {
    let names = Set(tensors.map(\.name))
    var problems: [String] = []
    for (name, shape) in required.sorted(by: { $0.key < $1.key }) where !names.contains(name) {
      problems.append("\(quoted(name)) is missing; \(source) implies it with shape \(shape)")
    }
    for tensor in tensors.sorted(by: { $0.name < $1.name }) where !tensor.name.hasSuffix(Self.ignoredSuffix) {
      guard let shape = required[tensor.name] ?? optional[tensor.name] else {
        let suggestion = Suggestion.clause(for: tensor.name, in: required.keys.filter { !names.contains($0) }.sorted())
        problems.append("\(quoted(tensor.name)) has no place in the model that \(source) describes" + suggestion)
        continue
      }
      if shape != tensor.shape {
        problems.append("\(quoted(tensor.name)) has shape \(tensor.shape); \(source) implies \(shape)")
      } else if !tensor.type.isFloating {
        problems.append("\(quoted(tensor.name)) is of type \(tensor.type.rawValue); F32, F16, BF16 or F64 is needed")
      }
    }
    guard let first = problems.first else { return }
    let more = problems.count > 1 ? " (and \(problems.count - 1) more)" : ""
    throw PackError("\(file): \(first)\(more)")
  }
}
