import CZlib

/// Inflates a zlib stream.
///
/// - Returns: what came before damage or an early end; nil where that is nothing, or more than `limit` bytes.
func inflated(_ bytes: ArraySlice<UInt8>, atMost limit: Int) -> [UInt8]? {
  guard !bytes.isEmpty, limit > 0, bytes.count <= Int(UInt32.max) else { return nil }
  var result = [UInt8](repeating: 0, count: min(limit, max(4096, bytes.count * 4)))
  var count = 0
  var isTooLong = false
  var input = [UInt8](bytes)
  unsafe input.withUnsafeMutableBufferPointer { input in
    var stream = unsafe z_stream()
    unsafe stream.next_in = input.baseAddress
    unsafe stream.avail_in = UInt32(input.count)
    guard unsafe inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return }
    defer { unsafe inflateEnd(&stream) }
    while true {
      let status = unsafe result.withUnsafeMutableBufferPointer { output in
        unsafe stream.next_out = output.baseAddress?.advanced(by: count)
        unsafe stream.avail_out = UInt32(clamping: output.count - count)
        let status = unsafe inflate(&stream, Z_NO_FLUSH)
        count = unsafe output.count - Int(stream.avail_out)
        return status
      }
      guard status == Z_OK, unsafe stream.avail_out == 0 else { return }
      guard result.count < limit else {
        isTooLong = true
        return
      }
      result.append(contentsOf: [UInt8](repeating: 0, count: min(result.count, limit - result.count)))
    }
  }
  return isTooLong || count == 0 ? nil : [UInt8](result.prefix(count))
}
