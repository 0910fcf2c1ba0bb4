package import Tensors

/// Why an optimization could not start. What goes wrong on the way is an `Outcome`.
package enum InversionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Pictures, codes or a mask of the wrong shape.
  case shape(what: String, found: Shape, expected: String)
  /// The code to start from, or its losses, are not finite.
  case startIsNotFinite(item: Int)
  /// A stored state that does not belong to this run.
  case foreignState(String)
  /// Bytes that are no stored state.
  case damagedState(String)
  /// A box that holds no pixel of the picture.
  case emptyBox(Box, resolution: Int)
  /// A method that needs an encoder the model does not have.
  case noConventionalEncoder

  package var description: String {
    switch self {
    case .shape(let what, let found, let expected): "\(what) has the shape \(found); expected \(expected)"
    case .startIsNotFinite(let item):
      "the optimization of item \(item) cannot start: its code or its losses are not finite numbers; check the model's weights"
    case .foreignState(let reason): "the stored state belongs to another run: \(reason)"
    case .damagedState(let reason): "the stored state cannot be read: \(reason)"
    case .noConventionalEncoder: "the model has no conventional encoder"
    case .emptyBox(let box, let resolution):
      "the box \(box) lies outside the picture of \(resolution)×\(resolution) pixels"
    }
  }
}
