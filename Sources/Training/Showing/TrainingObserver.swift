/// Where a training tells how it goes.
package protocol TrainingObserver {
  /// Something worth a line of its own.
  func say(_ line: String)
  /// The state of things; each replaces the one before.
  func progress(_ line: String)
  /// Whether it should end in good order; asked between two iterations.
  var shouldStop: Bool { get }
  /// Whether it should end before it has begun, when nothing could be saved yet.
  var shouldEnd: Bool { get }
  /// A checkpoint is on disk.
  func saved()
}

extension TrainingObserver {
  package var shouldEnd: Bool { shouldStop }
  package func saved() {}
}

/// Nobody listens.
struct SilentObserver: TrainingObserver {
  func say(_ line: String) {}
  func progress(_ line: String) {}
  var shouldStop: Bool { false }
}
