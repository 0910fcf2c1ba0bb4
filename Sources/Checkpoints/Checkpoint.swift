internal import Files
internal import PrintableText
package import WeightFiles

/// A file of weights that another program wrote: PyTorch's formats (zip, and the stream before 1.6) or safetensors.
///
/// Nothing in it is run. Its description is checked when it is opened; numbers are read when they are asked for.
package struct Checkpoint: Sendable {
  package enum Format: String, Sendable {
    case torchZip = "PyTorch"
    case torchStream = "PyTorch before 1.6"
    case safetensors
  }

  /// A tensor as the file describes it.
  package struct Tensor: Sendable, Equatable {
    package let name: String
    package let type: ElementType
    /// Outermost dimension first; empty for a single number.
    package let shape: [Int]
  }

  /// The file as messages call it.
  package let name: String
  package let format: Format
  package let sizeInBytes: Int
  /// In the order of the file.
  package let tensors: [Tensor]
  /// Names of what is no tensor, as a training's checkpoint has them.
  package let others: [String]

  private let file: ReadOnlyFile
  private let indexes: [String: Int]
  private let views: [TorchTensor]
  private let storages: (any TorchStorages)?
  private let safetensors: SafetensorsFile?

  /// Opens a file by what it holds, whatever its name ends in.
  ///
  /// - Parameter name: what messages call the file; its last path component when nil.
  /// - Throws: `WeightFileError` for anything that is not whole and exactly of one of the formats, with what to do.
  package init(path: String, name: String? = nil) throws(WeightFileError) {
    let name = name ?? String(path.split(separator: "/").last ?? "")
    let file = try ReadOnlyFile(path: path, name: name)
    let start = try file.bytes(at: 0, count: min(512, file.sizeInBytes))
    // First: the length that a safetensors file begins with may look like anything else's beginning.
    let isSafetensors = start.count > 8 && start[4..<8].allSatisfy { $0 == 0 } && start[8] == UInt8(ascii: "{")
    if !isSafetensors, let finding = ForeignFile.finding(start: start) {
      throw WeightFileError(file: name, message: finding)
    }
    self.name = name
    self.file = file
    sizeInBytes = file.sizeInBytes
    let torch: TorchFile
    if isSafetensors {
      let opened = try SafetensorsFile(path: path, name: name)
      format = .safetensors
      safetensors = opened
      storages = nil
      views = []
      others = []
      tensors = opened.entries.map { Tensor(name: $0.name, type: $0.type, shape: $0.shape) }
      indexes = Dictionary(uniqueKeysWithValues: opened.names.enumerated().map { ($1, $0) })
      return
    } else if start.starts(with: Array("PK".utf8)) {
      format = .torchZip
      torch = try TorchFile(zip: file)
    } else if start[0] == 0x80 {
      format = .torchStream
      torch = try TorchFile(stream: file)
    } else {
      throw WeightFileError(file: name, message: "is no checkpoint; PyTorch's .pth and safetensors are read")
    }
    safetensors = nil
    storages = torch.storages
    views = torch.dictionary.tensors.map(\.tensor)
    others = torch.dictionary.others
    tensors = torch.dictionary.tensors.map { Tensor(name: $0.name, type: $0.tensor.storage.type, shape: $0.tensor.shape) }
    indexes = Dictionary(uniqueKeysWithValues: torch.dictionary.tensors.enumerated().map { ($1.name, $0) })
  }

  /// The tensor of that name, or nil.
  package func tensor(_ name: String) -> Tensor? { indexes[name].map { tensors[$0] } }

  /// Gives a tensor's numbers in C order, in pieces: float32 as they are, float16 and bfloat16 widened, float64 narrowed.
  ///
  /// - Throws: `WeightFileError` when there is no such tensor or it is of whole numbers, when the file was cut in the
  ///   meantime, and at the end where a checksum is wrong.
  package func forEachPiece(
    ofFloats name: String, _ body: ([Float]) throws(WeightFileError) -> Void
  ) throws(WeightFileError) {
    let tensor = try require(name)
    guard tensor.type.isFloating else {
      throw refuse("\(quoted(name)) is of type \(tensor.type.rawValue); a floating-point type is needed")
    }
    if let safetensors { return try body(safetensors.floats(named: name)) }
    try forEachPiece(of: name) { piece throws(WeightFileError) in try body(ElementDecoding.floats(piece, tensor.type)) }
  }

  /// All of a tensor's numbers in C order, of any type. Whole numbers up to 2⁵³ are exact.
  package func numbers(_ name: String) throws(WeightFileError) -> [Double] {
    let tensor = try require(name)
    if let safetensors {
      return tensor.type == .int64
        ? try safetensors.integers(named: name).map(Double.init) : try safetensors.doubles(named: name)
    }
    var result: [Double] = []
    try forEachPiece(of: name) { piece throws(WeightFileError) in
      result.append(contentsOf: ElementDecoding.doubles(piece, tensor.type))
    }
    return result
  }

  /// The SHA-256 of the whole file.
  package func sha256() throws(WeightFileError) -> String { try file.sha256() }

  private func require(_ name: String) throws(WeightFileError) -> Tensor {
    guard let tensor = tensor(name) else { throw refuse("\(quoted(name)) is missing") }
    return tensor
  }

  private func refuse(_ message: String) -> WeightFileError { WeightFileError(file: name, message: message) }

  /// The bytes of a view's elements, in pieces of whole elements.
  private func forEachPiece(
    of name: String, _ body: (ArraySlice<UInt8>) throws(WeightFileError) -> Void
  ) throws(WeightFileError) {
    guard let index = indexes[name], let storages else { return }
    let view = views[index], size = view.storage.type.sizeInBytes
    guard view.isContiguous else {
      var bytes: [UInt8] = []
      bytes.reserveCapacity(view.storage.sizeInBytes)
      try storages.forEachPiece(of: view.storage) { piece throws(WeightFileError) in bytes.append(contentsOf: piece) }
      var elements: [UInt8] = []
      try view.forEachIndex { place throws(WeightFileError) in
        elements.append(contentsOf: bytes[place * size..<(place + 1) * size])
        guard elements.count >= 1 << 20 else { return }
        try body(elements[...])
        elements.removeAll(keepingCapacity: true)
      }
      return try body(elements[...])
    }
    let wanted = view.offset * size..<(view.offset + view.count) * size
    var start = 0
    // All of the storage is read, so that its checksum is seen.
    try storages.forEachPiece(of: view.storage) { piece throws(WeightFileError) in
      let range = wanted.clamped(to: start..<start + piece.count)
      let first = piece.startIndex - start
      if !range.isEmpty { try body(piece[first + range.lowerBound..<first + range.upperBound]) }
      start += piece.count
    }
  }
}

extension ReadOnlyFile {
  /// The SHA-256 of the whole file.
  func sha256() throws(WeightFileError) -> String {
    var digest = Digest()
    var done = 0
    while done < sizeInBytes {
      let piece = try bytes(at: done, count: min(1 << 20, sizeInBytes - done))
      digest.add(piece)
      done += piece.count
    }
    return digest.finish()
  }
}
