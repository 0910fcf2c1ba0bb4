import Files
import Foundation
import PrintableText
import WeightFiles

/// A pack in the making: a hidden folder beside the pack's place, which gets its name when everything is written, checked
/// and on disk. Tensors are written piece by piece, so that a pack may be larger than memory.
package struct PackDraft {
  private let folder: Folder
  private let isInterrupted: () -> Bool

  /// Makes a pack.
  ///
  /// - Parameters:
  ///   - path: the pack's folder, which must not exist yet.
  ///   - verification: how the draft is checked before it gets its name.
  ///   - isInterrupted: asked between pieces; the draft is removed and an error thrown once it says yes.
  ///   - body: writes the weights and gives the description.
  /// - Returns: the description.
  /// - Throws: `PackError` when the folder exists or cannot be written, and what `body` throws; then nothing is left.
  @discardableResult
  package static func write(
    to path: String, verification: ModelPack.Verification = .full, isInterrupted: @escaping () -> Bool = { false },
    _ body: (PackDraft) throws(PackError) -> PackDescription
  ) throws(PackError) -> PackDescription {
    let url = URL(fileURLWithPath: path)
    let taken = PackError("\(printable(path)): exists already; choose another folder or remove it")
    guard !FileManager.default.fileExists(atPath: path) else { throw taken }
    do {
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    } catch {
      throw PackError("\(printable(path)): cannot be made: \(error.localizedDescription)")
    }
    do {
      let parent = try Folder(path: Name(url.deletingLastPathComponent().path))
      let name = Name(url.lastPathComponent)
      let hidden = Name(".\(url.lastPathComponent.prefix(100)).\(ProcessInfo.processInfo.processIdentifier).part")
      let folder = try parent.makeFolder(hidden, mode: 0o755, exclusive: true)
      do {
        let description = try body(PackDraft(folder: folder, isInterrupted: isInterrupted))
        try folder.write(Name(PackFileName.description), Array(description.yaml.utf8), mode: 0o644)
        _ = try ModelPack.load(url.deletingLastPathComponent().path + "/\(hidden.string ?? "")", verification: verification)
        try folder.sync()
        try parent.move(hidden, to: parent, as: name)
        try parent.sync()
        return description
      } catch {
        // The first error counts; what is left is hidden and harms nobody.
        try? parent.removeTree(hidden)
        throw error
      }
    } catch let error as FileError {
      throw PackError(error)
    } catch let error as PackError {
      throw error
    } catch {
      throw PackError("\(error)")
    }
  }

  /// Writes a safetensors file of float32 tensors.
  ///
  /// - Parameters:
  ///   - shapes: by name; the tensors are written in the order of names.
  ///   - numbers: gives a tensor's numbers, in pieces.
  /// - Precondition: `numbers` gives as many as the shape needs.
  package func write(
    _ shapes: [String: [Int]], to file: String,
    _ numbers: (_ name: String, _ take: ([Float]) throws(PackError) -> Void) throws(PackError) -> Void
  ) throws(PackError) -> PackFile {
    let tensors = shapes.sorted { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }
      .map { (name: $0.key, shape: $0.value, type: ElementType.float32) }
    let output = try Output(file, in: folder)
    try output.write(SafetensorsWriter.header(tensors))
    for tensor in tensors {
      var left = tensor.shape.reduce(1, *)
      try numbers(tensor.name) { piece throws(PackError) in
        guard !isInterrupted() else { throw PackError("interrupted; nothing was left behind") }
        left -= piece.count
        try output.write(unsafe piece.withUnsafeBytes { unsafe [UInt8]($0) })
      }
      precondition(left == 0, "\(tensor.name) has not as many numbers as its shape")
    }
    return try output.finish()
  }

  /// A file in the making and its hash.
  private final class Output {
    private let name: String
    private let file: RegularFile
    private var hash = Digest()
    private var bytes = 0

    init(_ name: String, in folder: Folder) throws(PackError) {
      self.name = name
      do throws(FileError) { file = try folder.createFile(Name(name), mode: 0o644) } catch { throw PackError(error) }
    }

    func write(_ piece: [UInt8]) throws(PackError) {
      hash.add(piece)
      bytes += piece.count
      do throws(FileError) { try file.write(piece) } catch { throw PackError(error) }
    }

    /// Puts the file on disk.
    func finish() throws(PackError) -> PackFile {
      do throws(FileError) { try file.sync() } catch { throw PackError(error) }
      return PackFile(name: name, sha256: hash.finish(), bytes: bytes)
    }
  }
}
