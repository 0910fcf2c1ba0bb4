internal import WeightFiles

extension LatentCode {
  /// A safetensors file of codes `[layers, w]` with the pack they belong to, as `LatentFile` reads it.
  static func safetensors(_ codes: [(name: String, code: LatentCode)], _ facts: ModelInfo) -> [UInt8] {
    var writer = SafetensorsWriter(metadata: ["pack": facts.name, "pack_hash": facts.hash])
    for (name, code) in codes { writer.add(name, shape: [code.layers, code.width], values: code.values) }
    return writer.bytes()
  }

  /// A NumPy file of codes, `[count, layers, w]`, as the released scripts write them.
  static func npy(_ codes: [LatentCode]) -> [UInt8] {
    let first = codes.first
    return NumPyFile.bytes(shape: [codes.count, first?.layers ?? 0, first?.width ?? 0], values: codes.flatMap(\.values))
  }
}
