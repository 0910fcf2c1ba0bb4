package import Tensors
internal import Files
internal import Kernels
internal import WeightFiles

/// A training's state as one file: tensors by name, and a few texts. A safetensors file whose description holds the
/// SHA-256 of its numbers.
///
/// Reading takes what it knows and leaves the rest, so that a later version of the program may add to it.
package struct Checkpoint: Sendable {
  package static let format = "1"

  /// Never empty; a tensor's shape has no 0.
  package var tensors: [String: Tensor] = [:]
  package var texts: [String: String] = [:]

  package init() {}

  /// Adds tensors under `group/name`.
  package mutating func add(_ group: String, _ parameters: [String: Tensor]) throws {
    for (name, tensor) in parameters { tensors["\(group)/\(name)"] = try tensor.detached.plain() }
  }

  /// The tensors of a group, by their names in it.
  package func group(_ group: String) -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    for (name, tensor) in tensors where name.hasPrefix(group + "/") {
      result[String(name.dropFirst(group.count + 1))] = tensor
    }
    return result
  }

  package mutating func add(_ group: String, _ adam: Adam) {
    texts["\(group).step"] = "\(adam.step)"
    for (name, buffer) in adam.v { tensors["\(group).v/\(name)"] = Tensor(buffer, [buffer.count]) }
    for (name, buffer) in adam.m { tensors["\(group).m/\(name)"] = Tensor(buffer, [buffer.count]) }
  }

  package func restore(_ group: String, _ adam: Adam) throws(TrainingError) {
    adam.clear()
    adam.step = try integer("\(group).step")
    adam.v = self.group("\(group).v").mapValues(\.buffer)
    adam.m = self.group("\(group).m").mapValues(\.buffer)
  }

  package func text(_ name: String) throws(TrainingError) -> String {
    guard let text = texts[name] else { throw TrainingError("the checkpoint lacks '\(name)'") }
    return text
  }

  package func integer(_ name: String) throws(TrainingError) -> Int {
    guard let number = Int(try text(name)) else { throw TrainingError("the checkpoint's '\(name)' is no number") }
    return number
  }

  // MARK: Bytes

  /// The file's bytes: the same for the same state.
  func bytes() -> [UInt8] {
    let ordered = tensors.sorted { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }
    var numbers: [UInt8] = []
    numbers.reserveCapacity(ordered.reduce(0) { $0 + $1.value.shape.count * 4 })
    for (_, tensor) in ordered {
      unsafe tensor.values.withUnsafeBytes { unsafe numbers.append(contentsOf: $0) }
    }
    var metadata = texts
    metadata["format"] = Self.format
    metadata["sha256"] = sha256(numbers)
    let header = SafetensorsWriter.header(ordered.map { ($0.key, $0.value.shape.dimensions, .float32) }, metadata: metadata)
    return header + numbers
  }

  /// - Throws: `TrainingError` when the file cannot be read or is not whole.
  init(path: String, name: String) throws(TrainingError) {
    do {
      let file = try SafetensorsFile(path: path, name: name)
      guard file.metadata["format"] == Self.format else {
        throw TrainingError("\(name): is of format \(file.metadata["format"] ?? "?"); this program reads \(Self.format)")
      }
      var digest = Digest()
      for entry in file.entries {
        let values = try file.floats(named: entry.name)
        unsafe values.withUnsafeBytes { unsafe digest.add(UnsafeRawBufferPointer($0)) }
        tensors[entry.name] = Tensor(values, Shape(entry.shape))
      }
      guard digest.finish() == file.metadata["sha256"] else {
        throw TrainingError("\(name): its numbers are not those that were written")
      }
      texts = file.metadata
    } catch let error as TrainingError {
      throw error
    } catch {
      throw TrainingError("\(error)")
    }
  }
}
