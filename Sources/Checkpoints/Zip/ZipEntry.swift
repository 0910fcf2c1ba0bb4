/// One record of a zip archive, checked against the file's size.
struct ZipEntry: Sendable, Equatable {
  enum Method: Sendable { case stored, deflated }

  let method: Method
  let checksum: UInt32
  /// In the file.
  let storedSize: Int
  /// Of the content.
  let size: Int
  /// Of the local header; of the content once that was read.
  var offset: Int
}
