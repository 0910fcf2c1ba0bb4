internal import Kernels

extension FloatBuffer {
  /// Whether every number is finite, as far as one sum tells: an infinity or a NaN does not leave it.
  var sumIsFinite: Bool { count == 0 || Reduction.sums(self, rows: 1)[0].isFinite }

  /// In double, in a fixed order.
  var squareSum: Double { count == 0 ? 0 : Reduction.squares(self, rows: 1)[0] }
}
