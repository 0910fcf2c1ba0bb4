package import Kernels

/// An array of floats with a shape: a value that is shared, not copied, and never changed once made.
///
/// Pictures are `[batch, channels, height, width]`. The elements lie in row-major order (`plain`), or with the
/// channels in groups of sixteen innermost (`blocked`), as the fast convolutions want them; an operation that needs
/// the other order says so with an error, and `blocked()`/`plain()` convert.
///
/// A tensor that comes from a variable of a `Tape` remembers its place on it.
package struct Tensor: Sendable {
  package enum Layout: Sendable { case plain, blocked }

  package let shape: Shape
  package let layout: Layout
  package private(set) var buffer: FloatBuffer
  var record: Tape.Record?

  package init(_ buffer: FloatBuffer, _ shape: Shape, layout: Layout = .plain) {
    precondition(buffer.count == Tensor.storedCount(shape, layout), "\(buffer.count) floats for shape \(shape)")
    self.buffer = buffer
    self.shape = shape
    self.layout = layout
  }

  /// A tensor of these values in row-major order.
  package init(_ values: [Float], _ shape: Shape) { self.init(FloatBuffer(values), shape) }

  package init(repeating value: Float, _ shape: Shape) { self.init(FloatBuffer(repeating: value, count: shape.count), shape) }

  /// A scalar.
  package init(_ value: Float) { self.init([value], []) }

  /// A copy of the values in row-major order.
  package var values: [Float] {
    guard layout == .blocked else { return buffer.values }
    let plain = FloatBuffer(count: shape.count)
    Kernels.Layout.unblock(buffer, into: plain, blockedShape)
    return plain.values
  }

  /// The only value of a tensor with one element.
  package var item: Float {
    precondition(shape.count == 1, "a tensor of shape \(shape) is not one number")
    return buffer[0]
  }

  /// The same values, off the tape.
  package var detached: Tensor {
    var copy = self
    copy.record = nil
    return copy
  }

  /// Whether a gradient flows back through this tensor.
  package var recordsGradient: Bool { record?.tape?.isRecording ?? false }

  /// Whether nobody else holds the values.
  var isUnique: Bool { mutating get { isKnownUniquelyReferenced(&buffer) } }

  package var blockedShape: BlockedShape {
    precondition(shape.rank == 4, "shape \(shape) is not that of pictures")
    return BlockedShape(batch: shape[0], channels: shape[1], height: shape[2], width: shape[3])
  }

  static func storedCount(_ shape: Shape, _ layout: Layout) -> Int {
    switch layout {
    case .plain: shape.count
    case .blocked: BlockedShape(batch: shape[0], channels: shape[1], height: shape[2], width: shape[3]).count
    }
  }

  /// A new tensor of the same form with undefined content.
  func empty() -> Tensor { form.empty() }

  /// All of a tensor but its values: what a pullback keeps, so that the values can go.
  var form: Form { Form(shape: shape, layout: layout) }

  struct Form: Sendable {
    let shape: Shape
    let layout: Layout

    func empty() -> Tensor { Tensor(FloatBuffer(count: Tensor.storedCount(shape, layout)), shape, layout: layout) }
  }
}
