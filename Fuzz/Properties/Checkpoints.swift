import Checkpoints
import WeightFiles

extension Property {
  /// Any bytes as a checkpoint: the zip archive, or the stream of PyTorch before 1.6.
  static let checkpoint = Property(
    "checkpoint", maximumLength: 1 << 16,
    words: pickleWords + ["PK\u{1}\u{2}", "PK\u{3}\u{4}", "PK\u{5}\u{6}", "PK\u{6}\u{6}", "PK\u{6}\u{7}", "archive/data.pkl", "byteorder"],
    seeds: { [archive(statePickle)] }, body: readsCheckpoint)

  /// The pickle of a checkpoint; checksums and sizes of the archive around it are right.
  static let pickle = Property(
    "pickle", maximumLength: 1 << 14, words: pickleWords, seeds: { [statePickle] },
    body: { bytes in try readsCheckpoint(archive(bytes)) })

  /// `.npy` files, numbers or a pickled dictionary.
  static let boundary = Property(
    "boundary", maximumLength: 1 << 16,
    words: pickleWords + ["numpy.core.multiarray\n_reconstruct\n", "numpy\ndtype\n", "_codecs\nencode\n", "manipulate_layers", "'|O'"],
    seeds: { [NumPyFile.bytes(shape: [1, 2, 3], values: [0, 1, 2, 3, 4, 5])] },
    body: { bytes in
      try withFile(bytes) { path in
        let file = try acceptedOrRefused(WeightFileError.self) { try BoundaryFile(path: path, name: "x.npy") }
        guard let file else { return false }
        try require(file.values.count == file.shape.reduce(1, *), "\(file.values.count) numbers have shape \(file.shape)")
        return true
      }
    })

  @Sendable private static func readsCheckpoint(_ bytes: [UInt8]) throws -> Bool {
    try withFile(bytes) { path in
      guard let file = try acceptedOrRefused(WeightFileError.self, { try Checkpoint(path: path, name: "x.pth") }) else {
        return false
      }
      var isWhole = true
      for tensor in file.tensors {
        let count = tensor.shape.reduce(1, *)
        let numbers = try acceptedOrRefused(WeightFileError.self) { try file.numbers(tensor.name) }
        try require(numbers.map { $0.count == count } ?? true, "'\(tensor.name)' has not as many numbers as its shape")
        var found = 0
        let isRead: Void? = try acceptedOrRefused(WeightFileError.self) {
          try file.forEachPiece(ofFloats: tensor.name) { found += $0.count }
        }
        try require(isRead == nil || found == count, "'\(tensor.name)' has not as many floats as its shape")
        isWhole = isWhole && numbers != nil
      }
      return isWhole
    }
  }

  private static let pickleWords = [
    "ccollections\nOrderedDict\n", "ctorch._utils\n_rebuild_tensor_v2\n", "ctorch._utils\n_rebuild_parameter\n",
    "ctorch\nFloatStorage\n", "ctorch\nLongStorage\n", "X\u{7}\0\0\0storage", "cos\nsystem\n", "\u{80}\u{2}", "state_dict", "(", "t", "R",
    "b", "Q", "q\0", "h\0", "u", "s", "e", ".",
  ]

  /// `OrderedDict(w=…)` of shape [2, 2] over the storage 0.
  private static let statePickle: [UInt8] =
    [0x80, 2] + Array("ccollections\nOrderedDict\n)Rq\0X\u{1}\0\0\0wctorch._utils\n_rebuild_tensor_v2\n((".utf8)
    + Array("X\u{7}\0\0\0storagectorch\nFloatStorage\nX\u{1}\0\0\00X\u{3}\0\0\0cpuK\u{4}tQK\0(K\u{2}K\u{2}t(K\u{2}K\u{1}t".utf8)
    + [0x89] + Array("h\0tRs.".utf8)

  /// A zip archive as PyTorch writes it, with storages 0 of 16 bytes and 1 of 32.
  @Sendable private static func archive(_ pickle: [UInt8]) -> [UInt8] {
    func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
    var result: [UInt8] = []
    var directory: [UInt8] = []
    let numbers: [UInt8] = [0, 0, 0x80, 0x3F]
    let records: [(String, [UInt8])] = [
      ("archive/data.pkl", pickle), ("archive/byteorder", Array("little".utf8)), ("archive/version", Array("3\n".utf8)),
      ("archive/data/0", (0..<4).flatMap { _ in numbers }), ("archive/data/1", (0..<8).flatMap { _ in numbers }),
    ]
    for (name, content) in records {
      let facts = [0, 0, 0, 0, 0, 0, 0, 0] + little(Int(crc(content[...])), 4) + little(content.count, 4) + little(content.count, 4)
        + little(name.utf8.count, 2) + [0, 0]
      directory += Array("PK\u{1}\u{2}".utf8) + [20, 0, 20, 0] + facts + [UInt8](repeating: 0, count: 10) + little(result.count, 4)
        + Array(name.utf8)
      result += Array("PK\u{3}\u{4}".utf8) + [20, 0] + facts + Array(name.utf8) + content
    }
    let end = little(records.count, 2) + little(records.count, 2) + little(directory.count, 4) + little(result.count, 4) + [0, 0]
    return result + directory + Array("PK\u{5}\u{6}".utf8) + [0, 0, 0, 0] + end
  }
}
