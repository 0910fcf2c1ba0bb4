internal import Files

/// A regular file, open for reading. It is read rather than mapped: a mapping of a file that someone cuts ends the
/// process (SIGBUS), a read ends in an error. Links are followed: a machine's owner may keep large weights elsewhere.
package final class ReadOnlyFile: Sendable {
  /// The file as messages call it.
  package let name: String
  /// When it was opened.
  package let sizeInBytes: Int
  private let file: RegularFile

  /// - Throws: `WeightFileError` when the file is missing, unreadable or not a regular file.
  package init(path: String, name: String) throws(WeightFileError) {
    do throws(FileError) {
      file = try RegularFile(following: Name(path))
    } catch {
      throw WeightFileError(file: name, error)
    }
    self.name = name
    sizeInBytes = Int(file.status.size)
  }

  /// Fills `buffer` with the bytes from `offset` on.
  ///
  /// - Throws: `WeightFileError` when the file ends before, which it can only do when it was cut after it was opened.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(WeightFileError) {
    do throws(FileError) {
      unsafe try file.read(into: buffer, at: offset)
    } catch {
      throw WeightFileError(file: name, error)
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
