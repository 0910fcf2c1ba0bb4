import Files
import Foundation
import PrintableText
import StrictYAML
import WeightFiles

/// Writes tensors of random numbers to files, holding a megabyte at a time.
struct RandomPackWriter {
  private let folder: URL
  private let seed: UInt64

  init(folder path: String, seed: UInt64) throws(PackError) {
    folder = URL(fileURLWithPath: path)
    self.seed = seed
    do {
      try FileManager.default.createDirectory(at: folder.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    } catch {
      throw PackError(
        FileManager.default.fileExists(atPath: path)
          ? "\(printable(path)): exists already; choose another folder or remove it"
          : "\(printable(path)): cannot be made: \(error.localizedDescription)")
    }
  }

  /// Writes the plan's tensors, sorted by name; the optional ones that every released file has too.
  func write(_ plan: TensorPlan, to name: String) throws(PackError) -> PackFile {
    let blurs = plan.optional.filter { $0.key.hasSuffix(".blur.kernel") }
    let tensors = plan.required.merging(blurs) { $1 }.sorted { $0.key < $1.key }.map { (name: $0.key, shape: $0.value) }
    var output = try Output(folder.appendingPathComponent(name))
    try output.write(SafetensorsWriter.header(tensors))
    for tensor in tensors {
      let count = tensor.shape.reduce(1, *)
      let pieceCount = tensor.name.hasSuffix(".blur.kernel") ? 9 : 1 << 18
      var random = RandomFloats(seed: seed, stream: name + "/" + tensor.name)
      let scale = RandomScale(tensor: tensor.name, shape: tensor.shape, file: name)
      var piece = [Float](repeating: 0, count: min(pieceCount, count))
      var done = 0
      while done < count {
        if count - done < piece.count { piece.removeLast(piece.count - (count - done)) }
        if pieceCount == 9 {
          piece = [1, 2, 1, 2, 4, 2, 1, 2, 1].map { $0 / 16 }
        } else {
          random.fill(&piece, scale: scale)
        }
        try output.write(piece)
        done += piece.count
      }
    }
    return PackFile(name: name, sha256: try output.finish(), bytes: output.bytes)
  }

  func write(_ text: String, to name: String) throws(PackError) {
    var output = try Output(folder.appendingPathComponent(name))
    try output.write(Array(text.utf8))
    _ = try output.finish()
  }

  /// A file in the making and its hash.
  private struct Output {
    private let url: URL
    private let handle: FileHandle
    private var hash = Digest()
    private(set) var bytes = 0

    init(_ url: URL) throws(PackError) {
      self.url = url
      guard FileManager.default.createFile(atPath: url.path, contents: nil),
        let handle = FileHandle(forWritingAtPath: url.path)
      else {
        throw PackError("\(printable(url.path)): cannot be made; look at the folder's rights and room")
      }
      self.handle = handle
    }

    mutating func write(_ values: [Float]) throws(PackError) {
      try write(unsafe values.withUnsafeBytes { unsafe [UInt8]($0) })
    }

    mutating func write(_ piece: [UInt8]) throws(PackError) {
      hash.add(piece)
      bytes += piece.count
      do { try handle.write(contentsOf: piece) } catch { throw failure(error) }
    }

    /// Closes the file and gives its SHA-256.
    func finish() throws(PackError) -> String {
      do { try handle.close() } catch { throw failure(error) }
      return hash.finish()
    }

    private func failure(_ error: any Error) -> PackError {
      PackError("\(printable(url.path)): cannot be written: \(error.localizedDescription)")
    }
  }
}
