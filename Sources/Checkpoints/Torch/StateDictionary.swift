internal import PrintableText
internal import WeightFiles

/// The tensors of a pickle's dictionary, by name.
struct StateDictionary {
  /// In the order of the file.
  var tensors: [(name: String, tensor: TorchTensor)] = []
  /// The names of what is no tensor.
  var others: [String] = []

  /// - Parameter value: what the pickle holds: a dictionary of tensors, or one that has it as `state_dict`.
  init(_ value: PickleValue, of machine: PickleMachine, file: String) throws(WeightFileError) {
    guard case .dictionary(let entries)? = machine.object(value) else {
      throw WeightFileError(
        file: file, message: "holds no dictionary of tensors; save the network with torch.save(network.state_dict(), …)")
    }
    try read(entries, machine, file)
    guard tensors.isEmpty, others.contains("state_dict") else { return }
    for case (.text("state_dict"), let value) in entries {
      guard case .dictionary(let entries)? = machine.object(value) else { continue }
      others = []
      try read(entries, machine, file)
    }
  }

  private mutating func read(
    _ entries: [(key: PickleValue, value: PickleValue)], _ machine: PickleMachine, _ file: String
  ) throws(WeightFileError) {
    var names: Set<String> = []
    for (key, value) in entries {
      guard case .text(let name) = key else {
        throw WeightFileError(file: file, message: "has a name that is no text; a network's tensors have names")
      }
      guard names.insert(name).inserted else {
        throw WeightFileError(file: file, message: "has \(quoted(name)) twice; it is damaged")
      }
      if case .tensor(let tensor)? = machine.object(value) {
        tensors.append((name, tensor))
      } else {
        others.append(name)
      }
    }
  }
}
