/// A run of floats, aligned to 64 bytes, whose memory comes from `BufferPool` and goes back there.
///
/// This is the only way in which other targets hold numbers for kernels: kernels check its `count` and
/// use its pointer; nobody else sees the pointer. The content of a new buffer is undefined unless a fill is asked for.
///
/// - Important: A buffer is shared by reference. Who writes to one must be the only one who holds it, or must have
///   said so in the name of the function (`into:`).
package final class FloatBuffer: @unchecked Sendable {
  /// Number of floats that may be read and written.
  package let count: Int
  let base: UnsafeMutablePointer<Float>
  private let sizeClass: Int

  /// Takes memory for `count` floats from the pool. The content is undefined.
  package init(count: Int) {
    precondition(count >= 0, "a buffer cannot have \(count) elements")
    self.count = count
    (base, sizeClass) = BufferPool.take(count)
  }

  package convenience init(repeating value: Float, count: Int) {
    self.init(count: count)
    base.update(repeating: value, count: count)
  }

  package convenience init(_ values: [Float]) {
    self.init(count: values.count)
    values.withUnsafeBufferPointer { if let source = $0.baseAddress { base.update(from: source, count: values.count) } }
  }

  deinit { BufferPool.give(base, sizeClass) }

  /// A copy of the content.
  package var values: [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }

  package subscript(index: Int) -> Float {
    get { precondition(index >= 0 && index < count, "index out of range"); return base[index] }
    set { precondition(index >= 0 && index < count, "index out of range"); base[index] = newValue }
  }

  package func withSpan<Result>(_ body: (Span<Float>) throws -> Result) rethrows -> Result {
    try body(UnsafeBufferPointer(start: base, count: count).span)
  }

  package func withMutableSpan<Result>(_ body: (inout MutableSpan<Float>) throws -> Result) rethrows -> Result {
    var span = UnsafeMutableBufferPointer(start: base, count: count).mutableSpan
    return try body(&span)
  }
}
