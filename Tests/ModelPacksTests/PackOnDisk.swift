import Foundation
import ModelPacks
import StrictYAML
import WeightFiles

/// A small pack in a temporary folder that a test may damage.
struct PackOnDisk {
  let folder: URL

  init(in parent: URL, name: String = "tiny", seed: UInt64 = 1) throws {
    folder = parent.appendingPathComponent(name)
    try RandomPack.write(to: folder.path, like: .tiny, name: name, seed: seed)
  }

  var description: PackDescription {
    get throws {
      try PackDescription(YAML.parse([UInt8](Data(contentsOf: path("pack.yaml"))), file: "pack.yaml"))
    }
  }

  func path(_ name: String) -> URL { folder.appendingPathComponent(name) }

  func load(_ verification: ModelPack.Verification = .automatic) throws -> ModelPack {
    try ModelPack.load(folder.path, verification: verification)
  }

  func replace(_ from: String, by to: String, in name: String = "pack.yaml") throws {
    let text = try String(contentsOf: path(name), encoding: .utf8)
    try text.replacingOccurrences(of: from, with: to).write(to: path(name), atomically: true, encoding: .utf8)
  }

  /// Rewrites a file of weights after `change`, and the description to the new size; the hash too if asked.
  func rewrite(_ name: String, hash: String? = nil, _ change: (inout [String: (shape: [Int], values: [Float])]) -> Void)
    throws
  {
    let file = try SafetensorsFile(path: path(name).path)
    var tensors: [String: (shape: [Int], values: [Float])] = [:]
    for entry in file.entries { tensors[entry.name] = (entry.shape, try file.floats(named: entry.name)) }
    change(&tensors)
    var writer = SafetensorsWriter()
    for (name, tensor) in tensors { writer.add(name, shape: tensor.shape, values: tensor.values) }
    let bytes = writer.bytes()
    try Data(bytes).write(to: path(name))
    var description = try description
    for index in description.files.indices where description.files[index].name == name {
      description.files[index].bytes = bytes.count
    }
    try description.yaml.write(to: path("pack.yaml"), atomically: true, encoding: .utf8)
  }
}
