internal import Files

/// A regular file, open for reading. It is read rather than mapped: a mapping of a file that someone cuts ends the
/// process (SIGBUS), a read ends in an error. Links are followed: a machine's owner may keep large weights elsewhere.
package final class ReadOnlyFile: Sendable {
  /// The file as messages call it.
  package let name: String
  /// When it was opened.
  package let sizeInBytes: Int
  private enum Source: ~Copyable {
    case file(RegularFile)
    case memory([UInt8])
  }

  private let source: Source

  /// - Throws: `WeightFileError` when the file is missing, unreadable or not a regular file.
  package init(path: String, name: String) throws(WeightFileError) {
    do throws(FileError) {
      let file = try RegularFile(following: Name(path))
      sizeInBytes = Int(file.status.size)
      source = .file(file)
    } catch {
      throw WeightFileError(file: name, error)
    }
    self.name = name
  }

  /// A file that was read already.
  package init(bytes: [UInt8], name: String) {
    self.name = name
    sizeInBytes = bytes.count
    source = .memory(bytes)
  }

  /// Fills `buffer` with the bytes from `offset` on.
  ///
  /// - Throws: `WeightFileError` when the file ends before, which it can only do when it was cut after it was opened.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(WeightFileError) {
    switch source {
    case .file(let file):
      do throws(FileError) {
        unsafe try file.read(into: buffer, at: offset)
      } catch {
        throw WeightFileError(file: name, error)
      }
    case .memory(let bytes):
      guard offset >= 0, buffer.count <= bytes.count - min(offset, bytes.count) else {
        throw WeightFileError(file: name, message: "ends too early")
      }
      unsafe buffer.copyBytes(from: bytes[offset..<offset + buffer.count])
    }
  }

  /// The bytes from `offset` on.
  package func bytes(at offset: Int, count: Int) throws(WeightFileError) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: count)
    var failure: WeightFileError?
    unsafe result.withUnsafeMutableBytes { buffer in
      do throws(WeightFileError) { unsafe try read(into: buffer, at: offset) } catch { failure = error }
    }
    if let failure { throw failure }
    return result
  }
}
