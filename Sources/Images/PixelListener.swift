/// Hears of a picture's pixels while the others are still being made: again and again, all that are final, from the first row
/// on. What it has heard of does not change any more.
package typealias PixelListener = (RawSpan) -> Void

/// Passes on to a listener which rows a C library has finished.
@safe final class FinishedRows {
  typealias Report = @convention(c) (_ context: UnsafeMutableRawPointer?, _ rows: UInt32) -> Void

  private let listener: PixelListener
  private let pixels: UnsafeRawPointer
  /// Bytes of a row.
  private let stride: Int

  private init(_ listener: @escaping PixelListener, _ pixels: UnsafeRawPointer, stride: Int) {
    self.listener = listener
    unsafe self.pixels = unsafe pixels
    self.stride = stride
  }

  /// Calls the body with what its library is to call after each row, and with the context for it; nil for both where nobody
  /// listens.
  static func listening(
    _ listener: PixelListener?, to pixels: UnsafeRawPointer?, stride: Int, _ body: (Report?, UnsafeMutableRawPointer?) -> Void
  ) {
    guard let listener, let pixels = unsafe pixels else { return body(nil, nil) }
    let rows = unsafe FinishedRows(listener, pixels, stride: stride)
    let report: Report = { context, count in
      guard let context = unsafe context else { return }
      unsafe Unmanaged<FinishedRows>.fromOpaque(context).takeUnretainedValue().tell(Int(count))
    }
    withExtendedLifetime(rows) { unsafe body(report, Unmanaged.passUnretained(rows).toOpaque()) }
  }

  private func tell(_ count: Int) {
    unsafe listener(RawSpan(_unsafeStart: pixels, byteCount: count * stride))
  }
}
